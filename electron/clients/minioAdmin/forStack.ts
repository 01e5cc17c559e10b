import type { StackAccess } from '../../jobs/step.ts';
import { minioEndpoint } from '../s3/forStack.ts';
import { createMinioAdmin, type MinioAdmin } from './adminClient.ts';

type Access = Pick<StackAccess, 'stack' | 'secrets' | 'folder'>;

/** The first node of the stack's MinIO with its root credential: opens, uses and closes. */
export async function withMinioAdmin<T>(access: Access, use: (admin: MinioAdmin) => Promise<T>): Promise<T> {
  const admin = createMinioAdmin(await minioEndpoint(access));
  try {
    return await use(admin);
  } finally {
    await admin.close();
  }
}
