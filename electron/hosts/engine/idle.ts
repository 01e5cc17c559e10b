/**
 * Ends an engine that nobody needs: `busy` is asked now and then, and once the answer was "no" for the whole span,
 * `end` is called once.
 */
export function watchIdle(options: { spanMs: number; busy: () => boolean; end: () => void }): { stop(): void } {
  let lastBusy = Date.now();
  const timer = setInterval(
    () => {
      if (options.busy()) lastBusy = Date.now();
      else if (Date.now() - lastBusy >= options.spanMs) {
        clearInterval(timer);
        options.end();
      }
    },
    Math.max(50, Math.min(options.spanMs / 4, 5000)),
  );
  return { stop: () => clearInterval(timer) };
}
