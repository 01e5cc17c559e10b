import type { ClusterPicture, ClusterRecord } from '../../../shared/clusters.ts';
import { type KesStatus, kesStatus } from '../../../shared/kes.ts';
import { type MinioStatus, minioStatus } from '../../../shared/minio.ts';
import { firstCluster } from '../../../shared/projected.ts';
import { isAppError } from '../../../shared/rpc/errors.ts';
import { otherKeyStoreOf } from '../../../shared/servers.ts';
import type { MinioCluster, Stack, StackNode } from '../../../shared/stacks.ts';
import { type VaultNodeStatus, vaultNodeStatus } from '../../../shared/vault.ts';
import { withKes } from '../../clients/kes/forStack.ts';
import type { StackAccess } from '../../jobs/step.ts';
import type { AllHandlers, CallContext } from '../../rpc/connection.ts';
import { placeOf } from './document.ts';

/** What each domain says of all its nodes of a stack. */
export interface Statuses {
  vault(stackId: string): Promise<VaultNodeStatus[]>;
  kes(stackId: string): Promise<KesStatus[]>;
  minio(stackId: string): Promise<MinioStatus[]>;
}

/** The calls that ask them. */
export function statusesOf(handlers: Pick<AllHandlers, 'vault.status' | 'kes.status' | 'minio.status'>, call: CallContext): Statuses {
  return {
    vault: async (stackId) => vaultNodeStatus.array().parse((await handlers['vault.status']({ stackId }, call)).nodes),
    kes: async (stackId) => kesStatus.array().parse((await handlers['kes.status']({ stackId }, call)).nodes),
    minio: async (stackId) => minioStatus.array().parse((await handlers['minio.status']({ stackId }, call)).nodes),
  };
}

/** Every cluster as its servers answer now. `records`: what is kept of additions. */
export async function pictureOf(access: StackAccess, records: readonly ClusterRecord[], ask: Statuses) {
  const { stack } = access;
  const [vault, kes, minio] = await Promise.all([ask.vault(stack.id), ask.kes(stack.id), ask.minio(stack.id)]);
  const requests = new Map(await Promise.all(kes.map(async ({ node }) => [node, await requestsOf(access, node)] as const)));
  const ways = wayOfNodes(stack);
  const clusters = stack.minioClusters.map((cluster): ClusterPicture => {
    const server = stack.kesClusters.find(({ id }) => id === cluster.kes);
    const nodes = kes
      .filter(({ node }) => server?.nodes.some(({ id }) => id === node))
      .map((status) => ({ ...status, way: ways(status.node), ...given('requests', requests.get(status.node)) }));
    const counts = nodes.map((node) => node.requests);
    const sum = counts.includes(undefined) ? undefined : counts.reduce<number>((all, one) => all + (one ?? 0), 0);
    const identity = stack.identities.find(({ id, purpose }) => id === cluster.identity && purpose === 'minio')?.hash;
    const unfinished = records.find(({ input, finishedAt }) => input.id === cluster.id && finishedAt === undefined);
    return {
      id: cluster.id,
      first: cluster.id === firstCluster,
      minio: minio
        .filter(({ node }) => cluster.nodes.some(({ id }) => id === node))
        .map((status) => ({ ...status, way: ways(status.node) })),
      ...(server ? { kes: { id: server.id, nodes, pattern: server.policy.pattern, ...given('requests', sum) } } : {}),
      ...given('keyStore', keyStoreOf(stack, cluster)),
      ...given('identity', identity),
      defaultKey: cluster.defaultKey,
      ...given('unfinished', unfinished),
    };
  });
  return { clusters, vault: vault.map((status) => ({ ...status, way: ways(status.node) })) };
}

function keyStoreOf(stack: Stack, cluster: MinioCluster): ClusterPicture['keyStore'] {
  const kes = stack.kesClusters.find(({ id }) => id === cluster.kes);
  if (kes === undefined) return undefined;
  const other = otherKeyStoreOf(stack, kes);
  if (other) return { id: other.id, kind: other.kind };
  const store = stack.keyStores.find(({ id }) => id === kes.keyStore);
  const place = placeOf(stack, kes);
  if (store === undefined || place === undefined) return undefined;
  const { engine, appRole } = place;
  const path = engine.prefix === '' ? engine.mount : `${engine.mount}/${engine.prefix}`;
  return { id: store.id, kind: store.product, path, role: appRole.role, policy: appRole.policy };
}

/** Undefined: that KES cannot be asked, or keeps its counters to itself. */
async function requestsOf(access: StackAccess, node: string): Promise<number | undefined> {
  return withKes(access, 'operator', (kes) => kes.requestCount(), node).catch((error: unknown) => {
    if (isAppError(error)) return undefined;
    throw error;
  });
}

function wayOfNodes({ keyStores, kesClusters, minioClusters }: Stack): (node: string) => StackNode['way'] {
  const nodes = [...keyStores, ...kesClusters, ...minioClusters].flatMap((one) => one.nodes);
  return (node) => nodes.find(({ id }) => id === node)?.way ?? 'api';
}

function given<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [name]: value }) as { [P in K]?: V };
}
