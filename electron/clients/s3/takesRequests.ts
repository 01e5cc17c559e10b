import { isAppError } from '../../../shared/rpc/errors.ts';
import type { S3 } from './s3Client.ts';

/** A MinIO that starts is green at `/minio/health/ready` a moment before it takes requests; those it answers with XMinioServerNotInitialized. */
export async function takesRequests(s3: Pick<S3, 'listBuckets'>): Promise<boolean> {
  try {
    await s3.listBuckets();
    return true;
  } catch (error) {
    if (isAppError(error)) return error.code !== 'minioNotReady';
    throw error;
  }
}
