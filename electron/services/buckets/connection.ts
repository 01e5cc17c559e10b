import { createMinioAdmin, type MinioAdmin } from '../../clients/minioAdmin/adminClient.ts';
import { minioEndpoint } from '../../clients/s3/forStack.ts';
import { createS3, type S3 } from '../../clients/s3/s3Client.ts';
import { createSignedClient, type S3Endpoint, type SignedClient } from '../../clients/s3/signedClient.ts';
import type { StackAccess } from '../../jobs/step.ts';

/** The three ways to speak with the stack's MinIO. */
export interface Minio {
  endpoint: S3Endpoint;
  s3: S3;
  raw: SignedClient;
  admin: MinioAdmin;
}

/** Opens, uses and closes. Throws `minioAbsent`, `minioCredentialMissing`. */
export async function withMinio<T>(
  access: Pick<StackAccess, 'stack' | 'secrets' | 'folder'>,
  use: (minio: Minio) => Promise<T>,
): Promise<T> {
  const endpoint = await minioEndpoint(access);
  const minio = { endpoint, s3: createS3(endpoint), raw: createSignedClient(endpoint), admin: createMinioAdmin(endpoint) };
  try {
    return await use(minio);
  } finally {
    await Promise.all([minio.s3.close(), minio.raw.close(), minio.admin.close()]);
  }
}
