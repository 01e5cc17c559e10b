import { AppError } from '../../../shared/rpc/errors.ts';

interface Waiting {
  bytes: number;
  go: () => void;
}

/** At most so many at once and so many bytes together, first come first served. One alone may be larger than all bytes. */
export interface Slots {
  /** Returns what gives the place back; calling it again does nothing. Throws `cancelled`. */
  take(bytes: number, signal: AbortSignal): Promise<() => void>;
}

export function createSlots(count: number, bytes = Number.POSITIVE_INFINITY): Slots {
  const queue: Waiting[] = [];
  let used = 0;
  let held = 0;
  const fits = (size: number): boolean => used === 0 || (used < count && held + size <= bytes);
  const enter = (size: number): (() => void) => {
    used += 1;
    held += size;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      used -= 1;
      held -= size;
      for (let first = queue[0]; first && fits(first.bytes); first = queue[0]) {
        queue.shift();
        first.go();
      }
    };
  };
  return {
    async take(size, signal) {
      if (signal.aborted) throw new AppError('cancelled');
      if (queue.length === 0 && fits(size)) return enter(size);
      return new Promise((resolve, reject) => {
        const stop = (): void => {
          queue.splice(queue.indexOf(waiting), 1);
          reject(new AppError('cancelled'));
        };
        const waiting: Waiting = {
          bytes: size,
          go() {
            signal.removeEventListener('abort', stop);
            resolve(enter(size));
          },
        };
        queue.push(waiting);
        signal.addEventListener('abort', stop, { once: true });
      });
    },
  };
}
