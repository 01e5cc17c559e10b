import { expect, it } from 'vitest';
import { madeAudit } from '../../../shared/audit.testSupport.ts';
import type { Audit } from '../../../shared/audit.ts';
import { createProgress, noAmounts } from './progress.ts';
import type { Totals } from './work.ts';

const audit = (): Audit =>
  madeAudit({
    ...{ state: 'running', phase: 'listing', workedMs: 0, requests: 10 },
    ...{ buckets: { done: 0, total: 3 }, expected: { objects: 10_000, from: 'usage', at: '' } },
  });
const totals = (plain: number): Totals => ({
  ...{
    current: { objects: [plain, 0, 0, 0, 0, 0], bytes: [0, 0, 0, 0, 0, 0] },
    noncurrent: noAmounts(),
    deleteMarkers: 0,
    folderMarkers: 0,
  },
  ...{ opens: { yes: 0, no: 0, notTested: 0 }, bucketsDone: 1, gaps: 2 },
});
const news = (requests: number) => ({ phase: 'listing' as const, inFlight: 2, requests });

it('tells rate and time left from what is expected, and neither before anything was measured', () => {
  const now = audit();
  const progress = createProgress(now, 0);
  progress.take(now, totals(0), news(0), 0);
  expect(now).toMatchObject({ rate: undefined, secondsLeft: undefined });
  for (let at = 1; at <= 4; at += 1) progress.take(now, totals(at * 1000), news(at), at * 1000);
  expect(now.rate).toBeCloseTo(1000);
  expect(now).toMatchObject({ secondsLeft: 6, requests: 14, gaps: 2, buckets: { done: 1, total: 3 }, workedMs: 4000 });
});

it('says no time left once there is more than was expected', () => {
  const now = audit();
  const progress = createProgress(now, 0);
  progress.take(now, totals(0), news(0), 0);
  progress.take(now, totals(10_001), news(1), 1000);
  expect(now.rate).toBeGreaterThan(0);
  expect(now.secondsLeft).toBeUndefined();
});

it('does not count the time of a pause, and goes on with the rate from before it', () => {
  const now = audit();
  const progress = createProgress(now, 0);
  progress.take(now, totals(0), news(0), 0);
  progress.take(now, totals(1000), news(1), 1000);
  now.state = 'paused';
  progress.take(now, totals(1000), news(1), 500_000);
  expect(now).toMatchObject({ workedMs: 1000, rate: undefined, secondsLeft: undefined });
  now.state = 'running';
  progress.take(now, totals(2000), news(2), 501_000);
  expect(now.rate).toBeCloseTo(1000);
  expect(now.workedMs).toBe(2000);
});

it('smooths one slow page away', () => {
  const now = audit();
  const progress = createProgress(now, 0);
  progress.take(now, totals(0), news(0), 0);
  for (let at = 1; at <= 20; at += 1) progress.take(now, totals(at * 250), news(at), at * 250);
  progress.take(now, totals(5000), news(20), 5250);
  expect(now.rate).toBeGreaterThan(900);
});

it('never says that a gentle run is faster than its ceiling lets it be', () => {
  const now = { ...audit(), options: { verifyAll: false, requestsPerSecond: 0.5 } };
  const progress = createProgress(now, 0);
  progress.take(now, totals(0), news(0), 0);
  progress.take(now, totals(1000), news(1), 200);
  expect(now.rate).toBe(500);
});
