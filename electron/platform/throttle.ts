/** Tells of many changes at most so often, and never without the last one. */
export interface Throttle {
  /** Of this name, soon: with whatever else changes until then. */
  soon(name: string, tell: () => void): void;
  /** What was to be told of this name, or of all, is not told any more. */
  drop(name?: string): void;
}

/** `failed`: what telling throws, which nobody else would catch. */
export function createThrottle(everyMs: number, failed: (error: unknown, name: string) => void): Throttle {
  const timers = new Map<string, NodeJS.Timeout>();
  return {
    soon(name, tell) {
      if (timers.has(name)) return;
      const now = (): void => {
        timers.delete(name);
        try {
          tell();
        } catch (error) {
          failed(error, name);
        }
      };
      timers.set(name, setTimeout(now, everyMs));
    },
    drop(name) {
      for (const one of name === undefined ? [...timers.keys()] : [name]) {
        clearTimeout(timers.get(one));
        timers.delete(one);
      }
    },
  };
}
