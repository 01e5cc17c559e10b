import type { ObjectCheck, ObjectRow } from '../../../shared/objects.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import type { S3 } from '../../clients/s3/s3Client.ts';
import type { Report } from '../../jobs/jobRunner.ts';
import { forEachOf } from '../../platform/eachOf.ts';
import { blocking } from './list.ts';

export interface CheckOrder {
  bucket: string;
  prefix: string;
  limit: number;
}

type Notable = ObjectCheck['notable'][number];
type Opens = Notable['opens'];

const atOnce = 16;
const pageSize = 1000;
const notableAtMost = 100;
/** What a person has to look at first. */
const order: readonly ((row: Notable) => boolean)[] = [
  ({ encryption }) => encryption.state === 'plaintext',
  ({ encryption }) => encryption.state === 'unreadable',
  ({ encryption }) => encryption.state === 'unknown',
  ({ opens }) => opens === 'no',
];

/**
 * Asks MinIO for each of the first objects how it is stored (HEAD), and reads one byte of each that is encrypted: HEAD
 * answers without the key (minio.md 3.5). Throws when the server cannot be asked at all, and `cancelled`.
 */
export async function checkObjects(
  s3: S3,
  { bucket, prefix, limit }: CheckOrder,
  report: Report,
  signal: AbortSignal,
): Promise<ObjectCheck> {
  const { keys, more, blocked } = await keysBelow(s3, { bucket, prefix, limit }, report, signal);
  const tally = createTally();
  let done = 0;
  report({ done, total: keys.length, note: say('objectsChecking', { where: `${bucket}/${prefix}` }) });
  await forEachOf(keys, atOnce, async (key, failed) => {
    if (signal.aborted) throw new AppError('cancelled');
    const row = await lookAt(s3, bucket, key, AbortSignal.any([signal, failed]));
    if (row) tally.add(row);
    done += 1;
    report({ done });
  });
  return { bucket, prefix, more, ...(blocked ? { blocked } : {}), ...tally.sum(), at: new Date().toISOString() };
}

/** Names only, in the server's order. A page that one object blocks is asked in ever smaller parts, up to that object. */
async function keysBelow(s3: S3, { bucket, prefix, limit }: CheckOrder, report: Report, signal: AbortSignal) {
  const keys: string[] = [];
  let token: string | undefined;
  let size = pageSize;
  for (;;) {
    if (signal.aborted) throw new AppError('cancelled');
    report({ done: 0, note: say('objectsListing', { where: `${bucket}/${prefix}`, count: keys.length }) });
    const maxKeys = Math.min(size, limit - keys.length);
    try {
      const page = await s3.listObjects(bucket, { prefix, maxKeys, signal, ...(token === undefined ? {} : { token }) });
      keys.push(...page.objects.map(({ key }) => key));
      token = page.next;
      if (token === undefined) return { keys, more: false };
      if (keys.length >= limit) return { keys: keys.slice(0, limit), more: true };
    } catch (error) {
      if (!isAppError(error) || !blocking.includes(error.code)) throw error;
      if (maxKeys === 1) return { keys, more: true, blocked: error.frame };
      size = Math.ceil(maxKeys / 2);
    }
  }
}

/** Undefined: it was removed since it was listed. */
async function lookAt(s3: S3, bucket: string, key: string, signal: AbortSignal): Promise<Notable | undefined> {
  let row: ObjectRow;
  try {
    const { size = 0, modifiedAt, encryption } = await s3.headObject(bucket, key, signal);
    row = { key, size, encryption, ...(modifiedAt === undefined ? {} : { modifiedAt }) };
  } catch (error) {
    if (isAppError(error, 'objectMissing')) return undefined;
    if (!isAppError(error) || error.details.code === undefined) throw error;
    const reason = say('stateNotSaid', { code: error.details.code });
    return {
      key,
      size: 0,
      encryption: { state: 'unknown', reason },
      opens: 'notTested',
      error: error.frame,
    };
  }
  const { state } = row.encryption;
  // Reading an empty object needs no key, so it would prove nothing; the key of SSE-C is its owner's.
  if ((state !== 'sse-s3' && state !== 'sse-kms') || row.size === 0) return { ...row, opens: 'notTested' };
  return { ...row, ...(await firstByte(s3, bucket, key, signal)) };
}

async function firstByte(s3: S3, bucket: string, key: string, signal: AbortSignal): Promise<Pick<Notable, 'opens' | 'error'>> {
  try {
    const { body } = await s3.getObject(bucket, key, { range: 'bytes=0-0', signal });
    for await (const _ of body);
    return { opens: 'yes' };
  } catch (error) {
    if (!isAppError(error) || error.details.code === undefined) throw error;
    // Without the right to read it, nothing is known of its key.
    const opens: Opens = error.code === 'minioAccessDenied' || error.code === 'objectMissing' ? 'notTested' : 'no';
    return { opens, error: error.frame };
  }
}

function createTally() {
  const counts: ObjectCheck['counts'] = {};
  const byKey = new Map<string, Record<Opens, number>>();
  const notable = order.map((): Notable[] => []);
  let checked = 0;
  return {
    add(row: Notable): void {
      const { state, key = '' } = row.encryption;
      checked += 1;
      counts[state] = (counts[state] ?? 0) + 1;
      if (state === 'sse-s3' || state === 'sse-kms') {
        const found = byKey.get(key) ?? { yes: 0, no: 0, notTested: 0 };
        found[row.opens] += 1;
        byKey.set(key, found);
      }
      const kept = notable[order.findIndex((is) => is(row))];
      if (kept && kept.length < notableAtMost) kept.push(row);
    },
    sum(): Pick<ObjectCheck, 'checked' | 'counts' | 'keys' | 'notable'> {
      const keys = [...byKey].sort(([one], [other]) => (one < other ? -1 : 1));
      return {
        checked,
        counts,
        keys: keys.map(([key, { yes, no, notTested }]) => ({ key, objects: yes + no + notTested, opens: verdict(yes, no) })),
        // Answers come in any order.
        notable: notable.flatMap((rows) => rows.sort((one, other) => (one.key < other.key ? -1 : 1))).slice(0, notableAtMost),
      };
    },
  };
}

function verdict(yes: number, no: number): ObjectCheck['keys'][number]['opens'] {
  if (yes > 0 && no > 0) return 'some';
  if (yes > 0) return 'yes';
  return no > 0 ? 'no' : 'notTested';
}
