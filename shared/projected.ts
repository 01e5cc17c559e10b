import { AppError } from './rpc/errors.ts';
import type { KesCluster, MinioCluster, Stack } from './stacks.ts';

/** The id of the MinIO cluster that a stack is set up with: its files, secrets and records have the names that they always had. */
export const firstCluster = 'minio';

/** Absent means the first, so that records made before there were several say the same as new ones. */
export function sameCluster(one: string | undefined, other: string | undefined): boolean {
  return (one ?? firstCluster) === (other ?? firstCluster);
}

/** What a record of this cluster's carries. Nothing for the first: it reads as it always did. */
export function clusterMark(cluster: string | undefined): { cluster?: string } {
  return cluster === undefined || cluster === firstCluster ? {} : { cluster };
}

/** A stack's name, with its cluster where that is not the first. */
export function clusterName(name: string, cluster: string | undefined): string {
  return sameCluster(cluster, firstCluster) ? name : `${name}, ${cluster}`;
}

/** The document as if this MinIO cluster, its KES and its place in the key store were all there is. Throws `minioClusterUnknown`. */
export function projected(stack: Stack, id: string): Stack {
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

/** A MinIO cluster and its KES. Throws `minioClusterUnknown`. */
export function membersOf(stack: Stack, id: string): { minio: MinioCluster; kes: KesCluster | undefined } {
  const minio = stack.minioClusters.find((one) => one.id === id);
  if (minio === undefined) throw new AppError('minioClusterUnknown', { id, stack: stack.name });
  return { minio, kes: stack.kesClusters.find((one) => one.id === minio.kes) };
}

function plainPath(path: string, id: string): string {
  const prefix = `clusters/${id}/`;
  return id !== firstCluster && path.startsWith(prefix) ? path.slice(prefix.length) : path;
}
