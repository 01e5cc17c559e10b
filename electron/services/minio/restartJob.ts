import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { RestartPlan } from '../../../shared/minio.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import { recordName, whereOf } from '../../jobs/clusterView.ts';
import type { DomainDeps, StackAccess } from '../../jobs/step.ts';
import { writeJsonFile } from '../../platform/atomicFile.ts';
import { readDocumentFile } from '../../platform/storedDocument.ts';
import { type KesFromHere, requireSafe, requireTime, restartAndMeasure, restartFacts, waitUntil } from './restart.ts';

export interface RestartDeps extends DomainDeps {
  dataFolder: string;
  kesFromHere: KesFromHere;
}

/** A restart that waits for its time: on disk, so that an engine that was killed meanwhile is not silent about it. */
const pending = { version: 1, schema: z.object({ version: z.literal(1), at: z.string() }) };

export interface Restarts {
  plan(stackId: string, cluster: string | undefined): Promise<RestartPlan>;
  start(stackId: string, cluster: string | undefined, at: string | undefined): Promise<{ jobId: string }>;
  /** Writes into the journal that a restart of an earlier engine never came. */
  tellLost(stackId: string, cluster?: string): Promise<void>;
}

/** Restarts as jobs, one a MinIO cluster at a time, at once or at a chosen time. */
export function createRestarts({ open, jobs, publish, dataFolder, kesFromHere }: RestartDeps): Restarts {
  const busy = new Set<string>();
  const fileOf = ({ stack, cluster }: Pick<StackAccess, 'stack' | 'cluster'>): string =>
    join(dataFolder, 'stacks', stack.id, `${recordName('restart', cluster)}.json`);

  async function wait(access: StackAccess, at: string, report: Parameters<typeof waitUntil>[1], signal: AbortSignal): Promise<void> {
    const { journal } = access;
    const time = new Date(Date.parse(at)).toISOString();
    await writeJsonFile(fileOf(access), { version: 1, at: time });
    await journal(say('minioRestartSet', { time }));
    try {
      await waitUntil(at, report, signal);
    } catch (error) {
      await journal(say('minioRestartCancelled', { time }));
      throw error;
    } finally {
      await rm(fileOf(access), { force: true });
    }
  }

  return {
    async plan(stackId, cluster) {
      const { error, evidence, nodes } = await restartFacts(await open(stackId, cluster), kesFromHere);
      return {
        safe: error === undefined,
        ...(error ? { error: error.frame } : {}),
        evidence: evidence.map(({ text, outcome, answer }) => ({ text, outcome, ...(answer === undefined ? {} : { answer }) })),
        nodes,
      };
    },

    async start(stackId, cluster, at) {
      if (at !== undefined) requireTime(at);
      const first = await open(stackId, cluster);
      const id = recordName(stackId, first.cluster);
      // Nothing is awaited from here to the mark: two that ask at once must not both come through.
      if (busy.has(id)) throw new AppError('minioRestartBusy');
      busy.add(id);
      const job = jobs.start({
        title:
          at === undefined
            ? say('minioRestartJob', { name: whereOf(first) })
            : say('minioRestartJobAt', { name: whereOf(first), time: at }),
        stackId,
        async run(report, signal) {
          // Asked now, too: who chooses a time tonight wants to hear today that it would not be safe.
          requireSafe(await restartFacts(await open(stackId, cluster), kesFromHere));
          if (at !== undefined) await wait(first, at, report, signal);
          const access = await open(stackId, cluster);
          if (access.stack.readOnly) throw new AppError('stackReadOnly', { name: access.stack.name });
          const facts = await restartFacts(access, kesFromHere);
          requireSafe(facts);
          signal.throwIfAborted();
          const { downMs, evidence } = await restartAndMeasure(access, report, signal);
          await access.journal(say('minioDidRestartFor', { ms: downMs }));
          return { downMs, evidence: [...facts.evidence, ...evidence] };
        },
      });
      void jobs.wait(job.jobId).then(() => {
        busy.delete(id);
        publish('lab.changed', { stackId });
      });
      return job;
    },

    async tellLost(stackId, cluster) {
      const access = await open(stackId, cluster);
      if (busy.has(recordName(stackId, access.cluster))) return;
      const lost = await readDocumentFile(fileOf(access), pending);
      if (lost === undefined) return;
      await access.journal(say('minioRestartLost', { time: lost.at }));
      await rm(fileOf(access), { force: true });
    },
  };
}
