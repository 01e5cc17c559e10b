import { describe, expect, it } from 'vitest';
import type { Audit } from '../../../shared/audit.ts';
import { leftToRead, partDone } from './progress.ts';

const amounts = (count: number) => ({ objects: [count, 0, 0, 0, 0, 0], bytes: [0, 0, 0, 0, 0, 0] });
const run = (read: number, expected: number | undefined, more: Partial<Audit> = {}): Audit =>
  ({
    state: 'running',
    phase: 'listing',
    current: amounts(read),
    noncurrent: amounts(0),
    deleteMarkers: 0,
    ...(expected === undefined ? {} : { expected: { objects: expected, from: 'usage', at: '2026-11-22T14:31:08Z' } }),
    ...more,
  }) as Audit;

describe('how far a run is', () => {
  it('is the part of what was expected', () => expect(partDone(run(720, 1000))).toBe(72));
  it('is not known when nobody counted before', () => expect(partDone(run(720, undefined))).toBeUndefined());
  it('is not done before the end, though more was met than expected', () => {
    expect(partDone(run(1500, 1000))).toBe(99);
    expect(leftToRead(run(1500, 1000))).toBe(0);
  });
  it('begins again with the phase after the listing', () => {
    expect(partDone(run(1000, 1000, { phase: 'arranging', phaseDone: 0.4 }))).toBe(40);
    expect(partDone(run(1000, 1000, { phase: 'opening' }))).toBeUndefined();
  });
  it('leaves nothing to read once it is finished, whatever was expected', () => {
    expect(leftToRead(run(900, 1000, { state: 'finished', phase: 'done' }))).toBe(0);
  });
});
