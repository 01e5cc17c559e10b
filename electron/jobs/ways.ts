import type { ServerKind, Stack, StackNode } from '../../shared/stacks.ts';

/** The nodes of all clusters of one kind, in the document's order. */
export function nodesOf(stack: Stack, kind: ServerKind): StackNode[] {
  const clusters = { vault: stack.keyStores, kes: stack.kesClusters, minio: stack.minioClusters }[kind];
  return clusters.flatMap((cluster) => cluster.nodes);
}

/** How the stack has its server of this kind. `none`: it has none, or does not know it yet. */
export function wayOf(stack: Stack, kind: ServerKind): StackNode['way'] | 'none' {
  return nodesOf(stack, kind)[0]?.way ?? 'none';
}
