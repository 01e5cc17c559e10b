import { AppError } from '../../../../shared/rpc/errors.ts';

/** Fewest HEADs at once, and most, which is also how many at first (minio.md 4.7). */
export const headLimits = { least: 16, most: 64 } as const;
const windowMs = 500;

/** Many small requests at once, as many as pay: more while the rate grows, fewer when it falls or the server says so. */
export interface HeadPool {
  run<T>(ask: () => Promise<T>): Promise<T>;
  /** All of a list, answers in its order. Rejects with the first failure. */
  all<I, O>(items: readonly I[], ask: (item: I) => Promise<O>): Promise<O[]>;
  /** The server asked for less: 503. */
  slower(): void;
  readonly atOnce: number;
}

export function createHeadPool(signal: AbortSignal, now: () => number = Date.now): HeadPool {
  const queue: (() => void)[] = [];
  let limit: number = headLimits.most;
  let busy = 0;
  let done = 0;
  let since = now();
  let before = 0;
  let step = 8;

  /** Once in a window: goes on in the direction that brought more, turns where it brought less. */
  function weigh(): void {
    done++;
    const took = now() - since;
    if (took < windowMs) return;
    const rate = done / took;
    // A pool that is not full says nothing of its limit.
    if (busy >= limit && before > 0 && rate < before * 0.85) step = -step;
    if (busy >= limit) limit = within(limit + step);
    before = rate;
    done = 0;
    since = now();
  }

  function next(): void {
    while (busy < limit) {
      const begin = queue.shift();
      if (!begin) return;
      busy++;
      begin();
    }
  }

  function run<T>(ask: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      queue.push(() => {
        if (signal.aborted) {
          busy--;
          reject(new AppError('cancelled'));
          return next();
        }
        ask()
          .then(resolve, reject)
          .finally(() => {
            weigh();
            busy--;
            next();
          });
      });
      next();
    });
  }

  return {
    run,
    all: (items, ask) => Promise.all(items.map((item) => run(() => ask(item)))),
    slower() {
      limit = within(Math.floor(limit / 2));
      before = 0;
    },
    get atOnce() {
      return limit;
    },
  };
}

function within(wanted: number): number {
  return Math.max(headLimits.least, Math.min(headLimits.most, wanted));
}
