import { isIP } from 'node:net';
import type { KnownIdentity } from '../../../../shared/kesConfig.ts';
import { publicIdentity } from '../../../../shared/publicIdentities.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import type { StackNode } from '../../../../shared/stacks.ts';
import { identityFor } from '../../../clients/kes/forStack.ts';
import { kesFile } from '../../../clients/kes/nodeFiles.ts';
import { handoverFolder } from '../../../jobs/handover.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { kesOf } from '../../../jobs/ways.ts';
import { handedFiles } from '../kesValues.ts';

/** The first node of the stack's KES. Throws `kesUnknown`. */
export function nodeOf({ stack }: Pick<StackAccess, 'stack'>): StackNode {
  const [node] = kesOf(stack)?.nodes ?? [];
  if (!node) throw new AppError('kesUnknown', { stack: stack.name });
  return node;
}

/** The configuration that runs here, or that was laid out for another host, relative to the stack's folder. Undefined: KES by API. */
export function configFile(access: Pick<StackAccess, 'stack'>): string | undefined {
  const { way } = nodeOf(access);
  return way === 'here' ? kesFile : way === 'handedOver' ? `${handoverFolder('kes')}/${handedFiles.config}` : undefined;
}

/** Does a server that listens there answer under this address? Sealdeck and MinIO know it by that one. */
export function serves(listen: string, url: string): boolean {
  const { hostname, port } = new URL(url);
  const at = /^(.*):(\d+)$/.exec(listen);
  if (at === null || Number(at[2]) !== (Number(port) || 443)) return false;
  const ip = (at[1] ?? '').replace(/^\[|\]$/g, '');
  const host = hostname.replace(/^\[|\]$/g, '');
  return ip === '' || ip === '0.0.0.0' || ip === '::' || isIP(host) === 0 || ip === host;
}

/** Beside the file while it is being changed: what was before, and that the change is not finished. */
export const beforeFile = 'kes/kes.yaml.before';
export const unfinishedFile = 'kes/kes.yaml.unfinished';

export const roleNames = { minio: 'MinIO', operator: 'Sealdeck' } as const;

/** Whose the identities are that a stack or the public knows. `held`: Sealdeck can speak as it. */
export async function knownIdentities(
  access: Pick<StackAccess, 'stack' | 'folder' | 'secrets'>,
  hashes: readonly string[],
): Promise<KnownIdentity[]> {
  const known: KnownIdentity[] = [];
  for (const { hash, purpose } of access.stack.identities)
    known.push({ hash, name: roleNames[purpose], held: (await identityFor(access, purpose)) !== undefined, public: false });
  for (const hash of new Set(hashes)) {
    const printed = publicIdentity(hash);
    if (printed && !known.some((one) => one.hash === hash)) known.push({ hash, name: printed.where, held: false, public: true });
  }
  return known;
}
