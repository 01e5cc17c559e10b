import { nodesOf, serverKinds, serverNames } from '../../../../shared/servers.ts';
import type { Stack } from '../../../../shared/stacks.ts';
import { canonicalHost } from '../build.ts';

/**
 * The names that a stack's servers are called by: those of its set-up, then every node's address. Each once, with
 * where it comes from: `setup`, a server's name, or the id of one of several nodes.
 */
export function hostsOf(stack: Stack, placed: readonly string[]): { host: string; from: string[] }[] {
  const runsHere = serverKinds.some((kind) => nodesOf(stack, kind).some(({ way }) => way === 'here'));
  const listed = [
    ...(runsHere ? placed.map((host) => ({ host, from: 'setup' })) : []),
    ...serverKinds.flatMap((kind) =>
      nodesOf(stack, kind).map(({ id, url }) => ({ host: hostIn(url), from: nodesOf(stack, kind).length > 1 ? id : serverNames[kind] })),
    ),
  ];
  const byHost = new Map<string, string[]>();
  for (const { host, from } of listed) {
    const name = nameOf(host);
    if (name === undefined) continue;
    byHost.set(name, [...new Set([...(byHost.get(name) ?? []), from])]);
  }
  return [...byHost].map(([host, from]) => ({ host, from }));
}

/** An address may hold what no certificate names, as an underscore. */
function nameOf(host: string): string | undefined {
  try {
    return canonicalHost(host);
  } catch {
    return undefined;
  }
}

function hostIn(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}
