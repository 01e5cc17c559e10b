import { AppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import { keyStoreNames } from '../../../shared/servers.ts';
import type { OtherKeyStore } from '../../../shared/stacks.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { kesOf, listEnds, otherStoreOfKes } from '../../jobs/ways.ts';
import { trustOf } from '../trust.ts';
import { createKesClient, type KesClient } from './client.ts';

type Access = Pick<StackAccess, 'stack' | 'folder' | 'secrets'>;

export type KesIdentity = 'operator' | 'minio';

/** MinIO's own key towards KES, where Sealdeck made it. */
export const minioKeyFile = 'certs/minio-client.key';

/** A client for the KES that MinIO uses, or for the node named. Throws `kesIdentityMissing` before the certificates exist. The caller closes it. */
export async function kesFor(access: Access, who: KesIdentity, nodeId?: string): Promise<KesClient> {
  const { url, ca } = await kesAddress(access, nodeId);
  const held = await identityFor(access, who);
  if (held === undefined) throw new AppError('kesIdentityMissing', { identity: who });
  const kes = createKesClient({ url, ca, ...held });
  const other = otherStoreOfKes(access.stack);
  // Whoever asks for a list there would start a storm of requests at a service of others.
  return other && !listEnds(other) ? { ...kes, listKeys: async () => noList(other) } : kes;
}

function noList({ kind }: OtherKeyStore): never {
  throw new AppError('keyStoreNoList', { store: keyStoreNames[kind] });
}

/** Opens, uses and closes. */
export async function withKes<T>(access: Access, who: KesIdentity, use: (kes: KesClient) => Promise<T>, nodeId?: string): Promise<T> {
  const kes = await kesFor(access, who, nodeId);
  try {
    return await use(kes);
  } finally {
    await kes.close();
  }
}

/** Certificate and key of an identity, where both are here: of a KES that others run, MinIO's may lie on its own host only. */
export async function identityFor(access: Access, who: KesIdentity): Promise<{ cert: string; key: Secret } | undefined> {
  const identity = access.stack.identities.find(({ purpose }) => purpose === who);
  const cert = identity && (await access.folder.read(identity.certFile));
  const key = who === 'operator' ? access.secrets.get('operator.key') : await keyFile(access, minioKeyFile);
  return cert === undefined || key === undefined ? undefined : { cert, key };
}

/** Where the stack's KES listens, and the CA that its certificate must come from. */
export async function kesAddress(access: Pick<StackAccess, 'stack' | 'folder'>, nodeId?: string): Promise<{ url: string; ca: string[] }> {
  const { stack } = access;
  const cluster = nodeId === undefined ? kesOf(stack) : stack.kesClusters.find(({ nodes }) => nodes.some(({ id }) => id === nodeId));
  const node = nodeId === undefined ? cluster?.nodes[0] : cluster?.nodes.find(({ id }) => id === nodeId);
  if (!node || !cluster) throw new AppError('kesUnknown', { stack: access.stack.name });
  const ca = await trustOf(access, cluster.ca);
  if (ca.length === 0) throw new AppError('kesIdentityMissing', { identity: 'CA' });
  return { url: node.url, ca };
}

async function keyFile(access: Pick<StackAccess, 'folder'>, path: string): Promise<Secret | undefined> {
  const content = await access.folder.read(path);
  return content === undefined ? undefined : new Secret(content);
}
