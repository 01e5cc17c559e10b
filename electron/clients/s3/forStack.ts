import { z } from 'zod';
import { AppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { readSealed } from '../../platform/sealedJson.ts';
import { trustOf } from '../trust.ts';
import type { ListingClient } from './listing.ts';
import { createListingClient } from './listingClient.ts';
import { createObjectClient } from './objectClient.ts';
import type { ObjectClient } from './objectTypes.ts';
import { createS3, type S3 } from './s3Client.ts';
import type { S3Endpoint } from './signedClient.ts';

type Access = Pick<StackAccess, 'stack' | 'secrets' | 'folder'>;

const rootCredential = z.object({ user: z.string().min(3), password: z.string().min(8) });

/** MinIO's root user and password from the sealed store, once they were made. */
export function readRoot({ secrets }: Pick<StackAccess, 'secrets'>): z.infer<typeof rootCredential> | undefined {
  return readSealed(secrets.get('minio.root'), 'minio.root', rootCredential);
}

/** The first node of the stack's MinIO with its root credential. Throws `minioAbsent`, `minioCredentialMissing`. */
export async function minioEndpoint(access: Access): Promise<S3Endpoint> {
  const [cluster] = access.stack.minioClusters;
  const url = cluster?.nodes[0]?.url;
  if (url === undefined) throw new AppError('minioAbsent');
  const root = readRoot(access);
  if (!root) throw new AppError('minioCredentialMissing');
  return { url, ca: await trustOf(access, cluster?.ca ?? ''), credentials: { accessKey: root.user, secretKey: new Secret(root.password) } };
}

/** Close it after use: it keeps connections open. */
export async function s3For(access: Access): Promise<S3> {
  return createS3(await minioEndpoint(access));
}

/** Opens, uses and closes. */
export async function withS3<T>(access: Access, use: (s3: S3) => Promise<T>): Promise<T> {
  const s3 = await s3For(access);
  try {
    return await use(s3);
  } finally {
    await s3.close();
  }
}

/** The same for everything about single objects. */
export async function withObjectClient<T>(access: Access, use: (client: ObjectClient) => Promise<T>): Promise<T> {
  const client = createObjectClient(await minioEndpoint(access));
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

/** The same for listings, with the state of each object. */
export async function withListing<T>(access: Access, use: (client: ListingClient) => Promise<T>): Promise<T> {
  const { url, ca, credentials } = await minioEndpoint(access);
  // The secret goes to the client that signs with it, and nowhere else.
  const client = createListingClient({ url, ca, accessKey: credentials.accessKey, secretKey: credentials.secretKey.reveal() });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}
