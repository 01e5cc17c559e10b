import { wayOf } from '../../shared/servers.ts';
import type { KesCluster, KeyStore, Stack } from '../../shared/stacks.ts';
import { say, type Text } from '../../shared/text.ts';

/** The KES that the stack's MinIO uses, else the first there is. */
export function kesOf(stack: Stack): KesCluster | undefined {
  const wanted = stack.minioClusters[0]?.kes;
  return stack.kesClusters.find(({ id }) => id === wanted) ?? stack.kesClusters[0];
}

/** The key store behind that KES. Undefined: one that Sealdeck has no access to. */
export function keyStoreOfKes(stack: Stack): KeyStore | undefined {
  const wanted = kesOf(stack)?.keyStore;
  return stack.keyStores.find(({ id }) => id === wanted);
}

/** Why the stack leaves nothing to do with MinIO's objects: it knows no MinIO, or has yet to set one up and knows no KES for it. */
export function minioIdle(stack: Stack): Text | undefined {
  const way = wayOf(stack, 'minio');
  if (way === 'none') return say('minioSkipNone');
  return way === 'api' || kesOf(stack) ? undefined : say('minioSkipNoKes');
}
