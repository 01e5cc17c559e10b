import { AppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { createKesClient, type KesClient } from './client.ts';

export type KesIdentity = 'operator' | 'minio';

const certificateOf: Record<KesIdentity, string> = { operator: 'certs/operator.crt', minio: 'certs/minio-client.crt' };

/** A client for the stack's first KES node, or the one named. Throws `kesIdentityMissing` before the certificates exist. The caller closes it. */
export async function kesFor(
  access: Pick<StackAccess, 'stack' | 'folder' | 'secrets'>,
  who: KesIdentity,
  nodeId?: string,
): Promise<KesClient> {
  const { url, ca } = await kesAddress(access, nodeId);
  const cert = await access.folder.read(certificateOf[who]);
  const key = who === 'operator' ? access.secrets.get('operator.key') : await keyFile(access, 'certs/minio-client.key');
  if (cert === undefined || key === undefined) throw new AppError('kesIdentityMissing', { identity: who });
  return createKesClient({ url, ca, cert, key });
}

/** Where the stack's KES listens, and the CA that its certificate must come from. */
export async function kesAddress(access: Pick<StackAccess, 'stack' | 'folder'>, nodeId?: string): Promise<{ url: string; ca: string[] }> {
  const nodes = access.stack.kesClusters.flatMap((cluster) => cluster.nodes);
  const node = nodeId === undefined ? nodes[0] : nodes.find((one) => one.id === nodeId);
  if (!node) throw new AppError('kesUnknown', { stack: access.stack.name });
  const ca = await access.folder.read('certs/ca.crt');
  if (ca === undefined) throw new AppError('kesIdentityMissing', { identity: 'CA' });
  return { url: node.url, ca: [ca] };
}

async function keyFile(access: Pick<StackAccess, 'folder'>, path: string): Promise<Secret | undefined> {
  const content = await access.folder.read(path);
  return content === undefined ? undefined : new Secret(content);
}
