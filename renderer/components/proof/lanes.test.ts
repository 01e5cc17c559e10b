import { describe, expect, it } from 'vitest';
import type { Proof, ProofEvent } from '../../../shared/proof.ts';
import { apart, lanesOf, ticksOf } from './lanes.ts';

const zero = Date.parse('2026-11-21T14:15:07.000Z');
const at = (seconds: number): string => new Date(zero + seconds * 1000).toISOString();
const event = (seconds: number, code: string, lane: ProofEvent['lane'], outcome: ProofEvent['outcome'] = 'ok'): ProofEvent => ({
  at: at(seconds),
  what: { code: code as ProofEvent['what']['code'] },
  detail: { code: 'proofEqualDetail' },
  answer: '200',
  lane,
  outcome,
});
const proof: Proof = {
  version: 1,
  id: 'one',
  stackId: 'lab',
  stackName: 'lab',
  level: 'chain',
  result: 'proven',
  protected: true,
  startedAt: at(0.2),
  endedAt: at(6.4),
  bucket: 'first-bucket',
  object: 'canary',
  withheld: { from: at(0.63), to: at(6.19) },
  events: [
    event(0.3, 'proofKeyMade', 'key'),
    event(0.32, 'proofWritten', 'read'),
    event(0.35, 'proofReadBack', 'read'),
    event(0.63, 'proofWithheld', 'key'),
    event(2, 'proofStillReadable', 'cache', 'info'),
    event(6.03, 'proofFailedAsItMust', 'read', 'expectedFailure'),
    event(6.2, 'proofPutBack', 'key'),
    event(6.24, 'proofReadAgain', 'read'),
    event(6.3, 'proofRemoved', 'key'),
  ],
};
const seconds = ({ from, to }: { from: number; to: number }): number[] => [(from - zero) / 1000, (to - zero) / 1000];

describe('the lanes of a proof', () => {
  it('show the key until it was withheld and again from its return to its removal', () => {
    const lanes = lanesOf(proof, 0);
    expect(lanes?.key.map(seconds)).toEqual([
      [0.3, 0.63],
      [6.19, 6.3],
    ]);
    expect(lanes?.withheld && seconds(lanes.withheld)).toEqual([0.63, 6.19]);
  });

  it('show the cache from the first use of the key until the read that was refused', () => {
    expect(lanesOf(proof, 0)?.cache.map(seconds)).toEqual([
      [0.32, 6.03],
      [6.24, 6.3],
    ]);
  });

  it('count a read from the cache as a read that worked and writing as none', () => {
    expect(lanesOf(proof, 0)?.reads.map(({ outcome }) => outcome)).toEqual(['worked', 'worked', 'refused', 'worked']);
  });

  it('keep the dashes until now while the key is away and the proof runs', () => {
    const { to: _, ...withheld } = { ...proof.withheld, from: at(0.63) };
    const running = { ...proof, result: 'running' as const, withheld, events: proof.events.slice(0, 5) };
    const lanes = lanesOf(running, zero + 3500);
    expect(lanes?.withheld).toEqual({ from: zero + 630, to: zero + 3500, returned: false });
  });

  it('are absent for a proof of a rule, which withholds nothing', () => {
    expect(lanesOf({ ...proof, level: 'rule' }, 0)).toBeUndefined();
  });
});

describe('the axis', () => {
  it('encloses the proof in whole seconds', () => {
    expect(ticksOf({ from: zero + 300, to: zero + 6300 }).map((tick) => (tick - zero) / 1000)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('shows fractions of a second when KES forgot the key at once', () => {
    expect(ticksOf({ from: zero + 136, to: zero + 945 }).map((tick) => (tick - zero) / 1000)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  });

  it('has few marks however long the cache was waited out', () => {
    for (const length of [200, 7_900, 61_000, 340_000, 9_000_000]) {
      const ticks = ticksOf({ from: zero + 999, to: zero + 999 + length });
      expect(ticks.length).toBeLessThanOrEqual(10);
      expect(ticks[0]).toBeLessThanOrEqual(zero + 999);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(zero + 999 + length);
    }
  });

  it('moves marks apart without changing their order or leaving the axis', () => {
    expect(apart([10, 11, 200], 16, 0, 300)).toEqual([10, 26, 200]);
    expect(apart([295, 299], 16, 0, 300)).toEqual([284, 300]);
  });
});
