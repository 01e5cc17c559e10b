import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { passes } from '../../clients/s3/objectFailures.ts';
import { pause } from '../../jobs/pause.ts';
import { stopsAll } from './refusals.ts';

const slowest = 15_000;
/** So long the server may be away before it is told. */
const tellAfter = 1_000;

export interface Patience {
  /** Works until it does not fail for a reason that passes: network, a busy or starting server, a KMS that is away. */
  patiently<T>(work: () => Promise<T>): Promise<T>;
  /** One that keeps the whole run from going on: its work waits until `goOn`. */
  hold(error: AppError | undefined): void;
  goOn(): void;
  /** Resolves at once, or when a paused run goes on. Throws `cancelled`. */
  mayGo(): Promise<void>;
}

/** `away`: the server, or its KMS, does not answer well; undefined: it does again. */
export function createPatience(
  signal: AbortSignal,
  tell: { away(error: AppError['frame'] | undefined): void; held(error: AppError | undefined): void },
): Patience {
  let open: { promise: Promise<void>; resolve: () => void } | undefined;
  let away = 0;

  const release = (): void => {
    open?.resolve();
    open = undefined;
  };
  signal.addEventListener('abort', release, { once: true });

  async function mayGo(): Promise<void> {
    while (open) await open.promise;
    if (signal.aborted) throw new AppError('cancelled');
  }

  return {
    mayGo,
    hold(error) {
      open ??= Promise.withResolvers<void>();
      tell.held(error);
    },
    goOn: release,
    async patiently(work) {
      let told = false;
      const since = performance.now();
      try {
        for (let round = 0; ; round++) {
          await mayGo();
          try {
            return await work();
          } catch (error) {
            if (stopsAll(error)) {
              if (!open) this.hold(error);
              continue;
            }
            if (!passes(error) || !isAppError(error)) throw error;
            if (!told && performance.now() - since > tellAfter) {
              told = true;
              away++;
              tell.away(error.frame);
            }
            await pause(Math.min(slowest, 100 * 2 ** Math.min(round, 8)) * (0.5 + Math.random()), signal);
          }
        }
      } finally {
        if (told && --away === 0) tell.away(undefined);
      }
    },
  };
}
