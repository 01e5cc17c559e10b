import { describe, expect, it } from 'vitest';
import type { JobSnapshot } from '../../shared/jobs.ts';
import { percent, percentOfAll, rate } from './progress.ts';

const job: JobSnapshot = {
  id: 'a',
  title: { code: 'labGet' },
  state: 'running',
  done: 30,
  total: 100,
  unit: 'bytes',
  startedAt: '2026-11-21T12:00:00Z',
};
const at = Date.parse('2026-11-21T12:00:10Z');

describe('progress of a job', () => {
  it('is 100 only when all is done', () => {
    expect(percent({ done: 999, total: 1000 })).toBe(99);
    expect(percent({ done: 1000, total: 1000 })).toBe(100);
    expect(percent({ done: 5 })).toBeUndefined();
  });

  it('tells rate and time left after the first second', () => {
    expect(rate(job, at)).toEqual({ perSecond: 3, secondsLeft: 70 / 3 });
    expect(rate(job, Date.parse(job.startedAt) + 500)).toBeUndefined();
  });

  it('stops counting when the job has ended', () => {
    expect(rate({ ...job, done: 100, endedAt: '2026-11-21T12:00:20Z' }, at + 3_600_000)).toEqual({ perSecond: 5, secondsLeft: undefined });
  });

  it('averages the jobs whose size is known', () => {
    const { total: _unknown, ...sizeless } = job;
    expect(percentOfAll([job, { ...job, done: 50 }, sizeless])).toBe(40);
    expect(percentOfAll([sizeless])).toBeUndefined();
  });
});
