import type { KeyStoreKind } from './keyStores.ts';
import type { KesCluster, KeyStore, MinioCluster, OtherKeyStore, ServerKind, Stack, StackNode } from './stacks.ts';

/** In the order of the chain: a server is started after those that it needs, and stopped before them. */
export const serverKinds = ['vault', 'kes', 'minio'] as const;
/** Names that are not translated. */
export const serverNames: Readonly<Record<ServerKind, string>> = { vault: 'Vault', kes: 'KES', minio: 'MinIO' };

export const keyStoreNames: Readonly<Record<KeyStoreKind, string>> = {
  fs: 'KES files',
  vault: 'Vault',
  aws: 'AWS Secrets Manager',
  gcp: 'GCP Secret Manager',
  azure: 'Azure Key Vault',
  gemalto: 'Thales CipherTrust',
  entrust: 'Entrust KeyControl',
  fortanix: 'Fortanix SDKMS',
  kes: 'KES',
  generic: 'KES plugin',
};

/** The clusters of one kind, in the document's order. */
export function clustersOf(stack: Stack, kind: ServerKind): readonly (KeyStore | KesCluster | MinioCluster)[] {
  return { vault: stack.keyStores, kes: stack.kesClusters, minio: stack.minioClusters }[kind];
}

/** The key store behind this KES, the first unless named, where it is none of the Vault family. */
export function otherKeyStoreOf(stack: Stack, kes: KesCluster | undefined = stack.kesClusters[0]): OtherKeyStore | undefined {
  return stack.otherKeyStores?.find(({ id }) => id === kes?.keyStore);
}

/** The nodes of all clusters of one kind, in the document's order. */
export function nodesOf(stack: Stack, kind: ServerKind): StackNode[] {
  return clustersOf(stack, kind).flatMap(({ nodes }) => nodes);
}

/** The nodes of one kind that Sealdeck starts, in the document's order. */
export function nodesHere(stack: Stack, kind: ServerKind): StackNode[] {
  return nodesOf(stack, kind).filter(({ way }) => way === 'here');
}

/** How the stack has its server of this kind. `none`: it has none, or does not know it yet. */
export function wayOf(stack: Stack, kind: ServerKind): StackNode['way'] | 'none' {
  return nodesOf(stack, kind)[0]?.way ?? 'none';
}

/** Whether Sealdeck starts a server of this kind for the stack. */
export function runsHere(stack: Stack, kind: ServerKind): boolean {
  return nodesHere(stack, kind).length > 0;
}

/**
 * The file, in the stack's folder, whose certificates vouch for the servers with this CA; undefined: the roots of the
 * system do. For a CA that the document does not name yet, where the stack's own one will lie.
 */
export function caFileOf({ cas }: Pick<Stack, 'cas'>, caId: string): string | undefined {
  const found = cas.find(({ id }) => id === caId);
  return found?.kind === 'system' ? undefined : found?.file || 'certs/ca.crt';
}
