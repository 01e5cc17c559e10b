import { AppError } from '../../shared/rpc/errors.ts';
import { nodesOf } from '../../shared/servers.ts';
import type { KesCluster, MinioCluster, ServerKind, Stack } from '../../shared/stacks.ts';
import type { ClusterSecret, SecretName, StackAccess, StackFolder, StackSecrets, StackServers } from './step.ts';

/** The id of the MinIO cluster that a stack is set up with: its files and secrets have the names that they always had. */
export const firstCluster = 'minio';
/** In the stack's folder: what each cluster has of its own. The rest, as the CA, Vault and the operator's identity, is the stack's. */
const ownFiles = /^(?:kes|minio|kes-move|handover\/(?:kes|minio)|certs\/(?:kes|minio-client)\.(?:crt|key))(?:\/|$)/;
const ownSecrets: ReadonlySet<string> = new Set<ClusterSecret>(['kes.approle', 'minio.root', 'minio.swap', 'ssec.keys']);

/**
 * A stack as if this MinIO cluster, its KES and its place in the key store were all there is: one cluster of each kind, the
 * usual names of files and secrets, its own servers. What works on one cluster works so on each. Throws `minioAbsent`.
 */
export function clusterView<A extends StackAccess>(access: A, id: string): A {
  viewOf(access.stack, id);
  const own = {
    update: (change: (stack: Stack) => Stack) => access.update((stack) => mergedInto(stack, id, change)),
    secrets: secretsOf(access.secrets, id),
    folder: folderOf(access.folder, id),
    servers: serversOf(access, id),
  };
  const view = { ...access, ...own };
  return Object.defineProperty(view, 'stack', { enumerable: true, get: () => viewOf(access.stack, id) });
}

/** The document with this cluster only. */
function viewOf(stack: Stack, id: string): Stack {
  const { minio, kes } = membersOf(stack, id);
  const store = stack.keyStores.find((one) => one.id === kes?.keyStore);
  return {
    ...stack,
    identities: stack.identities.flatMap((identity) => {
      if (identity.purpose === 'operator') return [identity];
      return identity.id === minio.identity ? [{ ...identity, id: firstCluster, certFile: plainPath(identity.certFile, id) }] : [];
    }),
    keyStores: store ? [{ ...store, ...kes?.placeInStore }] : [],
    kesClusters: kes ? [kes] : [],
    minioClusters: [{ ...minio, identity: firstCluster }],
  };
}

/** The whole document after a change that saw only this cluster. */
function mergedInto(stack: Stack, id: string, change: (view: Stack) => Stack): Stack {
  const { minio, kes } = membersOf(stack, id);
  const view = viewOf(stack, id);
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

function membersOf(stack: Stack, id: string): { minio: MinioCluster; kes: KesCluster | undefined } {
  const minio = stack.minioClusters.find((one) => one.id === id);
  if (minio === undefined) throw new AppError('minioAbsent');
  return { minio, kes: stack.kesClusters.find((one) => one.id === minio.kes) };
}

/** Where a path of the first cluster lies for this one; what all share lies where it is. */
export function ownPath(path: string, id: string): string {
  return id !== firstCluster && ownFiles.test(path) ? `clusters/${id}/${path}` : path;
}

function plainPath(path: string, id: string): string {
  const prefix = `clusters/${id}/`;
  return id !== firstCluster && path.startsWith(prefix) ? path.slice(prefix.length) : path;
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
    const nodes = nodesOf(viewOf(access.stack, id), kind);
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
