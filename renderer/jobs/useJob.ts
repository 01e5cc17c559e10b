import { useEffect, useRef } from 'react';
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

/** Calls back once when that job ends, with its last snapshot. */
export function useJobEnd(id: string | undefined, ended: (job: JobSnapshot) => void): void {
  const job = useJob(id);
  const told = useRef<string | undefined>(undefined);
  const latest = useRef(ended);
  useEffect(() => {
    latest.current = ended;
    if (!job || job.state === 'running' || told.current === job.id) return;
    told.current = job.id;
    latest.current(job);
  });
}
