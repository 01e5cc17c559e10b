import type { z } from 'zod';
import type { WhatWins, winsCell } from '../../../shared/buckets.ts';
import type { ObjectState } from '../../../shared/objects.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { say, type Text } from '../../../shared/text.ts';
import { automaticEncryption } from '../../clients/minioAdmin/automaticEncryption.ts';
import { refused } from '../../clients/s3/failures.ts';
import { stateFromHeaders } from '../../clients/s3/objectState.ts';
import { createS3 } from '../../clients/s3/s3Client.ts';
import type { S3Endpoint, SignedClient } from '../../clients/s3/signedClient.ts';
import type { Report } from '../../jobs/jobRunner.ts';
import type { StackAccess, StackFolder } from '../../jobs/step.ts';
import { withMinio } from './connection.ts';
import type { BucketDeps } from './deps.ts';
import { withScratchBucket } from './scratch.ts';
import { canStartSecond, withSecondMinio } from './secondMinio.ts';
import { type Headers, sseCustomer, sseKms, sseS3, tryRequest } from './tryRequests.ts';

type Cell = z.infer<typeof winsCell>;
type Place = Pick<Cell, 'rule' | 'autoEncryption' | 'header'>;

const rules = ['none', 'sse-s3', 'sse-kms'] as const;
const headers = ['none', 'AES256', 'aws:kms', 'sse-c'] as const;
/** KES also counts MinIO's own look at the default key every 10 s: the least of some tries is what the upload itself caused. */
const triesOfOne = 3;

interface Keys {
  /** What `aws:kms` without a name and automatic encryption take. */
  byDefault: string;
  /** Of the SSE-KMS rule; another one than the default where there is one, so that it shows which of them won. */
  byRule: string;
}

/** Every combination tried: on the stack's MinIO with the setting that it has, on a second one beside it with the other. */
export async function proveWhatWins(
  access: StackAccess,
  kesRequests: BucketDeps['kesRequests'],
  report: Report,
  signal: AbortSignal,
): Promise<WhatWins> {
  const kes = async (): Promise<number | undefined> => mayCount(kesRequests(access));
  const kesCounts = (await kes()) !== undefined;
  const count = kesCounts ? kes : async () => undefined;
  report({ done: 0, total: 24 });
  let done = 0;
  const onCell = (): void => report({ done: ++done });

  const { setting, keys, cells } = await withMinio(access, async (minio) => {
    const found = await automaticEncryption(minio.admin);
    if (found === undefined) throw new AppError('bucketSettingUnread');
    const { defaultKey: byDefault } = await minio.admin.kmsStatus();
    const others = (await minio.admin.kmsKeys().catch(() => [])).filter((key) => key !== byDefault);
    const byRule = await firstThatWorks(others, async (key) => (await minio.admin.keyStatus(key)).error === undefined);
    const both: Keys = { byDefault, byRule: byRule ?? byDefault };
    const column = await tryColumn(access.folder, minio.endpoint, found, both, count, onCell, signal);
    return { setting: found, keys: both, cells: column };
  });

  const no = await canStartSecond(access);
  const other = no
    ? notTried(!setting, keys, say(no))
    : await withSecondMinio(access, !setting, signal, (endpoint) =>
        tryColumn(undefined, endpoint, !setting, keys, count, onCell, signal),
      ).catch((error: unknown) => {
        if (!isAppError(error) || error.code === 'cancelled') throw error;
        return places(!setting).map((place): Cell => ({ ...place, error: error.frame, why: expectedText(place, keys) }));
      });
  return { at: new Date().toISOString(), cells: [...cells, ...other], kesCounts };
}

async function mayCount(asked: Promise<number>): Promise<number | undefined> {
  return asked.catch((error: unknown) => {
    if (isAppError(error)) return undefined;
    throw error;
  });
}

async function firstThatWorks(keys: readonly string[], works: (key: string) => Promise<boolean>): Promise<string | undefined> {
  for (const key of keys.slice(0, 5)) if (await works(key)) return key;
  return undefined;
}

function places(autoEncryption: boolean): Place[] {
  return rules.flatMap((rule) => headers.map((header) => ({ rule, autoEncryption, header })));
}

/** One setting of automatic encryption, on a bucket made for it. */
async function tryColumn(
  folder: StackFolder | undefined,
  endpoint: S3Endpoint,
  autoEncryption: boolean,
  keys: Keys,
  count: () => Promise<number | undefined>,
  onCell: () => void,
  signal: AbortSignal,
): Promise<Cell[]> {
  return withScratchBucket(folder, endpoint, async (bucket, raw) => {
    const s3 = createS3(endpoint);
    const cells: Cell[] = [];
    try {
      for (const rule of rules) {
        if (rule !== 'none') await s3.setBucketRule(bucket, rule === 'sse-kms' ? { kind: rule, key: keys.byRule } : { kind: rule });
        for (const header of headers) {
          if (signal.aborted) throw new AppError('cancelled');
          cells.push({ rule, autoEncryption, header, ...(await tryCell(raw, bucket, header, count)) });
          onCell();
        }
      }
      return cells;
    } finally {
      await s3.close();
    }
  });
}

async function tryCell(
  raw: SignedClient,
  bucket: string,
  header: Cell['header'],
  count: () => Promise<number | undefined>,
): Promise<Pick<Cell, 'found' | 'kesCalls' | 'error'>> {
  const key = 'try';
  let least: number | undefined;
  let found: ObjectState | undefined;
  for (let tries = 0; tries < triesOfOne; tries++) {
    const sent = headersOf(header);
    const before = await count();
    const put = await tryRequest(raw, 'PUT', [bucket, key], { headers: sent, body: 'try' });
    const after = await count();
    if (put.refusal) return { error: refused(put.refusal).frame };
    if (before !== undefined && after !== undefined) least = Math.min(least ?? Number.POSITIVE_INFINITY, after - before);
    // As it lies there, not as it was answered: SSE-C is told only to whom brings the key.
    const { 'x-amz-server-side-encryption': _, ...brought } = header === 'sse-c' ? sent : {};
    const head = await tryRequest(raw, 'HEAD', [bucket, key], { headers: brought });
    if (head.refusal) return { error: refused(head.refusal).frame };
    found = stateFromHeaders(head.headers);
  }
  return { ...(found ? { found } : {}), ...(least === undefined ? {} : { kesCalls: least }) };
}

function headersOf(header: Cell['header']): Headers {
  if (header === 'none') return {};
  if (header === 'AES256') return sseS3;
  return header === 'aws:kms' ? sseKms() : sseCustomer();
}

/** What minio.md 2.9 and 3.2 say of a place. Pure. */
export function expected({ rule, autoEncryption, header }: Place, keys: Keys): ObjectState {
  if (header === 'sse-c') return { state: 'sse-c' };
  if (header === 'AES256') return { state: 'sse-s3' };
  if (header === 'aws:kms') return { state: 'sse-kms', key: keys.byDefault };
  if (rule === 'sse-s3') return { state: 'sse-s3' };
  if (rule === 'sse-kms') return { state: 'sse-kms', key: keys.byRule };
  return autoEncryption ? { state: 'sse-kms', key: keys.byDefault } : { state: 'plaintext' };
}

const named = { plaintext: '@bucketStatePlain', 'sse-c': 'SSE-C', 'sse-s3': 'SSE-S3', 'sse-kms': 'SSE-KMS' } as const;

function expectedText(place: Place, keys: Keys): Text {
  const { state, key } = expected(place, keys);
  const name = named[state as keyof typeof named];
  return key === undefined ? say('bucketWinsSaid', { state: name }) : say('bucketWinsSaid', { state: `${name} ${key}` });
}

/** `why` tells what the reference says, the first cell also why nothing was tried. */
function notTried(autoEncryption: boolean, keys: Keys, why: Text): Cell[] {
  return places(autoEncryption).map((place, at) => ({ ...place, why: at === 0 ? why : expectedText(place, keys) }));
}
