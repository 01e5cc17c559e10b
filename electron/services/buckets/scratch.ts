import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { makeBucket, removeBucket } from '../../clients/s3/bucketSettings.ts';
import { createSignedClient, type S3Endpoint, type SignedClient } from '../../clients/s3/signedClient.ts';
import type { StackFolder } from '../../jobs/step.ts';
import { tryRequest } from './tryRequests.ts';

const file = 'buckets/scratch.json';
const schema = z.array(z.string().regex(/^sealdeck-try-[0-9a-f]{10}$/));

/**
 * A bucket made for tries, and removed with all that is in it: a real one may lock what is written to it, or send it on.
 * Its name is on disk before it is made, so that the next try removes what a kill left. No `folder`: the server itself goes.
 */
export async function withScratchBucket<T>(
  folder: StackFolder | undefined,
  endpoint: S3Endpoint,
  use: (bucket: string, raw: SignedClient) => Promise<T>,
): Promise<T> {
  const raw = createSignedClient(endpoint);
  const bucket = `sealdeck-try-${randomBytes(5).toString('hex')}`;
  try {
    const left = folder ? await readLeft(folder) : [];
    for (const old of left) await removeWhole(raw, old);
    await folder?.write(file, JSON.stringify([bucket]), 0o600);
    await makeBucket(raw, bucket);
    return await use(bucket, raw);
  } finally {
    await removeWhole(raw, bucket)
      .then(() => folder?.remove(file))
      .finally(() => raw.close());
  }
}

async function readLeft(folder: StackFolder): Promise<string[]> {
  const text = await folder.read(file);
  if (text === undefined) return [];
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('fileDamaged', { path: folder.path(file), reason: 'it names no scratch buckets' }, { cause });
  }
}

async function removeWhole(raw: SignedClient, bucket: string): Promise<void> {
  await removeKeys(raw, bucket, '');
  await removeBucket(raw, bucket).catch((error: unknown) => {
    if (!isAppError(error, 'bucketMissing')) throw error;
  });
}

/** Every version and every begun upload of one key, or with '' of the few that a scratch bucket holds. */
export async function removeKeys(raw: SignedClient, bucket: string, prefix: string): Promise<void> {
  const uploads = await tryRequest(raw, 'GET', [bucket], { query: { uploads: '', prefix } });
  for (const [, key = '', uploadId = ''] of uploads.text.matchAll(/<Key>([^<]+)<\/Key><UploadId>([^<]+)<\/UploadId>/g))
    await tryRequest(raw, 'DELETE', [bucket, key], { query: { uploadId } });
  const versions = await tryRequest(raw, 'GET', [bucket], { query: { versions: '', prefix } });
  for (const [, key = '', rest = ''] of versions.text.matchAll(/<Key>([^<]+)<\/Key>(.*?)<\/(?:Version|DeleteMarker)>/g)) {
    const versionId = /<VersionId>([^<]+)</.exec(rest)?.[1];
    await tryRequest(raw, 'DELETE', [bucket, key], { query: versionId === undefined ? {} : { versionId } });
  }
}
