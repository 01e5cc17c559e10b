import type { MinioCopy, minioCopyProcedures } from '../../../../shared/minioCopy.ts';
import { sameCluster } from '../../../../shared/projected.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { say } from '../../../../shared/text.ts';
import { recordName, whereOf } from '../../../jobs/clusterView.ts';
import type { DomainDeps, StackAccess } from '../../../jobs/step.ts';
import type { DomainHandlers } from '../../../rpc/connection.ts';
import { planCopy } from './plan.ts';
import { type CopyEnd, type CopyRecord, copyEndOf, createCopyRecords } from './record.ts';
import { runCopy } from './run.ts';

interface Between {
  stackId: string;
  cluster?: string | undefined;
  from: string;
  fromCluster?: string | undefined;
}

export interface MinioCopies {
  handlers: DomainHandlers<typeof minioCopyProcedures>;
}

/** The way out of a MinIO whose objects only it can open: another one reads nothing of its disks, but takes what it answers. */
export function createMinioCopies({ open, jobs, dataFolder }: DomainDeps & { dataFolder: string }): MinioCopies {
  const records = createCopyRecords(dataFolder);
  const running = new Map<string, string>();
  const idOf = (to: CopyEnd, from: CopyEnd): string => `${recordName(to.stackId, to.cluster)} ${recordName(from.stackId, from.cluster)}`;
  const told = (to: CopyEnd, record: CopyRecord): MinioCopy => {
    const jobId = running.get(idOf(to, { stackId: record.from, cluster: record.fromCluster }));
    const states = Object.values(record.buckets);
    return {
      from: record.from,
      ...(record.fromCluster === undefined ? {} : { fromCluster: record.fromCluster }),
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
  async function ends(input: Between): Promise<{ source: StackAccess; target: StackAccess }> {
    if (input.stackId === input.from && sameCluster(input.cluster, input.fromCluster)) throw new AppError('copySame');
    return { source: await open(input.from, input.fromCluster), target: await open(input.stackId, input.cluster) };
  }

  return {
    handlers: {
      async 'minio.planCopy'(input, { signal }) {
        const { source, target } = await ends(input);
        return planCopy(source, target, signal);
      },
      async 'minio.copyFrom'({ encrypt, ...input }) {
        const { source, target } = await ends(input);
        const { stackId } = input;
        const id = idOf(copyEndOf(target), copyEndOf(source));
        if (running.has(id)) throw new AppError('copyRunning', { from: whereOf(source) });
        const started = jobs.start({
          title: say('copyJob', { from: whereOf(source), to: whereOf(target) }),
          stackId,
          async run(report, signal) {
            try {
              return told(copyEndOf(target), await runCopy({ source, target, encrypt, records, report, signal }));
            } finally {
              running.delete(id);
            }
          },
        });
        running.set(id, started.jobId);
        return started;
      },
      async 'minio.copies'({ stackId, cluster }) {
        const to = copyEndOf(await open(stackId, cluster));
        return { copies: (await records.list(to)).map((record) => told(to, record)) };
      },
    },
  };
}
