import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { makeBucket, removeBucket } from '../../clients/s3/bucketSettings.ts';
import { createSignedClient, type S3Endpoint, type SignedClient } from '../../clients/s3/signedClient.ts';
import type { StackFolder } from '../../jobs/step.ts';
import { isSameProcess, processStart } from '../../platform/processStart.ts';
import { createSerialQueue } from '../../platform/serialQueue.ts';
import { tryRequest } from './tryRequests.ts';

const file = 'buckets/scratch.json';
const name = z.string().regex(/^sealdeck-try-[0-9a-f]{10,20}$/);
const noted = z.object({ bucket: name, pid: z.int().positive(), start: z.string() });
/** A name alone: of a version that did not say whose it was. */
const schema = z.array(z.union([name.transform((bucket) => ({ bucket })), noted]));
type Noted = z.infer<typeof schema>[number];
/** Every object that a try writes. */
const ofTry = /^try(-\d+)?$/;

/** Those of this process that are in use; the file is changed by one at a time. */
const inUse = new Set<string>();
const inOrder = createSerialQueue();

/**
 * A bucket made for tries, and removed with all that is in it: a real one may lock what is written to it, or send it on.
 * Its name is on disk before it is made, so that the next try removes what a kill left. Several may be in use at once. No
 * `folder`: the server itself goes.
 */
export async function withScratchBucket<T>(
  folder: StackFolder | undefined,
  endpoint: S3Endpoint,
  use: (bucket: string, raw: SignedClient) => Promise<T>,
): Promise<T> {
  const raw = createSignedClient(endpoint);
  const bucket = `sealdeck-try-${randomBytes(10).toString('hex')}`;
  inUse.add(bucket);
  try {
    if (folder) {
      await removeLeft(folder, raw);
      const own = { bucket, pid: process.pid, start: (await processStart(process.pid)) ?? 'unknown' };
      await note(folder, (all) => [...all, own]);
    }
    return await made(raw, bucket, use).finally(() => folder && forget(folder, raw, [bucket]));
  } finally {
    inUse.delete(bucket);
    await raw.close();
  }
}

async function made<T>(raw: SignedClient, bucket: string, use: (bucket: string, raw: SignedClient) => Promise<T>): Promise<T> {
  let result: T;
  try {
    await makeBucket(raw, bucket);
    result = await use(bucket, raw);
  } catch (error) {
    // What went wrong first is what is told; what could not be removed is still noted.
    if (!isAppError(error, 'bucketNameTaken')) await removeWhole(raw, bucket).catch(mustBeAnswer);
    throw error;
  }
  await removeWhole(raw, bucket);
  return result;
}

/** Takes those off the list that are gone. */
async function forget(folder: StackFolder, raw: SignedClient, buckets: readonly string[]): Promise<void> {
  const gone: string[] = [];
  for (const bucket of buckets) {
    const look = await tryRequest(raw, 'HEAD', [bucket]).catch(mustBeAnswer);
    if (look?.refusal?.status === 404) gone.push(bucket);
  }
  if (gone.length > 0) await note(folder, (all) => all.filter(({ bucket }) => !gone.includes(bucket)));
}

/** What tries left that were killed: noted here, of a process that is gone, and with nothing in it that no try writes. */
async function removeLeft(folder: StackFolder, raw: SignedClient): Promise<void> {
  const left: string[] = [];
  for (const one of await read(folder)) if (!(await isUsed(one))) left.push(one.bucket);
  for (const bucket of left) await removeWhole(raw, bucket).catch(mustBeAnswer);
  await forget(folder, raw, left);
}

async function isUsed(one: Noted): Promise<boolean> {
  if (inUse.has(one.bucket)) return true;
  return 'pid' in one && one.pid !== process.pid && (await isSameProcess(one.pid, one.start));
}

async function note(folder: StackFolder, change: (all: Noted[]) => Noted[]): Promise<void> {
  await inOrder(async () => {
    const all = change(await read(folder));
    if (all.length === 0) await folder.remove(file);
    else await folder.write(file, JSON.stringify(all), 0o600);
  });
}

async function read(folder: StackFolder): Promise<Noted[]> {
  const text = await folder.read(file);
  if (text === undefined) return [];
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('fileDamaged', { path: folder.path(file), reason: 'it names no scratch buckets' }, { cause });
  }
}

/** Removes a scratch bucket; one that holds anything else is somebody's, and stays. */
async function removeWhole(raw: SignedClient, bucket: string): Promise<void> {
  await removeKeys(raw, bucket, '', ofTry);
  await removeBucket(raw, bucket).catch((error: unknown) => {
    if (!isAppError(error, 'bucketMissing')) throw error;
  });
}

/** Every version and every begun upload of one key, or with '' of the few that a scratch bucket holds; of others nothing. */
export async function removeKeys(raw: SignedClient, bucket: string, prefix: string, only = /^/): Promise<void> {
  const uploads = await tryRequest(raw, 'GET', [bucket], { query: { uploads: '', prefix, 'encoding-type': 'url' } });
  for (const [, coded = '', uploadId = ''] of uploads.text.matchAll(/<Key>([^<]+)<\/Key><UploadId>([^<]+)<\/UploadId>/g)) {
    const key = decoded(coded);
    if (only.test(key)) await tryRequest(raw, 'DELETE', [bucket, key], { query: { uploadId } });
  }
  const versions = await tryRequest(raw, 'GET', [bucket], { query: { versions: '', prefix, 'encoding-type': 'url' } });
  for (const [, coded = '', rest = ''] of versions.text.matchAll(/<Key>([^<]+)<\/Key>(.*?)<\/(?:Version|DeleteMarker)>/g)) {
    const key = decoded(coded);
    const versionId = /<VersionId>([^<]+)</.exec(rest)?.[1];
    if (only.test(key)) await tryRequest(raw, 'DELETE', [bucket, key], { query: versionId === undefined ? {} : { versionId } });
  }
}

/** A key as `encoding-type=url` lists it. */
function decoded(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}

/** A server that is away or refuses keeps no try from running; a defect is no answer. */
function mustBeAnswer(error: unknown): undefined {
  if (!isAppError(error)) throw error;
}
