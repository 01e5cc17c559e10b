import { isAppError } from '../../../shared/rpc/errors.ts';
import type { UploadItem } from '../../../shared/uploads.ts';
import { refuseName } from '../../clients/s3/objectName.ts';

type Frame = NonNullable<UploadItem['error']>;

/** minio.md 3.8. */
const largest = 5 * 1024 ** 4;

/** Why a file cannot be stored under this name; said before anything is sent. */
export function refusalOf(key: string, size: number): Frame | undefined {
  if (size > largest) return { code: 'uploadTooLarge', details: { name: key } };
  // A name that ends in a slash is a folder marker to MinIO.
  if (key.endsWith('/')) return { code: 'objectNameRefused', details: { name: key } };
  try {
    refuseName(key);
    return undefined;
  } catch (error) {
    if (isAppError(error)) return error.frame;
    throw error;
  }
}
