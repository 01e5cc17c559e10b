import type { InPlace } from '../../../shared/inPlace.ts';
import type { RunFile, Settled } from './store.ts';

/** Over how much time the rate is smoothed, ms. */
const smoothedOver = 4_000;

export interface Progress {
  take(result: Settled): void;
  /** Rate and time left; times during which it stood still count for neither. */
  measure(): void;
  restart(): void;
  stop(): void;
}

/** Counts of a run as they change, and its pace. */
export function createProgress(about: InPlace, file: RunFile): Progress {
  const workedBefore = file.workedMs;
  let worked = 0;
  let last = performance.now();
  let lastDone = about.done;
  let rate: number | undefined;

  return {
    take({ outcome, size, deleted }) {
      about.counts[outcome] = (about.counts[outcome] ?? 0) + 1;
      const waits = (about.counts.waits ?? 0) - 1;
      if (waits > 0) about.counts.waits = waits;
      else delete about.counts.waits;
      about.done++;
      about.doneBytes += size;
      if (deleted) about.deleted++;
    },
    measure() {
      const now = performance.now();
      const passed = now - last;
      if (passed <= 0) return;
      last = now;
      about.at = new Date().toISOString();
      worked += passed;
      const measured = ((about.done - lastDone) / passed) * 1000;
      lastDone = about.done;
      rate = rate === undefined ? measured : rate + (1 - Math.exp(-passed / smoothedOver)) * (measured - rate);
      about.rate = rate;
      if (rate > 0.01) about.secondsLeft = Math.ceil((about.total - about.done) / rate);
    },
    restart() {
      last = performance.now();
    },
    stop() {
      file.workedMs = workedBefore + worked;
      delete about.rate;
      delete about.secondsLeft;
    },
  };
}
