import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { DenyMode, policyTry } from '../../../shared/buckets.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { say, type Text } from '../../../shared/text.ts';
import { readBucketLock } from '../../clients/s3/bucketSettings.ts';
import { assumeRole } from '../../clients/s3/sessionCredential.ts';
import { createSignedClient, type SignedClient } from '../../clients/s3/signedClient.ts';
import type { Report } from '../../jobs/jobRunner.ts';
import type { StackAccess } from '../../jobs/step.ts';
import type { Minio } from './connection.ts';
import { type DenyPlace, tryPolicy } from './denyPolicy.ts';
import { removeKeys, withScratchBucket } from './scratch.ts';
import { type Headers, sseCustomer, sseKms, sseS3, type Tried, tryRequest } from './tryRequests.ts';

const tryPrefix = 'try-';

export type PolicyTry = z.infer<typeof policyTry>;

interface Planned {
  what: Text;
  wanted: PolicyTry['wanted'];
  run(key: string): Promise<Tried>;
}

/**
 * Small uploads as a signed-in user whose policy has the statement (a temporary credential that ends by itself), into a
 * scratch bucket with the same rule; and one into the bucket itself without a credential, under its policy as it is.
 */
export async function tryPolicyOn(
  { folder }: Pick<StackAccess, 'folder'>,
  minio: Minio,
  { bucket, prefix }: DenyPlace,
  mode: DenyMode,
  report: Report,
  signal: AbortSignal,
): Promise<{ tries: PolicyTry[] }> {
  const { endpoint, raw, admin, s3 } = minio;
  const [{ rule }, lock] = await Promise.all([s3.bucketRule(bucket), readBucketLock(raw, bucket)]);
  const { defaultKey } = await admin.kmsStatus();
  const keys = await admin.kmsKeys().catch(() => [defaultKey]);
  const right = (mode.kind === 'sse-kms' ? mode.key : undefined) ?? defaultKey;
  const tries: PolicyTry[] = [];
  await withScratchBucket(folder, endpoint, async (scratch) => {
    if (rule.kind !== 'none') await s3.setBucketRule(scratch, rule);
    // A scratch bucket holds nothing but names that begin like this one.
    const place = { bucket: scratch, prefix: prefix === '' ? '' : tryPrefix };
    const user = createSignedClient(await assumeRole(endpoint, tryPolicy(place, mode)));
    try {
      const planned = plan(user, place, mode, { right, other: keys.find((key) => key !== right) });
      report({ done: 0, total: planned.length });
      for (const { what, wanted, run } of planned) {
        if (signal.aborted) throw new AppError('cancelled');
        tries.push({ what, wanted, ...judged(await run(`${tryPrefix}${tries.length}`)) });
        report({ done: tries.length });
      }
    } finally {
      await user.close();
    }
  });
  // What lands in a bucket with object lock may not be removable.
  return { tries: lock ? tries : [...tries, await tryAsNobody(raw, bucket, prefix)] };
}

async function tryAsNobody(raw: SignedClient, bucket: string, prefix: string): Promise<PolicyTry> {
  const key = `${prefix}.sealdeck-try-${randomBytes(8).toString('hex')}`;
  try {
    const tried = await tryRequest(raw, 'PUT', [bucket, key], { body: 'try', anonymous: true });
    return { what: say('bucketTryNobody'), wanted: 'refused', ...judged(tried) };
  } finally {
    await removeKeys(raw, bucket, key);
  }
}

function plan(
  user: SignedClient,
  { bucket, prefix }: DenyPlace,
  mode: DenyMode,
  { right, other }: { right: string; other: string | undefined },
): Planned[] {
  const any = mode.kind === 'anyHeader';
  const takes = (...kinds: DenyMode['kind'][]): PolicyTry['wanted'] => (kinds.includes(mode.kind) ? 'accepted' : 'refused');
  const oneKey = mode.kind === 'sse-kms' && mode.key !== undefined;
  const put = (headers: Headers) => (key: string) => tryRequest(user, 'PUT', [bucket, key], { headers, body: 'try' });
  const good = mode.kind === 'sse-s3' || any ? sseS3 : sseKms(right);
  const inParts = (begin: Headers, part: Headers, end: Headers) => (key: string) => partsOf(user, [bucket, key], { begin, part, end });
  return [
    { what: say('bucketTryBare'), wanted: 'refused', run: put({}) },
    ...(prefix === '' ? [] : [{ what: say('bucketTryBeside'), wanted: 'accepted', run: () => put({})('try') } as const]),
    { what: say('bucketTryS3'), wanted: takes('anyHeader', 'sse-s3'), run: put(sseS3) },
    { what: say('bucketTryKms', { key: right }), wanted: takes('anyHeader', 'sse-kms'), run: put(sseKms(right)) },
    ...(other === undefined
      ? []
      : [
          {
            what: say('bucketTryKms', { key: other }),
            wanted: oneKey ? 'refused' : takes('anyHeader', 'sse-kms'),
            run: put(sseKms(other)),
          } as const,
        ]),
    { what: say('bucketTryKmsBare'), wanted: oneKey ? 'refused' : takes('anyHeader', 'sse-kms'), run: put(sseKms()) },
    { what: say('bucketTryCustomer'), wanted: takes('anyHeader'), run: put(sseCustomer()) },
    { what: say('bucketTryPartsBare'), wanted: 'refused', run: inParts({}, {}, {}) },
    // As every usual client does it: this is the trap, and the try shows it.
    { what: say('bucketTryPartsUsual'), wanted: 'accepted', run: inParts(good, {}, {}) },
    { what: say('bucketTryPartsAll'), wanted: 'accepted', run: inParts(good, good, good) },
  ];
}

/** An upload of one part; ends with the first refusal. What is not completed goes with its bucket. */
async function partsOf(
  user: SignedClient,
  path: readonly string[],
  headers: { begin: Headers; part: Headers; end: Headers },
): Promise<Tried> {
  const begun = await tryRequest(user, 'POST', path, { query: { uploads: '' }, headers: headers.begin });
  if (begun.refusal) return begun;
  const uploadId = /<UploadId>([^<]+)<\/UploadId>/.exec(begun.text)?.[1] ?? '';
  const part = await tryRequest(user, 'PUT', path, { query: { partNumber: '1', uploadId }, headers: headers.part, body: 'try' });
  if (part.refusal) return part;
  const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${part.headers.etag ?? ''}</ETag></Part></CompleteMultipartUpload>`;
  return tryRequest(user, 'POST', path, { query: { uploadId }, headers: headers.end, body });
}

/** Anything but a refusal of rights is no answer to the question that was asked. */
function judged({ refusal }: Tried): Pick<PolicyTry, 'got' | 'answer'> {
  if (!refusal) return { got: 'accepted', answer: '200' };
  return { got: refusal.code === 'AccessDenied' ? 'refused' : 'failed', answer: `${refusal.status} ${refusal.code}` };
}
