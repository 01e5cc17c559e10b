import type { MinioCopy, minioCopyProcedures } from '../../../../shared/minioCopy.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { say } from '../../../../shared/text.ts';
import type { DomainDeps } from '../../../jobs/step.ts';
import type { DomainHandlers } from '../../../rpc/connection.ts';
import { planCopy } from './plan.ts';
import { type CopyRecord, createCopyRecords } from './record.ts';
import { runCopy } from './run.ts';

export interface MinioCopies {
  handlers: DomainHandlers<typeof minioCopyProcedures>;
}

/** The way out of a MinIO whose objects only it can open: another one reads nothing of its disks, but takes what it answers. */
export function createMinioCopies({ open, jobs, dataFolder }: DomainDeps & { dataFolder: string }): MinioCopies {
  const records = createCopyRecords(dataFolder);
  const running = new Map<string, string>();
  const told = (stackId: string, record: CopyRecord): MinioCopy => {
    const jobId = running.get(`${stackId} ${record.from}`);
    const states = Object.values(record.buckets);
    return {
      from: record.from,
      fromName: record.fromName,
      state: record.finishedAt !== undefined ? 'done' : jobId === undefined ? 'stopped' : 'running',
      startedAt: record.startedAt,
      copied: record.copied,
      bytes: record.bytes,
      buckets: states.length,
      finished: states.filter(({ finished }) => finished).length,
      failures: record.failures,
      ...(jobId === undefined ? {} : { jobId }),
    };
  };
  const refuseSame = (stackId: string, from: string): void => {
    if (stackId === from) throw new AppError('copySame');
  };

  return {
    handlers: {
      async 'minio.planCopy'({ stackId, from }, { signal }) {
        refuseSame(stackId, from);
        return planCopy(await open(from), await open(stackId), signal);
      },
      async 'minio.copyFrom'({ stackId, from, encrypt }) {
        refuseSame(stackId, from);
        const [source, target] = [await open(from), await open(stackId)];
        const id = `${stackId} ${from}`;
        if (running.has(id)) throw new AppError('copyRunning', { from: source.stack.name });
        const started = jobs.start({
          title: say('copyJob', { from: source.stack.name, to: target.stack.name }),
          stackId,
          async run(report, signal) {
            try {
              return told(stackId, await runCopy({ source, target, encrypt, records, report, signal }));
            } finally {
              running.delete(id);
            }
          },
        });
        running.set(id, started.jobId);
        return started;
      },
      async 'minio.copies'({ stackId }) {
        await open(stackId);
        return { copies: (await records.list(stackId)).map((record) => told(stackId, record)) };
      },
    },
  };
}
