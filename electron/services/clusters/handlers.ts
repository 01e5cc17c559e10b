import type { ClusterInput, ClusterRecord, clusterProcedures } from '../../../shared/clusters.ts';
import { firstCluster } from '../../../shared/projected.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { ErrorFrame } from '../../../shared/rpc/frames.ts';
import { nodesOf } from '../../../shared/servers.ts';
import type { ServerKind, Stack } from '../../../shared/stacks.ts';
import { say, type Text } from '../../../shared/text.ts';
import { clusterView } from '../../jobs/clusterView.ts';
import type { Report } from '../../jobs/jobRunner.ts';
import type { DomainDeps, StepContext } from '../../jobs/step.ts';
import { type DomainHandlers, toWire } from '../../rpc/connection.ts';
import { runAddition } from './addition.ts';
import { firstOf, withoutCluster } from './document.ts';
import { pictureOf, type Statuses } from './picture.ts';
import { planCluster } from './plan.ts';
import { proveApart } from './proof.ts';
import { type Ports, proposeCluster } from './propose.ts';
import { createClusterRecords } from './records.ts';
import { breaksOff, portsOf, refuseFolder, refuseNames, refusePorts, refuseVault } from './refuse.ts';
import type { ClusterWork } from './work.ts';

export interface ClustersDeps extends DomainDeps {
  readonly dataFolder: string;
  readonly work: ClusterWork;
  readonly statuses: Statuses;
  readonly ports: Ports;
  /** The whole stack with what its set-up was told. */
  contextOf(stackId: string, report: Report, signal: AbortSignal): Promise<StepContext>;
  stackIds(): Promise<string[]>;
}

/** The MinIO clusters of a stack, each with its own KES and its own place in the one Vault, and the addition of the next. */
export function createClusters(deps: ClustersDeps): {
  handlers: DomainHandlers<typeof clusterProcedures>;
  /** Takes the steps of each further cluster again that only lacks its proof, as all do that were restored. Undefined: there is none. */
  again(stackId: string): Promise<{ jobId: string } | undefined>;
  /** Ports of the servers of all stacks that run here, and of additions that were begun. */
  portsInUse(): Promise<number[]>;
} {
  const records = createClusterRecords(deps.dataFolder);
  /** Jobs by their stacks; empty: one is about to begin, or an addition to be forgotten. */
  const busy = new Map<string, string>();
  const changed = (stackId: string): void => deps.publish('clusters.changed', { stackId });

  /** What starts and stops the same servers, as a backup does, would break off what is begun now. Throws `stackBusy`. */
  function requireQuiet({ id, name }: Stack): void {
    if (deps.jobs.running().some(({ stackId, title }) => stackId === id && breaksOff(title))) throw new AppError('stackBusy', { name });
  }

  /** One addition or proof of a stack at a time, whichever window asks. Whoever calls it knows that the stack is idle, or its own. */
  function startJob(stackId: string, title: Text, run: (report: Report, signal: AbortSignal) => Promise<unknown>): { jobId: string } {
    const job = deps.jobs.start({ title, stackId, run });
    busy.set(stackId, job.jobId);
    void deps.jobs.wait(job.jobId).then(() => {
      busy.delete(stackId);
      changed(stackId);
    });
    return job;
  }

  /** Nothing else begins on the stack's clusters before this has ended, or become a job. Throws `clusterBusy`. */
  async function alone<T>(stackId: string, work: () => Promise<T>): Promise<T> {
    if (busy.has(stackId)) throw new AppError('clusterBusy');
    busy.set(stackId, '');
    return work().finally(() => {
      if (busy.get(stackId) === '') busy.delete(stackId);
    });
  }

  async function keep(stackId: string, record: ClusterRecord): Promise<void> {
    await records.write(stackId, record);
    changed(stackId);
  }

  function start(stackId: string, record: ClusterRecord): { jobId: string } {
    const { id } = record.input;
    return startJob(stackId, say('clusters.job', { cluster: id }), (report, signal) => run(stackId, record, report, signal));
  }

  async function run(stackId: string, record: ClusterRecord, report: Report, signal: AbortSignal): Promise<unknown> {
    const { id } = record.input;
    try {
      // Not before it is the one at work: a second call would put its own answers in place of those that are followed.
      await keep(stackId, record);
      const context = await deps.contextOf(stackId, report, signal);
      const { name, readOnly } = context.stack;
      if (readOnly) throw new AppError('stackReadOnly', { name });
      const done = await runAddition({
        context,
        record,
        work: deps.work,
        unfinished: await standing(stackId, id),
        keep: (now) => keep(stackId, now),
      });
      const { error: _, rootToken: __, ...rest } = record;
      await keep(stackId, { ...rest, step: 'proof', finishedAt: new Date().toISOString() });
      return done;
    } catch (thrown) {
      const error = signal.aborted && !isAppError(thrown) ? new AppError('cancelled') : thrown;
      const last = (await records.read(stackId, id)) ?? record;
      await keep(stackId, { ...last, error: toWire(error, deps.log, 'clusters.add') });
      throw error;
    }
  }

  const quiet = (stackId: string): Promise<StepContext> => deps.contextOf(stackId, () => undefined, new AbortController().signal);

  /** Throws what would stop the addition, while nothing is made. An addition that is kept has its names and ports already. */
  async function check(context: StepContext, input: ClusterInput): Promise<void> {
    const { stack, folder } = context;
    refuseNames(stack, input);
    const found = await records.read(stack.id, input.id);
    const former = found?.forgottenAt === undefined ? undefined : found.input;
    await refuseFolder(folder, input, former);
    await refusePorts(input, await deps.ports.reserved());
    await refuseVault(context, input, former);
  }

  async function kept(stackId: string, cluster: string): Promise<ClusterRecord> {
    const record = await records.read(stackId, cluster);
    if (record === undefined || record.finishedAt !== undefined || record.forgottenAt !== undefined)
      throw new AppError('clusterNoRecord', { cluster });
    return record;
  }

  /** Additions that are not given up. One that cannot be read must not stop other clusters and stacks. */
  async function present(stackId: string): Promise<ClusterRecord[]> {
    return (await records.readable(stackId)).filter(({ forgottenAt }) => forgottenAt === undefined);
  }

  /** Ids of additions that did not come to their end, but for `one`. */
  async function standing(stackId: string, one?: string): Promise<string[]> {
    const found = (await present(stackId)).filter(({ input, finishedAt }) => finishedAt === undefined && input.id !== one);
    return found.map(({ input }) => input.id);
  }

  async function known(stackId: string): Promise<ClusterRecord[]> {
    const jobId = busy.get(stackId);
    const now = jobId === undefined ? undefined : deps.jobs.running().find(({ id }) => id === jobId)?.title.params?.cluster;
    return (await present(stackId)).map((record) => (jobId !== undefined && record.input.id === now ? { ...record, jobId } : record));
  }

  return {
    again: (stackId) =>
      alone(stackId, async () => {
        const due = (await present(stackId)).filter(({ step, finishedAt }) => step === 'proof' && finishedAt === undefined);
        const [first] = due;
        if (first === undefined) return undefined;
        return startJob(stackId, say('clusters.job', { cluster: first.input.id }), async (report, signal) => {
          for (const record of due) await run(stackId, record, report, signal);
        });
      }),
    async portsInUse() {
      const found = await Promise.all(
        (await deps.stackIds()).map(async (stackId) => {
          const { stack } = await deps.open(stackId);
          const nodes = (['vault', 'kes', 'minio'] as const).flatMap((kind: ServerKind) => nodesOf(stack, kind));
          const here = nodes.filter(({ way }) => way === 'here').map(({ url }) => Number(new URL(url).port));
          return [...here, ...(await present(stackId)).flatMap(({ input }) => portsOf(input))];
        }),
      );
      return found.flat();
    },
    handlers: {
      async 'clusters.picture'({ stackId }) {
        const access = await deps.open(stackId);
        const all = await known(stackId);
        const added = (id: string): boolean => access.stack.minioClusters.some((one) => one.id === id);
        return {
          ...(await pictureOf(access, all, deps.statuses)),
          unfinished: all.filter(({ input, finishedAt }) => finishedAt === undefined && !added(input.id)),
          ...refusalOf(() => firstOf(access.stack)),
        };
      },
      async 'clusters.propose'({ stackId }) {
        const { stack } = await deps.open(stackId);
        const free = (await records.readable(stackId)).filter(({ forgottenAt }) => forgottenAt !== undefined).map(({ input }) => input.id);
        const ids = (await records.names(stackId)).filter((id) => !free.includes(id));
        return { input: await proposeCluster(stack, ids, deps.ports) };
      },
      async 'clusters.plan'({ stackId, input }) {
        const context = await quiet(stackId);
        await check(context, input);
        return { plan: await planCluster(context, input, deps.work) };
      },
      'clusters.add': ({ stackId, input }) =>
        alone(stackId, async () => {
          const context = await quiet(stackId);
          await check(context, input);
          // Also what only the certificates know: a stack without a CA of its own is refused before anything is made.
          await planCluster(context, input, deps.work);
          requireQuiet(context.stack);
          return start(stackId, { version: 1, input, step: 'document', startedAt: new Date().toISOString() });
        }),
      'clusters.resume': ({ stackId, cluster }) =>
        alone(stackId, async () => {
          const record = await kept(stackId, cluster);
          requireQuiet((await deps.open(stackId)).stack);
          return start(stackId, record);
        }),
      'clusters.prove': ({ stackId }) =>
        alone(stackId, async () => {
          requireQuiet((await deps.open(stackId)).stack);
          return startJob(stackId, say('clusters.jobProve'), async (report, signal) => {
            return proveApart(await deps.contextOf(stackId, report, signal), await standing(stackId));
          });
        }),
      'clusters.forget': ({ stackId, cluster }) =>
        alone(stackId, async () => {
          const { error: _, jobId: __, rootToken, ...record } = await kept(stackId, cluster);
          const access = await deps.open(stackId);
          // Nobody would look for it once its addition is forgotten.
          if (rootToken) await deps.work.rights.revoke(stackId);
          if (cluster !== firstCluster && access.stack.minioClusters.some(({ id }) => id === cluster)) {
            const { stack, servers } = clusterView(access, cluster);
            for (const kind of ['minio', 'kes'] as const)
              for (const { id, way } of nodesOf(stack, kind)) if (way === 'here') await servers.stop(kind, id);
            await access.update((whole) => withoutCluster(whole, cluster));
          }
          await records.write(stackId, { ...record, forgottenAt: new Date().toISOString() });
          await access.journal(say('clusters.journal.forgotten', { cluster }));
          changed(stackId);
          return {};
        }),
    },
  };
}

function refusalOf(look: () => unknown): { refused?: ErrorFrame } {
  try {
    look();
    return {};
  } catch (error) {
    if (isAppError(error)) return { refused: error.frame };
    throw error;
  }
}
