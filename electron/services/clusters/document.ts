import { isIP } from 'node:net';
import type { ClusterInput } from '../../../shared/clusters.ts';
import { firstCluster } from '../../../shared/projected.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { keyStoreNames, nodesOf, otherKeyStoreOf } from '../../../shared/servers.ts';
import type { KesCluster, KeyStore, MinioCluster, ServerKind, Stack, StackNode } from '../../../shared/stacks.ts';

/** What a further cluster stands beside, and what it shares. Throws `clusterNoFirst`, `clusterStoreNotVault`. */
export function firstOf(stack: Stack): { minio: MinioCluster; kes: KesCluster; store: KeyStore } {
  const minio = stack.minioClusters.find(({ id }) => id === firstCluster);
  if (!minio) throw new AppError('clusterNoFirst', { missing: '@clusters.missing.minio' });
  const kes = stack.kesClusters.find(({ id }) => id === minio.kes);
  if (!kes) throw new AppError('clusterNoFirst', { missing: '@clusters.missing.kes' });
  const other = otherKeyStoreOf(stack, kes);
  if (other) throw new AppError('clusterStoreNotVault', { store: keyStoreNames[other.kind] });
  const store = stack.keyStores.find(({ id }) => id === kes.keyStore);
  if (!store) throw new AppError('clusterNoFirst', { missing: '@clusters.vault' });
  return { minio, kes, store };
}

/** Engine and login of a KES in the key store that it uses. */
export function placeOf(stack: Stack, kes: KesCluster): Required<KesCluster>['placeInStore'] | undefined {
  return kes.placeInStore ?? stack.keyStores.find(({ id }) => id === kes.keyStore);
}

/** The document with the cluster in it, as it is where it is there already. `host`: where its servers listen. */
export function withCluster(stack: Stack, input: ClusterInput, host: string): Stack {
  if (stack.minioClusters.some(({ id }) => id === input.id)) return stack;
  const { store } = firstOf(stack);
  const kesPorts = [input.ports.kes, ...(input.kesNodes === 2 ? [input.ports.kesSecond] : [])];
  const kes: KesCluster = {
    id: kesIdOf(input.id),
    nodes: nodesFor(stack, 'kes', host, kesPorts),
    ca: 'local',
    keyStore: store.id,
    placeInStore: {
      engine: { ...store.engine, prefix: input.prefix },
      appRole: { mount: store.appRole.mount, role: input.role, policy: input.policy },
    },
    policy: { name: input.id, pattern: `${input.keyPrefix}*` },
    cache: { any: input.cacheAny, unused: input.cacheUnused },
    operator: 'operator',
  };
  const minio: MinioCluster = {
    id: input.id,
    nodes: nodesFor(stack, 'minio', host, [input.ports.minio]),
    ca: 'local',
    kes: kes.id,
    identity: input.id,
    defaultKey: input.key,
  };
  return { ...stack, kesClusters: [...stack.kesClusters, kes], minioClusters: [...stack.minioClusters, minio] };
}

/** The document without it; who never was there is not missed. */
export function withoutCluster(stack: Stack, id: string): Stack {
  const cluster = stack.minioClusters.find((one) => one.id === id);
  return {
    ...stack,
    identities: stack.identities.filter((one) => one.id !== cluster?.identity),
    kesClusters: stack.kesClusters.filter((one) => one.id !== cluster?.kes),
    minioClusters: stack.minioClusters.filter((one) => one !== cluster),
  };
}

export function kesIdOf(cluster: string): string {
  return `kes-${cluster}`;
}

/** Ids that no node of the stack has, in the order of the ports: their logs and process records are by these ids. */
function nodesFor(stack: Stack, kind: ServerKind, host: string, ports: readonly number[]): StackNode[] {
  const taken = new Set(nodesOf(stack, kind).map(({ id }) => id));
  const name = isIP(host) === 6 ? `[${host}]` : host;
  return ports.map((port) => {
    let number = 2;
    while (taken.has(`${kind}-${number}`)) number += 1;
    taken.add(`${kind}-${number}`);
    return { id: `${kind}-${number}`, url: `https://${name}:${port}`, way: 'here' };
  });
}
