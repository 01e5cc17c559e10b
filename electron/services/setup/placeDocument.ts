import { isIP } from 'node:net';
import type { KeyStoreChoice } from '../../../shared/keyStores.ts';
import { nodesOf, otherKeyStoreOf, serverKinds } from '../../../shared/servers.ts';
import { type PlaceInput, placeInput, type ServerPlace } from '../../../shared/setup.ts';
import type { KesCluster, KeyStore, MinioCluster, OtherKeyStore, ServerKind, Stack, StackNode } from '../../../shared/stacks.ts';

/** The stack document that a place describes: one node of each server that is known. */
export function stackOf(id: string, place: PlaceInput, createdAt: string): Stack {
  const { servers } = place;
  const connected = serverKinds.every((kind) => servers[kind].way !== 'here');
  // Whom to believe is asked for each server that others run; the local CA signs the rest.
  const caOf = (kind: ServerKind): string => (servers[kind].way === 'api' ? kind : 'local');
  const known = <T>(kind: ServerKind, cluster: T): T[] => (servers[kind].way === 'none' ? [] : [cluster]);
  const other = otherOf(place.keyStore);
  const keyStore = other ? { keyStore: other.id } : servers.vault.way === 'none' ? {} : { keyStore: 'vault' };
  const kes = servers.kes.way === 'none' ? {} : { kes: 'kes' };
  return {
    version: 2,
    id,
    name: place.name,
    origin: connected ? 'connected' : 'lab',
    createdAt,
    folder: place.folder,
    draft: connected,
    readOnly: connected,
    cas: [],
    identities: [],
    keyStores: known('vault', {
      id: 'vault',
      kind: 'vault' as const,
      product: place.product,
      storage: place.storage,
      nodes: nodeOf(place, 'vault'),
      ca: caOf('vault'),
      engine: { mount: 'kv', version: place.kvVersion, prefix: 'minio' },
      appRole: { mount: 'approle', role: place.role, policy: 'minio-key-policy' },
      custodians: [],
    }),
    ...(other ? { otherKeyStores: [other] } : {}),
    kesClusters: known('kes', {
      id: 'kes',
      nodes: nodeOf(place, 'kes'),
      ca: caOf('kes'),
      ...keyStore,
      policy: { name: 'minio', pattern: 'minio-*' },
      // How long a KES that others run keeps keys is not told: its own default is assumed.
      cache: servers.kes.way === 'api' ? { any: '5m', unused: '30s' } : { any: '5s', unused: '5s' },
      operator: 'operator',
    }),
    minioClusters: known('minio', {
      id: 'minio',
      nodes: nodeOf(place, 'minio'),
      ca: caOf('minio'),
      ...kes,
      identity: 'minio',
      defaultKey: place.key,
    }),
  };
}

/** The key store of the document that a choice describes; undefined: it is Vault, one of the servers. */
function otherOf(choice: KeyStoreChoice): OtherKeyStore | undefined {
  if (choice.kind === 'vault') return undefined;
  const filled = Object.entries(choice.values).filter(([, value]) => value !== '');
  return {
    id: keyStoreId,
    kind: choice.kind,
    values: Object.fromEntries(filled),
    ...proxyOf(choice),
    ...(choice.ca ? { ca: keyStoreId } : {}),
  };
}

function proxyOf({ proxy }: { proxy?: string | undefined }): { proxy?: string } {
  return proxy ? { proxy } : {};
}

/** The id of the key store that is not Vault, and of the CA that vouches for it. */
export const keyStoreId = 'keyStore';

/** Address of a server as the place has it; `undefined` for one that is not known. */
export function urlOf(place: PlaceInput, kind: ServerKind): string | undefined {
  const server = place.servers[kind];
  if (server.way === 'none') return undefined;
  if (server.way !== 'here') return server.url;
  const host = place.hosts[0] ?? '127.0.0.1';
  return `https://${isIP(host) === 6 ? `[${host}]` : host}:${place.ports[kind]}`;
}

function nodeOf(place: PlaceInput, kind: ServerKind): StackNode[] {
  const server = place.servers[kind];
  const url = urlOf(place, kind);
  if (server.way === 'none' || url === undefined) return [];
  const node: StackNode = { id: `${kind}-1`, url, way: server.way };
  return [server.way === 'handedOver' ? { ...node, hostFolder: server.folder } : node];
}

/**
 * The document after a place was applied to it. It takes over what the place decides: which servers there are, where,
 * and what is made for those that Sealdeck sets up. Later steps own the rest, and Connect what it saved of a server by
 * API. A server that comes, goes or changes its way is another server, so nothing is kept of the former one.
 */
export function placed(stack: Stack, place: PlaceInput): Stack {
  const { otherKeyStores, ...fresh } = stackOf(stack.id, place, stack.createdAt);
  const { otherKeyStores: before, ...known } = stack;
  const elsewhere = serverKinds.every((kind) => place.servers[kind].way !== 'here');
  return {
    ...known,
    ...(otherKeyStores ? { otherKeyStores: otherKeyStores.map((store) => trusted(store, place.keyStore, before)) } : {}),
    name: fresh.name,
    origin: elsewhere ? stack.origin : 'lab',
    keyStores: merge(stack.keyStores, fresh.keyStores, (old: KeyStore, now: KeyStore) => ({
      product: now.product,
      storage: now.storage,
      engine: { ...old.engine, version: now.engine.version },
    })),
    kesClusters: merge(stack.kesClusters, fresh.kesClusters, () => ({})).map(({ keyStore: _, ...cluster }: KesCluster) => ({
      ...cluster,
      ...keyStoreOf(fresh.keyStores[0] ?? otherKeyStores?.[0]),
    })),
    minioClusters: firstOf(
      merge(stack.minioClusters, fresh.minioClusters, (_: MinioCluster, now: MinioCluster) => ({ defaultKey: now.defaultKey })),
      ({ kes: _, ...cluster }) => ({ ...cluster, ...(fresh.kesClusters[0] ? { kes: fresh.kesClusters[0].id } : {}) }),
    ),
  };
}

function keyStoreOf(store: { id: string } | undefined): Pick<KesCluster, 'keyStore'> {
  return store ? { keyStore: store.id } : {};
}

/** A form that says nothing of the CA leaves the one that is there. */
function trusted(now: OtherKeyStore, choice: KeyStoreChoice, before: readonly OtherKeyStore[] | undefined): OtherKeyStore {
  const known = choice.kind !== 'vault' && choice.ca === undefined ? before?.find(({ kind }) => kind === now.kind)?.ca : undefined;
  return known === undefined ? now : { ...now, ca: known };
}

/** The place speaks of the first cluster; those that were added stay. `own`: what it says of a server that Sealdeck sets up; a server by API says it itself. */
function merge<T extends { nodes: StackNode[] }>(old: readonly T[], fresh: readonly T[], own: (old: T, now: T) => Partial<T>): T[] {
  const placed = fresh.map((now, at) => {
    const before = old[at];
    const way = now.nodes[0]?.way;
    if (before === undefined || before.nodes[0]?.way !== way) return now;
    const first = now.nodes.map((node, index) => ({ ...before.nodes[index], ...node }));
    const nodes = [...first, ...before.nodes.slice(first.length)];
    return { ...before, ...(way === 'api' ? {} : own(before, now)), nodes };
  });
  return [...placed, ...old.slice(1)];
}

function firstOf<T>(list: readonly T[], change: (first: T) => T): T[] {
  return list.map((one, at) => (at === 0 ? change(one) : one));
}

/** The place as the document has it now: since it was filled in, Connect may have given or moved a server by API, or the stack was renamed. */
export function placeNow(kept: PlaceInput, stack: Stack, applied: boolean): PlaceInput {
  const now = (kind: ServerKind): ServerPlace => {
    const node = nodesOf(stack, kind)[0];
    const { way } = kept.servers[kind];
    if (node?.way === 'api' && (way === 'api' || way === 'none')) return { way: 'api', url: node.url };
    return kept.servers[kind];
  };
  return { ...kept, ...(applied ? { name: stack.name } : {}), servers: { vault: now('vault'), kes: now('kes'), minio: now('minio') } };
}

/** The place of a stack whose guided steps were never begun here, such as one that a colleague exported. */
export function placeOf(stack: Stack): PlaceInput {
  const server = (kind: ServerKind): ServerPlace => {
    const node = nodesOf(stack, kind)[0];
    if (node === undefined) return { way: 'none' };
    if (node.way === 'here') return { way: 'here' };
    return node.way === 'api' || node.hostFolder === undefined
      ? { way: 'api', url: node.url }
      : { way: 'handedOver', url: node.url, folder: node.hostFolder };
  };
  const here = serverKinds.flatMap((kind) => nodesOf(stack, kind).filter((node) => node.way === 'here'));
  const hosts = [...new Set([...here.map(({ url }) => new URL(url).hostname.replace(/^\[|\]$/g, '')), '127.0.0.1', 'localhost'])];
  const port = (kind: ServerKind, usual: number): number => {
    const node = nodesOf(stack, kind)[0];
    return node?.way === 'here' ? Number(new URL(node.url).port || usual) : usual;
  };
  const [store] = stack.keyStores;
  const other = otherKeyStoreOf(stack);
  const ports = { vault: port('vault', 8200), kes: port('kes', 7373), minio: port('minio', 9000) };
  return placeInput.parse({
    name: stack.name,
    folder: stack.folder,
    hosts,
    ports: { ...ports, vaultCluster: ports.vault + 1, minioConsole: ports.minio + 1 },
    servers: { vault: server('vault'), kes: server('kes'), minio: server('minio') },
    ...(other ? { keyStore: { kind: other.kind, values: other.values, ...proxyOf(other) } } : {}),
    product: store?.product ?? 'openbao',
    storage: store?.storage ?? 'raft',
    kvVersion: store?.engine.version ?? 2,
    ...(stack.minioClusters[0] ? { key: stack.minioClusters[0].defaultKey } : {}),
    ...(store ? { role: store.appRole.role } : {}),
  });
}
