import { sizeWords } from '../../../shared/bytes.ts';
import type { JobSnapshot } from '../../../shared/jobs.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Client } from '../../rpc/client.ts';
import type { Terminal } from './terminal.ts';

export interface JobFollower {
  /** Waits for the end of a job, with its progress on a terminal. Returns its result; throws its error, or `cancelled`. */
  wait(jobId: string): Promise<unknown>;
}

/**
 * Listens from the start: a short job may have ended before its id is known here. Ctrl-C cancels the job that is waited for.
 * `tell`: the line of progress where a job's own does not say enough.
 */
export function followJobs(
  client: Client,
  terminal: Terminal,
  tell: (job: JobSnapshot) => string | undefined = () => undefined,
): JobFollower {
  const seen = new Map<string, JobSnapshot>();
  let wake: () => void = () => undefined;
  client.on('jobs.changed', (job) => {
    seen.set(job.id, job);
    wake();
  });
  client.onClose(() => wake());

  return {
    async wait(jobId) {
      const cancel = (): void => void client.call('jobs.cancel', { id: jobId }).catch(() => undefined);
      process.once('SIGINT', cancel);
      try {
        const known = await client.call('jobs.list', {});
        for (const job of known.jobs) if (!isEnded(seen.get(job.id))) seen.set(job.id, job);
        for (;;) {
          const job = seen.get(jobId);
          if (job && isEnded(job)) return outcome(job);
          if (job) terminal.progress(tell(job) ?? progressLine(job, terminal));
          await new Promise<void>((done) => {
            wake = done;
          });
          // A pipe that has gone answers no call: this throws `connectionLost`.
          if (!isEnded(seen.get(jobId))) await client.call('app.info', {});
        }
      } finally {
        process.removeListener('SIGINT', cancel);
      }
    },
  };
}

function isEnded(job: JobSnapshot | undefined): boolean {
  return job !== undefined && job.state !== 'running';
}

function outcome(job: JobSnapshot): unknown {
  if (job.state === 'succeeded') return job.result ?? {};
  if (job.state === 'cancelled') throw new AppError('cancelled');
  throw AppError.of(job.error ?? { code: 'internal' });
}

function progressLine(job: JobSnapshot, terminal: Pick<Terminal, 'say'>): string {
  const [done, total] =
    job.unit === 'bytes' ? [sizeWords(job.done), job.total === undefined ? undefined : sizeWords(job.total)] : [job.done, job.total];
  const amount = total === undefined ? (job.done > 0 ? ` ${done}` : '') : ` ${done}/${total}`;
  return `${terminal.say(job.title)}${amount}${job.note ? ` · ${terminal.say(job.note)}` : ''}`;
}
