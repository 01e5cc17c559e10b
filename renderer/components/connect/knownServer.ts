import type { ServerKind, Stack } from '../../../shared/stacks.ts';
import type { KnownServer } from './ServerForm.tsx';

/** The cluster of one kind: a stack's first, the screens show one of each. */
function clusterOf(stack: Stack, kind: ServerKind) {
  return { vault: stack.keyStores, kes: stack.kesClusters, minio: stack.minioClusters }[kind][0];
}

/** What the document says of a server that runs elsewhere; undefined while it is left out. Pure. */
export function knownServer(stack: Stack | undefined, kind: ServerKind): KnownServer | undefined {
  const cluster = stack && clusterOf(stack, kind);
  const node = cluster?.nodes[0];
  if (!stack || !node) return undefined;
  const ca = stack.cas.find(({ id }) => id === cluster.ca);
  return {
    url: node.url,
    ca,
    // Trust and credential are given together.
    credential: ca !== undefined,
    ...(kind === 'vault' ? { engine: stack.keyStores[0]?.engine } : {}),
    ...(kind === 'minio' ? { defaultKey: stack.minioClusters[0]?.defaultKey } : {}),
  };
}

/** How the stack has its server of this kind. */
export function wayOf(stack: Stack, kind: ServerKind): 'here' | 'api' | 'handedOver' | 'none' {
  return clusterOf(stack, kind)?.nodes[0]?.way ?? 'none';
}

/** The kinds that a draft names already, in the order of the chain. */
export function givenKinds(stack: Stack): ServerKind[] {
  return (['vault', 'kes', 'minio'] as const).filter((kind) => wayOf(stack, kind) !== 'none');
}
