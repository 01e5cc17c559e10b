import type { NodeNow } from '../../../../shared/kesKeys.ts';

/** What a chart shows of one node at one time; a value that is absent is a gap. */
export interface Sample {
  /** ms since 1970. */
  at: number;
  /** Answers a second since the sample before. */
  rate?: number;
  /** Of these, refused by policy or failed, a second. */
  bad?: number;
  /** Mean time of an answer since the sample before, ms. */
  ms?: number;
  /** To the key store and back, ms, as KES says. */
  storeMs?: number;
}

export interface Read {
  at: number;
  counts: NodeNow['counts'];
}

/** Longer than this between two looks, and nobody knows what was in between. */
export const gapMs = 15_000;
export const spanMs = 10 * 60_000;

/**
 * The next sample from two looks at a node's counters. They only rise: smaller ones are of a server that was started again, and looks too
 * far apart would draw a line over a time that nobody saw.
 */
export function sampleOf(before: Read | undefined, now: Read, storeMs: number | undefined): Sample {
  const store = storeMs === undefined ? {} : { storeMs };
  const [old, fresh] = [before?.counts, now.counts];
  if (!before || !old || !fresh || now.at <= before.at || now.at - before.at > gapMs) return { at: now.at, ...store };
  const seconds = (now.at - before.at) / 1000;
  const answers = fresh.success + fresh.error + fresh.failure - (old.success + old.error + old.failure);
  const bad = fresh.refused + fresh.failure - (old.refused + old.failure);
  const [timed, spent] = [fresh.answers - old.answers, fresh.seconds - old.seconds];
  if (answers < 0 || bad < 0 || timed < 0) return { at: now.at, ...store };
  return {
    at: now.at,
    rate: answers / seconds,
    bad: bad / seconds,
    ...(timed > 0 ? { ms: Math.max(0, (spent / timed) * 1000) } : {}),
    ...store,
  };
}

/** Adds one, and drops what is older than the chart is wide. */
export function withSample(samples: readonly Sample[], sample: Sample): Sample[] {
  if (samples.at(-1)?.at === sample.at) return [...samples];
  return [...samples.filter(({ at }) => sample.at - at <= spanMs), sample];
}

/** Unbroken runs of points of one value, as x and y from 0 to 1. A point alone is a run of one. */
export function runsOf(
  samples: readonly Sample[],
  value: keyof Omit<Sample, 'at'>,
  end: number,
  top: number,
): { x: number; y: number }[][] {
  const runs: { x: number; y: number }[][] = [];
  let last: number | undefined;
  for (const sample of samples) {
    const read = sample[value];
    if (read === undefined) {
      // A mean has no value while nothing is asked; only time without a look is a gap for the others.
      last = value === 'ms' ? last : undefined;
      continue;
    }
    const point = { x: 1 - (end - sample.at) / spanMs, y: top === 0 ? 0 : Math.min(1, read / top) };
    const run = runs.at(-1);
    if (run && last !== undefined && sample.at - last <= gapMs) run.push(point);
    else runs.push([point]);
    last = sample.at;
  }
  return runs;
}

/** A round number not below the largest value, so that the line does not jump with each look. */
export function topOf(values: readonly number[], least: number): number {
  const most = Math.max(least, ...values);
  const size = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((step) => step * size).find((step) => step >= most) ?? most;
}
