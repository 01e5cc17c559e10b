import { randomBytes } from 'node:crypto';

const tenMinutes = 600_000;
const most = 20;

/** What was read and is needed again soon, in memory under a name that only this engine knows. */
export interface KeptValues<T> {
  /** Returns the name. */
  keep(value: T): string;
  /** Undefined: forgotten, or never kept here. */
  get(source: string): T | undefined;
}

/** Each is kept for `lifeMs`, and no more than the newest twenty. */
export function createKeptValues<T>(lifeMs = tenMinutes): KeptValues<T> {
  const kept = new Map<string, T>();
  return {
    keep(value) {
      const oldest = kept.keys().next();
      if (kept.size >= most && !oldest.done) kept.delete(oldest.value);
      const source = randomBytes(18).toString('base64url');
      kept.set(source, value);
      setTimeout(() => kept.delete(source), lifeMs).unref();
      return source;
    },
    get: (source) => kept.get(source),
  };
}
