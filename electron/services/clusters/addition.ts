import { type ClusterProof, type ClusterRecord, type ClusterStep, clusterSteps } from '../../../shared/clusters.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import type { Report } from '../../jobs/jobRunner.ts';
import type { StepContext } from '../../jobs/step.ts';
import { contextOfCluster, hostOf } from './clusterContext.ts';
import { withCluster } from './document.ts';
import { proveApart } from './proof.ts';
import type { ClusterWork } from './work.ts';

export interface Addition {
  context: StepContext;
  record: ClusterRecord;
  work: ClusterWork;
  /** Other additions that stand still. */
  unfinished: readonly string[];
  /** Returns when it is on disk. */
  keep(record: ClusterRecord): Promise<void>;
}

/**
 * Adds the cluster of a record, from the first step on: each finds what an earlier run did and does only the rest. The
 * record names the step before it begins. Throws what the steps throw.
 */
export async function runAddition({
  context,
  record,
  work,
  unfinished,
  keep,
}: Addition): Promise<{ cluster: string; proof: ClusterProof }> {
  const { input } = record;
  const { report, signal } = context;
  let proof: ClusterProof | undefined;
  let made = record.rootToken === true;
  const mark = {
    get made() {
      return made;
    },
    async set(now: boolean) {
      made = now;
      const { error: _, rootToken: __, ...rest } = record;
      await keep({ ...rest, step: 'prepare', ...(now ? { rootToken: true } : {}) });
    },
  };
  for (const [done, step] of clusterSteps.entries()) {
    signal.throwIfAborted();
    const { error: _, rootToken: __, ...rest } = record;
    await keep({ ...rest, step, ...(mark.made ? { rootToken: true } : {}) });
    const note = say(`clusters.step.${step}`);
    report({ done, total: clusterSteps.length, note });
    const told: Report = (progress) => report({ done, total: clusterSteps.length, note: progress.note ?? note });
    if (step === 'proof') proof = await proveApart(stepped(context, report), unfinished);
    else await take(step, stepped(context, told));
  }
  if (proof === undefined) throw new AppError('clusterNoRecord', { cluster: input.id });
  const path = `${contextOfCluster(context, input).stack.keyStores[0]?.engine.mount ?? ''}/${input.prefix}`;
  await context.journal(say('clusters.journal.added', { cluster: input.id, path, role: input.role }));
  return { cluster: input.id, proof };

  async function take(step: Exclude<ClusterStep, 'proof'>, now: StepContext): Promise<void> {
    if (step === 'document') return now.update((stack) => withCluster(stack, input, hostOf(now)));
    const cluster = contextOfCluster(now, input);
    if (step === 'certificates') {
      await work.certificates.apply(cluster);
      await work.certificates.check(cluster);
      return;
    }
    if (step === 'prepare') await work.rights.ensure(now, mark);
    const found = work.step(step);
    await found.apply(cluster, cluster.inputs[step] as never);
    signal.throwIfAborted();
    await found.check(cluster, cluster.inputs[step] as never);
  }
}

/** A copy whose document is still the one that was saved last. */
function stepped(context: StepContext, report: Report): StepContext {
  return Object.defineProperty({ ...context, report }, 'stack', { enumerable: true, get: () => context.stack });
}
