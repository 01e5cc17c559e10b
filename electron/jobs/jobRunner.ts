import { randomUUID } from 'node:crypto';
import type { JobSnapshot } from '../../shared/jobs.ts';
import { AppError } from '../../shared/rpc/errors.ts';
import type { Text } from '../../shared/text.ts';
import type { Log } from '../platform/log.ts';
import { toWire } from '../rpc/connection.ts';
import type { Publish } from '../rpc/eventHub.ts';

export interface Progress {
  done?: number;
  total?: number;
  note?: Text;
}
export type Report = (progress: Progress) => void;

export interface JobSpec {
  title: Text;
  stackId?: string;
  unit?: JobSnapshot['unit'];
  total?: number;
  /** Returns the job's result: plain values, never a secret. */
  run(report: Report, signal: AbortSignal): Promise<unknown>;
}

export interface JobRunner {
  start(spec: JobSpec): { jobId: string };
  /** Resolves when the job has ended, whatever its outcome. */
  wait(id: string): Promise<JobSnapshot>;
  cancel(id: string): void;
  list(): JobSnapshot[];
  running(): JobSnapshot[];
}

const kept = 100;
const publishEveryMs = 100;

/** Starts, reports, cancels and remembers jobs. A cancelled job that throws is cancelled, not failed. */
export function createJobRunner(publish: Publish, log: Log): JobRunner {
  const jobs = new Map<string, { snapshot: JobSnapshot; controller: AbortController; ended: Promise<void> }>();

  function start(spec: JobSpec): { jobId: string } {
    const id = randomUUID();
    const controller = new AbortController();
    const snapshot: JobSnapshot = {
      id,
      title: spec.title,
      state: 'running',
      done: 0,
      unit: spec.unit ?? 'steps',
      startedAt: new Date().toISOString(),
      ...(spec.stackId === undefined ? {} : { stackId: spec.stackId }),
      ...(spec.total === undefined ? {} : { total: spec.total }),
    };
    let timer: NodeJS.Timeout | undefined;
    const publishSoon = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        publish('jobs.changed', snapshot);
      }, publishEveryMs);
    };
    const report: Report = (progress) => {
      Object.assign(snapshot, progress);
      publishSoon();
    };
    const work = async (): Promise<void> => {
      try {
        snapshot.result = await spec.run(report, controller.signal);
        snapshot.state = 'succeeded';
      } catch (error) {
        snapshot.state = controller.signal.aborted ? 'cancelled' : 'failed';
        if (snapshot.state === 'failed') snapshot.error = toWire(error, log, `job ${spec.title.code}`);
      }
      clearTimeout(timer);
      snapshot.endedAt = new Date().toISOString();
      publish('jobs.changed', snapshot);
      forgetOldest();
    };
    publish('jobs.changed', snapshot);
    jobs.set(id, { snapshot, controller, ended: work() });
    return { jobId: id };
  }

  function forgetOldest(): void {
    for (const [id, job] of jobs) {
      if (jobs.size <= kept) return;
      if (job.snapshot.state !== 'running') jobs.delete(id);
    }
  }

  function find(id: string) {
    const job = jobs.get(id);
    if (!job) throw new AppError('jobUnknown', { id });
    return job;
  }

  return {
    start,
    cancel: (id) => find(id).controller.abort(),
    async wait(id) {
      const job = find(id);
      await job.ended;
      return job.snapshot;
    },
    list: () => [...jobs.values()].map((job) => structuredClone(job.snapshot)),
    running: () => [...jobs.values()].filter((job) => job.snapshot.state === 'running').map((job) => structuredClone(job.snapshot)),
  };
}
