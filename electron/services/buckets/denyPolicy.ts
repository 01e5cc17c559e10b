import { z } from 'zod';
import type { DenyMode } from '../../../shared/buckets.ts';
import { AppError } from '../../../shared/rpc/errors.ts';

/** How Sealdeck's own statements are known again among others. */
const ownSid = /^SealdeckRequireEncryption/;
const sse = 's3:x-amz-server-side-encryption';

const statement = z.looseObject({ Sid: z.string().optional() });
const policy = z.looseObject({ Version: z.string().default('2012-10-17'), Statement: z.union([z.array(statement), statement]) });

type Statement = z.infer<typeof statement>;
type Condition = Record<string, Record<string, string | string[]>>;

/**
 * What refuses a PUT, for a bucket's policy (`principal`) or a user's. All keys of one condition must hold, so `anyHeader`
 * refuses only what has neither header. Seen on MinIO: a missing header counts as not equal; the value is compared as it was sent.
 */
export function denyStatements(bucket: string, mode: DenyMode, principal: boolean): Statement[] {
  const make = (Sid: string, Condition: Condition): Statement => ({
    Sid,
    Effect: 'Deny',
    ...(principal ? { Principal: { AWS: ['*'] } } : {}),
    Action: ['s3:PutObject'],
    Resource: [`arn:aws:s3:::${bucket}/*`],
    Condition,
  });
  if (mode.kind === 'anyHeader')
    return [make('SealdeckRequireEncryption', { Null: { [sse]: ['true'], [`${sse}-customer-algorithm`]: ['true'] } })];
  if (mode.kind === 'sse-s3') return [make('SealdeckRequireEncryption', { StringNotEquals: { [sse]: ['AES256'] } })];
  const kms = make('SealdeckRequireEncryption', { StringNotEquals: { [sse]: ['aws:kms'] } });
  if (mode.key === undefined) return [kms];
  const keys = [mode.key, `arn:aws:kms:${mode.key}`];
  return [kms, make('SealdeckRequireEncryptionKey', { StringNotEquals: { [`${sse}-aws-kms-key-id`]: keys } })];
}

/** The statements of a policy, each as it was. Throws `bucketPolicyOdd` for what is no policy. */
function read(text: string | undefined, bucket: string): { rest: Record<string, unknown>; statements: Statement[] } {
  if (text === undefined) return { rest: { Version: '2012-10-17' }, statements: [] };
  try {
    const { Statement: found, ...rest } = policy.parse(JSON.parse(text));
    return { rest, statements: Array.isArray(found) ? found : [found] };
  } catch (cause) {
    throw new AppError('bucketPolicyOdd', { bucket }, { cause });
  }
}

/** Whether Sealdeck's statement is in a bucket's policy. Throws `bucketPolicyOdd`. */
export function isDenied(text: string | undefined, bucket: string): boolean {
  return read(text, bucket).statements.some(({ Sid = '' }) => ownSid.test(Sid));
}

/** The policy with Sealdeck's statement instead of the one that was there, others as they are. `undefined`: nothing is left. */
export function withDeny(text: string | undefined, bucket: string, mode: DenyMode | { kind: 'none' }): string | undefined {
  const { rest, statements } = read(text, bucket);
  const others = statements.filter(({ Sid = '' }) => !ownSid.test(Sid));
  const all = [...others, ...(mode.kind === 'none' ? [] : denyStatements(bucket, mode, true))];
  return all.length === 0 ? undefined : shown({ ...rest, Statement: all });
}

/** What a user may do in the bucket when that policy of his has the statement, for tries with a temporary credential. */
export function tryPolicy(bucket: string, mode: DenyMode): string {
  const allow = { Effect: 'Allow', Action: ['s3:*'], Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`] };
  return JSON.stringify({ Version: '2012-10-17', Statement: [allow, ...denyStatements(bucket, mode, false)] });
}

/** A policy of its own for signed-in users, to be attached beside those that they have. */
export function userPolicy(bucket: string, mode: DenyMode): string {
  return shown({ Version: '2012-10-17', Statement: denyStatements(bucket, mode, false) });
}

/** Whether the policy gives anything to people without a credential. */
export function opensToAnybody(text: string | undefined, bucket: string): boolean {
  return read(text, bucket).statements.some(({ Effect }) => Effect === 'Allow');
}

/** Indented, for people; a list of one stands on one line. */
export function shown(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/\[\s+("(?:[^"\\]|\\.)*")\s+\]/g, '[$1]');
}
