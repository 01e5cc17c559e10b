import type { StackAccess } from '../../jobs/step.ts';
import { minioEndpoint } from '../s3/forStack.ts';
import { createMinioAdmin, type MinioAdmin } from './adminClient.ts';

type Access = Pick<StackAccess, 'stack' | 'secrets' | 'folder'>;

/** The first node of the stack's MinIO with its root credential. Close it after use. */
export async function minioAdminFor(access: Access): Promise<MinioAdmin> {
  return createMinioAdmin(await minioEndpoint(access));
}

/** Opens, uses and closes. */
export async function withMinioAdmin<T>(access: Access, use: (admin: MinioAdmin) => Promise<T>): Promise<T> {
  const admin = await minioAdminFor(access);
  try {
    return await use(admin);
  } finally {
    await admin.close();
  }
}
