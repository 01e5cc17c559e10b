import { describe, expect, it } from 'vitest';
import { gapMs, type Read, runsOf, sampleOf, spanMs, topOf, withSample } from './samples.ts';

const read = (at: number, success: number, seconds = 0, error = 0): Read => ({
  at,
  counts: { success, error, refused: error, failure: 0, active: 0, seconds, answers: success + error, within: [] },
});

describe('the charts of a node', () => {
  it('show what happened between two looks', () => {
    expect(sampleOf(read(0, 10, 1), read(5000, 30, 1.4, 5), 2)).toEqual({ at: 5000, rate: 5, bad: 1, ms: expect.closeTo(16), storeMs: 2 });
  });

  it('show nothing for the first look, after a restart, and over a time that nobody saw', () => {
    expect(sampleOf(undefined, read(5000, 30), undefined)).toEqual({ at: 5000 });
    expect(sampleOf(read(0, 100), read(5000, 3), undefined)).toEqual({ at: 5000 });
    expect(sampleOf(read(0, 10), read(gapMs + 1, 30), undefined)).toEqual({ at: gapMs + 1 });
    expect(sampleOf(read(0, 10), { at: 5000, counts: undefined }, undefined)).toEqual({ at: 5000 });
  });

  it('draw no line over a gap', () => {
    const samples = [{ at: 0, rate: 1 }, { at: 5000, rate: 2 }, { at: 60_000 }, { at: 65_000, rate: 4 }];
    const runs = runsOf(samples, 'rate', 65_000, 4);
    expect(runs.map((run) => run.map(({ y }) => y))).toEqual([[0.25, 0.5], [1]]);
    expect(runs[1]?.[0]?.x).toBe(1);
  });

  it('keep ten minutes, each look once', () => {
    const kept = withSample([{ at: 0 }, { at: 5000 }], { at: spanMs + 1 });
    expect(kept.map(({ at }) => at)).toEqual([5000, spanMs + 1]);
    expect(withSample(kept, { at: spanMs + 1 })).toHaveLength(2);
  });

  it('end at a round number', () => {
    expect([topOf([], 1), topOf([3], 1), topOf([17, 4], 1), topOf([100], 1)]).toEqual([1, 5, 20, 100]);
  });
});
