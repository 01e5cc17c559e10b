import { z } from 'zod';
import { AppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { createS3, type S3 } from './s3Client.ts';
import type { S3Endpoint } from './signedClient.ts';

type Access = Pick<StackAccess, 'stack' | 'secrets' | 'folder'>;

/** Plain text of the secret `minio.root`. */
export const rootCredential = z.object({ user: z.string().min(3), password: z.string().min(8) });

/** The first node of the stack's MinIO with its root credential. Throws `minioAbsent`, `minioCredentialMissing`. */
export async function minioEndpoint(access: Access): Promise<S3Endpoint> {
  const url = access.stack.minioClusters[0]?.nodes[0]?.url;
  if (url === undefined) throw new AppError('minioAbsent');
  const sealed = access.secrets.get('minio.root');
  if (!sealed) throw new AppError('minioCredentialMissing');
  const { user, password } = rootCredential.parse(JSON.parse(sealed.reveal()));
  const ca = await access.folder.read('certs/ca.crt');
  return { url, ca: ca === undefined ? [] : [ca], credentials: { accessKey: user, secretKey: new Secret(password) } };
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
