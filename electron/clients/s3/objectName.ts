import { AppError } from '../../../shared/rpc/errors.ts';

/** What MinIO refuses, or stores under another name (minio.md 4.1), is told before a byte is sent. Throws `objectNameRefused`. */
export function refuseName(key: string): void {
  const parts = key.split('/');
  const wrong =
    key === '' ||
    parts.slice(0, -1).some((part) => part === '') ||
    parts.some((part) => part === '.' || part === '..' || Buffer.byteLength(part) > 255) ||
    key.includes('\0') ||
    !key.isWellFormed() ||
    Buffer.byteLength(key) > 1024;
  if (wrong) throw new AppError('objectNameRefused', { name: key.slice(0, 200).toWellFormed() });
}
