import { AppError } from '../../../shared/rpc/errors.ts';
import { clustersOf, nodesOf, serverNames } from '../../../shared/servers.ts';
import type { ServerKind, Stack } from '../../../shared/stacks.ts';
import { trustOf } from '../../clients/trust.ts';
import type { StackAccess } from '../../jobs/step.ts';

/** A server to speak to: address, and who may vouch for it. */
export interface Target {
  url: string;
  /** PEM texts. None: nobody is believed yet. */
  ca: readonly string[];
}

/** The id of the CA of the first cluster of a kind. */
export function caIdOf(stack: Stack, kind: ServerKind): string | undefined {
  return clustersOf(stack, kind)[0]?.ca;
}

/** The first node of a kind. Throws `connectNoServer`. */
export async function targetOf(access: Pick<StackAccess, 'stack' | 'folder'>, kind: ServerKind): Promise<Target> {
  const node = nodesOf(access.stack, kind)[0];
  if (node === undefined) throw new AppError('connectNoServer', { server: serverNames[kind] });
  return { url: node.url, ca: await trustOf(access, caIdOf(access.stack, kind) ?? '') };
}

/** What KES is asked about: the prefix that MinIO's keys have, and the default key, which may be outside of it. */
export interface KeyScope {
  key: string;
  prefix: string;
  /** The pattern does not cover the key, so rules may name just this key. */
  exact: boolean;
}

/** What the stack's document says of the keys of its KES and MinIO. */
export function keyScopeOf(stack: Stack): KeyScope {
  const pattern = stack.kesClusters[0]?.policy.pattern ?? '*';
  const prefix = pattern.replace(/\*$/, '');
  const key = stack.minioClusters[0]?.defaultKey ?? `${prefix}default`;
  const covered = pattern.endsWith('*') && key.startsWith(prefix);
  return covered ? { key, prefix, exact: false } : { key, prefix: key, exact: true };
}
