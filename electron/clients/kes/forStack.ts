import { AppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { trustOf } from '../trust.ts';
import { createKesClient, type KesClient } from './client.ts';

export type KesIdentity = 'operator' | 'minio';

/** A client for the stack's first KES node, or the one named. Throws `kesIdentityMissing` before the certificates exist. The caller closes it. */
export async function kesFor(
  access: Pick<StackAccess, 'stack' | 'folder' | 'secrets'>,
  who: KesIdentity,
  nodeId?: string,
): Promise<KesClient> {
  const { url, ca } = await kesAddress(access, nodeId);
  const identity = access.stack.identities.find(({ purpose }) => purpose === who);
  const cert = identity && (await access.folder.read(identity.certFile));
  const key = who === 'operator' ? access.secrets.get('operator.key') : await keyFile(access, 'certs/minio-client.key');
  if (cert === undefined || key === undefined) throw new AppError('kesIdentityMissing', { identity: who });
  return createKesClient({ url, ca, cert, key });
}

/** Where the stack's KES listens, and the CA that its certificate must come from. */
export async function kesAddress(access: Pick<StackAccess, 'stack' | 'folder'>, nodeId?: string): Promise<{ url: string; ca: string[] }> {
  const nodes = access.stack.kesClusters.flatMap((cluster) => cluster.nodes);
  const node = nodeId === undefined ? nodes[0] : nodes.find((one) => one.id === nodeId);
  const cluster = access.stack.kesClusters.find((one) => one.nodes.some(({ id }) => id === node?.id));
  if (!node || !cluster) throw new AppError('kesUnknown', { stack: access.stack.name });
  const ca = await trustOf(access, cluster.ca);
  if (ca.length === 0) throw new AppError('kesIdentityMissing', { identity: 'CA' });
  return { url: node.url, ca };
}

async function keyFile(access: Pick<StackAccess, 'folder'>, path: string): Promise<Secret | undefined> {
  const content = await access.folder.read(path);
  return content === undefined ? undefined : new Secret(content);
}
