import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { DenyMode, policyTry } from '../../../shared/buckets.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { say, type Text } from '../../../shared/text.ts';
import { assumeRole } from '../../clients/s3/sessionCredential.ts';
import { createSignedClient, type SignedClient } from '../../clients/s3/signedClient.ts';
import type { Report } from '../../jobs/jobRunner.ts';
import type { Minio } from './connection.ts';
import { tryPolicy } from './denyPolicy.ts';
import { type Headers, sseCustomer, sseKms, sseS3, type Tried, tryRequest } from './tryRequests.ts';

export type PolicyTry = z.infer<typeof policyTry>;

interface Planned {
  what: Text;
  wanted: PolicyTry['wanted'];
  run(key: string): Promise<Tried>;
}

const prefix = '.sealdeck-try/';

/**
 * Small uploads into the bucket as a signed-in user whose policy has the statement (a temporary credential that ends by
 * itself), and one without a credential, under the bucket's policy as it is. What they left is removed.
 */
export async function tryPolicyOn(
  { endpoint, raw, admin }: Minio,
  bucket: string,
  mode: DenyMode,
  report: Report,
  signal: AbortSignal,
): Promise<{ tries: PolicyTry[] }> {
  const { defaultKey } = await admin.kmsStatus();
  const keys = await admin.kmsKeys().catch(() => [defaultKey]);
  const right = (mode.kind === 'sse-kms' ? mode.key : undefined) ?? defaultKey;
  const other = keys.find((key) => key !== right);
  const user = createSignedClient(await assumeRole(endpoint, tryPolicy(bucket, mode)));
  const written = new Set<string>();
  try {
    const planned = plan(user, raw, bucket, mode, right, other);
    report({ done: 0, total: planned.length });
    const tries: PolicyTry[] = [];
    for (const { what, wanted, run } of planned) {
      if (signal.aborted) throw new AppError('cancelled');
      const key = `${prefix}${randomBytes(8).toString('hex')}`;
      written.add(key);
      tries.push({ what, wanted, ...judged(await run(key)) });
      report({ done: tries.length });
    }
    return { tries };
  } finally {
    await user.close();
    await cleanUp(raw, bucket, written);
  }
}

function plan(user: SignedClient, raw: SignedClient, bucket: string, mode: DenyMode, right: string, other: string | undefined): Planned[] {
  const any = mode.kind === 'anyHeader';
  const takes = (...kinds: DenyMode['kind'][]): PolicyTry['wanted'] => (kinds.includes(mode.kind) ? 'accepted' : 'refused');
  const oneKey = mode.kind === 'sse-kms' && mode.key !== undefined;
  const put = (headers: Headers) => (key: string) => tryRequest(user, 'PUT', [bucket, key], { headers, body: 'try' });
  const good = mode.kind === 'sse-s3' || any ? sseS3 : sseKms(right);
  const inParts = (begin: Headers, part: Headers, end: Headers) => (key: string) => partsOf(user, [bucket, key], { begin, part, end });
  return [
    { what: say('bucketTryBare'), wanted: 'refused', run: put({}) },
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
    {
      what: say('bucketTryNobody'),
      wanted: 'refused',
      run: (key) => tryRequest(raw, 'PUT', [bucket, key], { body: 'try', anonymous: true }),
    },
  ];
}

/** An upload of one part; ends with the first refusal. What is not completed is aborted by the clean-up. */
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

/** Removes every version and every begun upload of the keys, with the stack's own credential. */
export async function cleanUp(raw: SignedClient, bucket: string, keys: ReadonlySet<string>): Promise<void> {
  for (const key of keys) {
    const uploads = await tryRequest(raw, 'GET', [bucket], { query: { uploads: '', prefix: key } });
    for (const [, uploadId = ''] of uploads.text.matchAll(/<UploadId>([^<]+)<\/UploadId>/g))
      await tryRequest(raw, 'DELETE', [bucket, key], { query: { uploadId } });
    const versions = await tryRequest(raw, 'GET', [bucket], { query: { versions: '', prefix: key } });
    for (const [, versionId = ''] of versions.text.matchAll(/<VersionId>([^<]+)<\/VersionId>/g))
      await tryRequest(raw, 'DELETE', [bucket, key], { query: { versionId } });
  }
}
