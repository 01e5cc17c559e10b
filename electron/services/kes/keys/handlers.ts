import type { kesKeysProcedures } from '../../../../shared/kesKeys.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import type { StackNode } from '../../../../shared/stacks.ts';
import { say } from '../../../../shared/text.ts';
import type { KesClient } from '../../../clients/kes/client.ts';
import { withKes } from '../../../clients/kes/forStack.ts';
import { partOf } from '../../../clients/partOf.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import type { DomainHandlers } from '../../../rpc/connection.ts';
import { createPlay } from '../play/play.ts';
import { keyCard } from './card.ts';
import { clusterOf, type KesKeysDeps } from './deps.ts';
import { keptTestsOf } from './keptTests.ts';
import { keyList } from './list.ts';
import { readLogs } from './logs.ts';
import { keyMaterial, makeKey, planKey } from './make.ts';
import { nodeNow } from './nodes.ts';
import { tryKey } from './opens.ts';
import { forgetRecord, keptRecords } from './records.ts';
import { deleteKey, deletionFacts, restoreKey } from './remove.ts';
import { readRows } from './rows.ts';
import { testKeys } from './selfTest.ts';

export interface KesKeys {
  handlers: DomainHandlers<typeof kesKeysProcedures>;
}

/** The keys of a KES: which there are, whether they work, what uses them; making, deleting and putting back; its nodes and logs. */
export function createKesKeys(deps: KesKeysDeps): KesKeys {
  const { open, jobs } = deps;
  const play = createPlay(deps);

  /** The first node of the cluster's KES that answers, as the operator. */
  async function first<T>(
    { stackId, cluster }: { stackId: string; cluster?: string | undefined },
    use: (kes: KesClient, access: StackAccess) => Promise<T>,
  ): Promise<T> {
    const access = await open(stackId, cluster);
    const [node, ...others] = clusterOf(access.stack).nodes;
    const answering = others.length === 0 ? node : await firstAnswering(access, [node, ...others]);
    return withKes(access, 'operator', (kes) => use(kes, access), answering?.id);
  }

  return {
    handlers: {
      ...play.handlers,
      'kes.keyList': (input) => first(input, (kes, access) => keyList(access, kes, deps)),
      'kes.keyRows': (input) =>
        first(input, async (kes, access) => {
          const tests = keptTestsOf(access, clusterOf(access.stack).id);
          return { rows: await readRows(kes, access.stack, tests, input.names) };
        }),
      'kes.keyCard': async ({ stackId, cluster, name }) => keyCard(await open(stackId, cluster), deps, name),
      'kes.testKeys': async ({ stackId, cluster, names }) => {
        const access = await open(stackId, cluster);
        const wanted = names ?? (await first({ stackId, cluster }, (kes) => keyList(access, kes, deps))).keys.map(({ name }) => name);
        return jobs.start({
          title: say('kesJobTest', { count: wanted.length }),
          stackId,
          total: wanted.length,
          run: (report, signal) => testKeys(access, wanted, report, signal),
        });
      },
      'kes.acceptKey': (input) =>
        first(input, async (kes, access) => {
          const { opens, fresh } = await tryKey(kes, input.name, undefined);
          if (!fresh) throw AppError.of(opens.error ?? { code: 'kesKeyNotFound', details: { name: input.name } });
          await keptTestsOf(access, clusterOf(access.stack).id).keep(new Map([[input.name, fresh]]), true);
          await access.journal(say('kesJournalAccepted', { name: input.name }));
          return {};
        }),
      'kes.createPlan': (input) => first(input, (kes, access) => planKey(access, kes, deps, input)),
      'kes.createKey': (input) => first(input, async (kes, access) => ({ evidence: await makeKey(access, kes, deps, input) })),
      'kes.importKey': ({ material, algorithm, ...input }) =>
        first(input, async (kes, access) => {
          const bytes = keyMaterial(material);
          return { evidence: await makeKey(access, kes, deps, { ...input, material: { bytes, algorithm } }) };
        }),
      'kes.deletionFacts': (input) => first(input, (kes, access) => deletionFacts(access, kes, deps, input)),
      'kes.deleteKey': (input) => first(input, (kes, access) => deleteKey(access, kes, deps, input)),
      'kes.keptRecords': async ({ stackId, cluster }) => ({ records: keptRecords(await open(stackId, cluster)) }),
      'kes.restoreKey': async ({ stackId, cluster, id }) => ({ evidence: await restoreKey(await open(stackId, cluster), deps, id) }),
      'kes.forgetRecord': async ({ stackId, cluster, id, typed }) => {
        const access = await open(stackId, cluster);
        await access.journal(say('kesJournalForgotten', { name: await forgetRecord(access, id, typed) }));
        return {};
      },
      'kes.nodes': async ({ stackId, cluster }) => {
        const access = await open(stackId, cluster);
        const { cache, nodes } = clusterOf(access.stack);
        const all = access.stack.kesClusters.flatMap((one) => one.nodes);
        return {
          nodes: await Promise.all(all.map((node) => nodeNow(access, node))),
          cache: { ...cache, assumed: nodes.some(({ way }) => way === 'api') },
        };
      },
      'kes.logs': (input) =>
        first(input, async (kes, access) => ({
          ...(await readLogs(access, kes, input.count)),
          at: new Date().toISOString(),
        })),
    },
  };
}

/** None answers: the first, whose failure is told then. */
async function firstAnswering(access: StackAccess, nodes: readonly (StackNode | undefined)[]): Promise<StackNode | undefined> {
  for (const node of nodes) {
    const version = await partOf(withKes(access, 'operator', (kes) => kes.version(), node?.id));
    if (version.value !== undefined) return node;
  }
  return nodes[0];
}
