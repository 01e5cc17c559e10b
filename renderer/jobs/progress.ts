import type { JobSnapshot } from '../../shared/jobs.ts';

/** Part done in percent, rounded down so that 100 means all; undefined when the size is not known. */
export function percent(job: Pick<JobSnapshot, 'done' | 'total'>): number | undefined {
  if (job.total === undefined || job.total <= 0) return undefined;
  return Math.min(100, Math.floor((job.done / job.total) * 100));
}

/** Units per second since the start, and the seconds left at that rate; undefined in the first second or without work done. */
export function rate(job: JobSnapshot, now: number): { perSecond: number; secondsLeft: number | undefined } | undefined {
  const seconds = ((job.endedAt === undefined ? now : Date.parse(job.endedAt)) - Date.parse(job.startedAt)) / 1000;
  if (seconds < 1 || job.done <= 0) return undefined;
  const perSecond = job.done / seconds;
  const left = job.total === undefined || job.endedAt !== undefined ? undefined : (job.total - job.done) / perSecond;
  return { perSecond, secondsLeft: left === undefined ? undefined : Math.max(0, left) };
}

/** Part done over all running jobs with a known size, for the one line of the top bar. */
export function percentOfAll(jobs: readonly JobSnapshot[]): number | undefined {
  const known = jobs.map(percent).filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.floor(known.reduce((sum, value) => sum + value, 0) / known.length);
}
