import { clustersOf, serverKinds, wayOf } from '../../../shared/servers.ts';
import type { ServerKind, Stack } from '../../../shared/stacks.ts';
import type { KnownServer } from './ServerForm.tsx';

/** What the document says of a server that runs elsewhere; undefined while it is left out. Pure. */
export function knownServer(stack: Stack | undefined, kind: ServerKind): KnownServer | undefined {
  // A stack's first: the screens show one of each kind.
  const cluster = stack && clustersOf(stack, kind)[0];
  const node = cluster?.nodes[0];
  if (!stack || !node) return undefined;
  const ca = stack.cas.find(({ id }) => id === cluster.ca);
  return {
    url: node.url,
    ca,
    // Trust and credential are given together; a stack file brings only the trust, which nobody has confirmed here.
    credential: ca !== undefined && (ca.confirmedAt !== undefined || ca.id === 'local'),
    ...(kind === 'vault' ? { engine: stack.keyStores[0]?.engine } : {}),
    ...(kind === 'minio' ? { defaultKey: stack.minioClusters[0]?.defaultKey } : {}),
  };
}

/** The kinds that a draft names already, in the order of the chain. */
export function givenKinds(stack: Stack): ServerKind[] {
  return serverKinds.filter((kind) => wayOf(stack, kind) !== 'none');
}
