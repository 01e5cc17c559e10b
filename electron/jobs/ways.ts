import { keyStoreNames, otherKeyStoreOf, wayOf } from '../../shared/servers.ts';
import type { KesCluster, KeyStore, OtherKeyStore, ServerKind, Stack } from '../../shared/stacks.ts';
import { say, type Text } from '../../shared/text.ts';

/** The KES that the stack's MinIO uses, else the first there is. */
export function kesOf(stack: Stack): KesCluster | undefined {
  const wanted = stack.minioClusters[0]?.kes;
  return stack.kesClusters.find(({ id }) => id === wanted) ?? stack.kesClusters[0];
}

/** The key store of the Vault family behind that KES. Undefined: another one, or one that Sealdeck has no access to. */
export function keyStoreOfKes(stack: Stack): KeyStore | undefined {
  const wanted = kesOf(stack)?.keyStore;
  return stack.keyStores.find(({ id }) => id === wanted);
}

/** The key store behind that KES where it is none of the Vault family. */
export function otherStoreOfKes(stack: Stack): OtherKeyStore | undefined {
  return otherKeyStoreOf(stack, kesOf(stack));
}

/** Whether KES v0.24.0 comes to the end of a list there: towards Fortanix it asks for the first page for ever, as fast as it can. */
export function listEnds({ kind }: OtherKeyStore): boolean {
  return kind !== 'fortanix';
}

/** In the stack's folder. The first server of a kind has the kind's name, as when there was one of each. */
export function serverLog(kind: ServerKind, node: string): string {
  return `logs/${node === `${kind}-1` ? kind : node}.log`;
}

/** Why there is no step about Vault on this stack; undefined: it has one. */
export function vaultIdle(stack: Stack): Text | undefined {
  if (wayOf(stack, 'vault') !== 'none') return undefined;
  const other = otherStoreOfKes(stack);
  return other ? say('keyStoreNoVault', { store: keyStoreNames[other.kind] }) : say('vaultNone');
}

/** Why the stack leaves nothing to do with MinIO's objects: it knows no MinIO, or has yet to set one up and knows no KES for it. */
export function minioIdle(stack: Stack): Text | undefined {
  const way = wayOf(stack, 'minio');
  if (way === 'none') return say('minioSkipNone');
  return way === 'api' || kesOf(stack) ? undefined : say('minioSkipNoKes');
}
