import type { JobSnapshot } from '../../shared/jobs.ts';
import { useCall } from '../rpc/hooks.ts';

/** All jobs that the engine remembers, newest first. */
export function useJobs(): readonly JobSnapshot[] {
  const jobs = useCall('jobs.list', {}).data?.jobs ?? [];
  return [...jobs].sort((a, b) => b.startedAt.localeCompare(a.startedAt));
}

/** One job, followed by its events; undefined until it is known. */
export function useJob(id: string | undefined): JobSnapshot | undefined {
  const jobs = useCall('jobs.list', {}).data?.jobs;
  return id === undefined ? undefined : jobs?.find((job) => job.id === id);
}
