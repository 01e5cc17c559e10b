import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { DenyMode } from '../../../shared/buckets.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { parseFaithfully, sameStatement } from './samePolicy.ts';

/** How Sealdeck's own statements are known again among others. */
const ownSids = ['SealdeckRequireEncryption', 'SealdeckRequireEncryptionKey'] as const;
const sse = 's3:x-amz-server-side-encryption';

const statement = z.looseObject({ Sid: z.string().optional() });
const policy = z.looseObject({ Version: z.string().default('2012-10-17'), Statement: z.union([z.array(statement), statement]) });

type Statement = z.infer<typeof statement>;
type Condition = Record<string, Record<string, string | string[]>>;

/** A bucket, or what is below a prefix in it. */
export interface DenyPlace {
  readonly bucket: string;
  readonly prefix: string;
}

/** Names for a prefix's statements and policies of their own; empty for the whole bucket. */
export function prefixMark({ prefix }: DenyPlace): string {
  return prefix === '' ? '' : `Below${createHash('sha256').update(prefix).digest('hex').slice(0, 8)}`;
}

/** Throws `bucketPrefixWild`: MinIO has no way to write a letter that stands for others. */
function resourceOf({ bucket, prefix }: DenyPlace): string {
  if (/[*?]|\$\{/.test(prefix)) throw new AppError('bucketPrefixWild', { prefix });
  return `arn:aws:s3:::${bucket}/${prefix}*`;
}

/**
 * What refuses a PUT, for a bucket's policy (`principal`) or a user's. All keys of one condition must hold, so `anyHeader`
 * refuses only what has neither header. Seen on MinIO: a missing header counts as not equal; the value is compared as it was sent.
 */
export function denyStatements(place: DenyPlace, mode: DenyMode, principal: boolean): Statement[] {
  const make = (Sid: string, Condition: Condition): Statement => ({
    Sid: `${Sid}${prefixMark(place)}`,
    Effect: 'Deny',
    ...(principal ? { Principal: { AWS: ['*'] } } : {}),
    Action: ['s3:PutObject'],
    Resource: [resourceOf(place)],
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

/** The statements of a policy, each as it was. Throws `bucketPolicyOdd` for what is no policy, or would lose something. */
function read(text: string | undefined, bucket: string): { rest: Record<string, unknown>; statements: Statement[] } {
  if (text === undefined) return { rest: { Version: '2012-10-17' }, statements: [] };
  try {
    const { Statement: found, ...rest } = policy.parse(parseFaithfully(text));
    return { rest, statements: Array.isArray(found) ? found : [found] };
  } catch (cause) {
    throw new AppError('bucketPolicyOdd', { bucket }, { cause });
  }
}

/** Sealdeck's own, and of just this place: those for other prefixes stand beside it. */
function isOwn({ Sid = '', Effect, Resource }: Statement, place: DenyPlace): boolean {
  const resources = Array.isArray(Resource) ? Resource : [Resource];
  const isNamed = ownSids.some((name) => Sid === `${name}${prefixMark(place)}`);
  return isNamed && Effect === 'Deny' && resources.length === 1 && resources[0] === resourceOf(place);
}

/** Whether Sealdeck's own statement for this place is in a bucket's policy. Throws `bucketPolicyOdd`, `bucketPrefixWild`. */
export function hasOwn(text: string | undefined, place: DenyPlace): boolean {
  return read(text, place.bucket).statements.some((one) => isOwn(one, place));
}

/** Whether a statement like Sealdeck's is in a bucket's policy, its own or somebody's. Throws as `hasOwn`. */
export function isDenied(text: string | undefined, place: DenyPlace): boolean {
  const modes: DenyMode[] = [{ kind: 'anyHeader' }, { kind: 'sse-s3' }, { kind: 'sse-kms' }];
  const alike = modes.flatMap((mode) => denyStatements(place, mode, true));
  return read(text, place.bucket).statements.some((one) => isOwn(one, place) || alike.some((other) => sameStatement(one, other)));
}

/** What a policy loses from one text to another, but for Sealdeck's own. */
export function losesStatements(from: string | undefined, to: string | undefined, place: DenyPlace): boolean {
  const left = read(to, place.bucket).statements;
  return read(from, place.bucket).statements.some((one) => !isOwn(one, place) && !left.some((other) => sameStatement(one, other)));
}

/** The policy with Sealdeck's statement instead of the one that was there, others as they are. `undefined`: nothing is left. */
export function withDeny(text: string | undefined, place: DenyPlace, mode: DenyMode | { kind: 'none' }): string | undefined {
  const { rest, statements } = read(text, place.bucket);
  const others = statements.filter((one) => !isOwn(one, place));
  // Of two that say the same MinIO keeps one: somebody's stays theirs.
  const wanted = mode.kind === 'none' ? [] : denyStatements(place, mode, true);
  const all = [...others, ...wanted.filter((one) => !others.some((other) => sameStatement(one, other)))];
  return all.length === 0 ? undefined : shown({ ...rest, Statement: all });
}

/** What a user may do in the bucket when that policy of his has the statement, for tries with a temporary credential. */
export function tryPolicy(place: DenyPlace, mode: DenyMode): string {
  const { bucket } = place;
  const allow = { Effect: 'Allow', Action: ['s3:*'], Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`] };
  return JSON.stringify({ Version: '2012-10-17', Statement: [allow, ...denyStatements(place, mode, false)] });
}

/** A policy of its own for signed-in users, to be attached beside those that they have. */
export function userPolicy(place: DenyPlace, mode: DenyMode): string {
  return shown({ Version: '2012-10-17', Statement: denyStatements(place, mode, false) });
}

/** Whether the policy gives anything to people without a credential. */
export function opensToAnybody(text: string | undefined, bucket: string): boolean {
  return read(text, bucket).statements.some(({ Effect }) => Effect === 'Allow');
}

/** Indented, for people; a list of one stands on one line. */
export function shown(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/\[\s+("(?:[^"\\]|\\.)*")\s+\]/g, '[$1]');
}
