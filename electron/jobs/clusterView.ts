import { clusterMark, clusterName, firstCluster, membersOf, projected } from '../../shared/projected.ts';
import { nodesOf } from '../../shared/servers.ts';
import type { ServerKind, Stack } from '../../shared/stacks.ts';
import type { Text } from '../../shared/text.ts';
import type { ClusterSecret, DomainDeps, SecretName, StackAccess, StackFolder, StackSecrets, StackServers } from './step.ts';

/** In the stack's folder: what each cluster has of its own. The rest, as the CA, Vault and the operator's identity, is the stack's. */
const ownFiles = /^(?:buckets|kes|minio|kes-move|handover\/(?:kes|minio)|certs\/(?:kes|minio-client)\.(?:crt|key))(?:\/|$)/;
const ownSecrets: ReadonlySet<string> = new Set<ClusterSecret>(['kes.approle', 'minio.root', 'minio.swap', 'ssec.keys']);

/**
 * A stack as if this MinIO cluster, its KES and its place in the key store were all there is: one cluster of each kind, the
 * usual names of files and secrets, its own servers. What works on one cluster works so on each. Throws `minioClusterUnknown`.
 */
export function clusterView<A extends StackAccess>(access: A, id: string): A {
  membersOf(access.stack, id);
  const mark = clusterMark(id);
  const own = {
    ...mark,
    update: (change: (stack: Stack) => Stack) => access.update((stack) => mergedInto(stack, id, change)),
    secrets: secretsOf(access.secrets, id),
    folder: folderOf(access.folder, id),
    servers: serversOf(access, id),
    // Names of buckets repeat between clusters: a line says whose it speaks of.
    journal: (action: Text) => access.journal('cluster' in mark ? { ...action, params: { ...action.params, ...mark } } : action),
  };
  const view = { ...access, ...own };
  return Object.defineProperty(view, 'stack', { enumerable: true, get: () => projected(access.stack, id) });
}

/** For calls about one MinIO cluster: the first unless it is named, so that none speaks of two at once. */
export function openCluster(open: DomainDeps['open']): DomainDeps['open'] {
  return async (stackId, cluster) => {
    const access = await open(stackId, cluster);
    const several = cluster === undefined && access.stack.minioClusters.length > 1;
    return several ? clusterView(access, firstCluster) : access;
  };
}

/** Name of a record about this cluster among those of the data folder. The first one's is as it always was. */
export function recordName(name: string, cluster: string | undefined): string {
  return cluster === undefined ? name : `${name}@${cluster}`;
}

/** The stack's name, with its cluster where it is not the first. */
export function whereOf({ stack, cluster }: Pick<StackAccess, 'stack' | 'cluster'>): string {
  return clusterName(stack.name, cluster);
}

/** By which each cluster of MinIO can be opened in turn; a stack that has none counts as one. */
export function clusterIdsOf(stack: Stack): (string | undefined)[] {
  return stack.minioClusters.length > 1 ? stack.minioClusters.map(({ id }) => id) : [undefined];
}

/** The whole document after a change that saw only this cluster. */
function mergedInto(stack: Stack, id: string, change: (view: Stack) => Stack): Stack {
  const { minio, kes } = membersOf(stack, id);
  const view = projected(stack, id);
  const after = change(view);
  const [newMinio, newKes, newStore] = [after.minioClusters[0], after.kesClusters[0], after.keyStores[0]];
  const place = newStore && { engine: newStore.engine, appRole: newStore.appRole };
  const placed = newKes && kes?.placeInStore && place ? { ...newKes, placeInStore: place } : newKes;
  const identities = after.identities.map((one) =>
    one.purpose === 'minio' ? { ...one, id: minio.identity, certFile: ownPath(one.certFile, id) } : one,
  );
  return {
    ...after,
    identities: inOrder(stack.identities, identities, minio.identity),
    keyStores: stack.keyStores.map((one) =>
      one.id === newStore?.id ? { ...newStore, ...(kes?.placeInStore ? { engine: one.engine, appRole: one.appRole } : place) } : one,
    ),
    kesClusters: stack.kesClusters.map((one) => (one.id === kes?.id ? (placed ?? one) : one)),
    minioClusters: stack.minioClusters.map((one) => (one.id === id && newMinio ? { ...newMinio, identity: minio.identity } : one)),
  };
}

/** Who looks at the whole document takes the first identity of MinIO for the first cluster's: none changes its place. */
function inOrder(before: Stack['identities'], after: Stack['identities'], own: string): Stack['identities'] {
  const kept = before.flatMap((one) => {
    const now = after.find(({ id }) => id === one.id);
    if (now) return [now];
    return one.purpose === 'minio' && one.id !== own ? [one] : [];
  });
  return [...kept, ...after.filter(({ id }) => !kept.some((one) => one.id === id))];
}

/** Where a path of the first cluster lies for this one; what all share lies where it is. */
export function ownPath(path: string, id: string): string {
  return id !== firstCluster && ownFiles.test(path) ? `clusters/${id}/${path}` : path;
}

function folderOf(folder: StackFolder, id: string): StackFolder {
  return {
    path: (path) => folder.path(ownPath(path, id)),
    write: (path, content, mode) => folder.write(ownPath(path, id), content, mode),
    read: (path) => folder.read(ownPath(path, id)),
    mode: (path) => folder.mode(ownPath(path, id)),
    makeFolder: (path, mode) => folder.makeFolder(ownPath(path, id), mode),
    remove: (path) => folder.remove(ownPath(path, id)),
  };
}

function secretsOf(secrets: StackSecrets, id: string): StackSecrets {
  const own = (name: SecretName): SecretName => (id !== firstCluster && ownSecrets.has(name) ? `${id}:${name as ClusterSecret}` : name);
  return {
    get: (name) => secrets.get(own(name)),
    set: (name, value) => secrets.set(own(name), value),
    delete: (name) => secrets.delete(own(name)),
    has: (name) => secrets.has(own(name)),
    requireDurable: (what) => secrets.requireDurable(what),
  };
}

/** The first node of its own cluster, where another is not named. */
function serversOf(access: Pick<StackAccess, 'stack' | 'servers'>, id: string): StackServers {
  const { servers } = access;
  const own = (kind: ServerKind): string | undefined => {
    const nodes = nodesOf(projected(access.stack, id), kind);
    return (nodes.find(({ way }) => way === 'here') ?? nodes[0])?.id;
  };
  return {
    binary: (program) => servers.binary(program),
    start: (kind, program, spec, node = own(kind)) => servers.start(kind, program, spec, node),
    stop: (kind, node = own(kind)) => servers.stop(kind, node),
    status: (kind, node = own(kind)) => servers.status(kind, node),
    lastLines: (kind, count, node = own(kind)) => servers.lastLines(kind, count, node),
  };
}
