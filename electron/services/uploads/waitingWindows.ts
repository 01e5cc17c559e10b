/** So long a window may be without a question: a page that was loaded again is not the one that had the files. */
const usualGraceMs = 4_000;
const lookMs = 200;

/**
 * Windows that hold files of uploads which do not send now: each waits for pieces all the same, and that is how one knows
 * that it is still there. `gone`: nobody asked for so long.
 */
export function createWaitingWindows(runs: (id: string) => boolean, gone: (id: string) => void, graceMs = usualGraceMs) {
  const asking = new Map<string, number>();
  const timers = new Map<string, NodeJS.Timeout>();

  function watch(id: string): void {
    clearTimeout(timers.get(id));
    const timer = setTimeout(() => {
      timers.delete(id);
      if ((asking.get(id) ?? 0) > 0) return;
      // One that runs hears itself that its window is gone; it may stop for another reason first.
      if (runs(id)) watch(id);
      else gone(id);
    }, graceMs);
    timer.unref();
    timers.set(id, timer);
  }

  return {
    /** One question of a window, from its beginning to its answer. */
    async while<T>(id: string, question: () => Promise<T>): Promise<T> {
      asking.set(id, (asking.get(id) ?? 0) + 1);
      try {
        return await question();
      } finally {
        const left = (asking.get(id) ?? 1) - 1;
        if (left > 0) asking.set(id, left);
        else asking.delete(id);
        watch(id);
      }
    },

    /** Until the upload runs, the time is over, or the window takes its question back. */
    async untilItRuns(id: string, waitMs: number, signal: AbortSignal): Promise<void> {
      const end = Date.now() + waitMs;
      while (!runs(id) && !signal.aborted && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, lookMs));
    },

    close(): void {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
