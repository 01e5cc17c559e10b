import type { AuditRow, Opens } from '../../shared/audit.ts';
import type { Mark } from './StateIcon.tsx';

/** Its state, and what the listing said where reading told something else. */
type Stated = Pick<AuditRow, 'state' | 'listed'>;

/** Why an object does not open. */
export type Cause = 'keyGone' | 'keyDiffers' | 'tampered' | 'policy' | 'kms' | 'noKms' | 'denied' | 'missing' | 'other';

/** By our code, and by what MinIO itself calls it (`minio.md` 3.5). The first that is found counts. */
const causes: readonly [Cause, RegExp][] = [
  ['keyGone', /kmsKeyNotFound|kms:KeyNotFound/],
  ['keyDiffers', /kmsKeyDiffers|kms:InvalidCiphertext/],
  ['policy', /kmsNotAuthorised|kms:NotAuthorized/],
  ['noKms', /kmsNotConfigured|KMS (?:is )?not configured|NotImplemented/],
  ['kms', /kmsUnavailable|kms:DecryptionFailed|kms:KeyGenerationFailed|KMSDefaultKey/],
  ['tampered', /objectTampered|ObjectTampered/],
  ['missing', /objectMissing|NoSuchKey|NoSuchVersion|NoSuchBucket/],
  ['denied', /minioAccessDenied|minioCredential|AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch/],
];

/** What an answer that is no means; undefined: it opened, or nobody tried. */
export function causeOf(opens: Opens, answer = ''): Cause | undefined {
  if (opens.answer === 'yes') return undefined;
  const said = `${opens.error?.code ?? ''} ${opens.error?.details?.code ?? ''} ${answer}`;
  const found = causes.find(([, pattern]) => pattern.test(said))?.[0];
  return found ?? (opens.answer === 'no' ? 'other' : undefined);
}

export const chainHops = ['minio', 'policy', 'kes', 'vault', 'key'] as const;
export type ChainHop = (typeof chainHops)[number];

const failsAt: Readonly<Record<Cause, ChainHop>> = {
  keyGone: 'key',
  keyDiffers: 'key',
  policy: 'policy',
  kms: 'kes',
  noKms: 'minio',
  tampered: 'minio',
  denied: 'minio',
  missing: 'minio',
  other: 'minio',
};

/**
 * How far the way from MinIO to the key goes: a tick only for what an answer stands behind. Undefined where no key of ours is
 * on the way, as with plaintext and SSE-C.
 */
export function chainOf(row: Stated, opens: Opens, cause: Cause | undefined): Record<ChainHop, Mark> | undefined {
  const sealed = row.state === 'sse-kms' || row.state === 'sse-s3' || (row.state === 'unreadable' && row.listed !== 'sse-c');
  if (!sealed || cause === 'missing') return undefined;
  // A byte of another object is no evidence for this one.
  if (cause === undefined && (opens.answer !== 'yes' || opens.how !== 'read')) return undefined;
  const broken = cause === undefined ? chainHops.length : chainHops.indexOf(failsAt[cause]);
  const mark = (at: number): Mark => (at < broken ? 'ok' : at === broken ? 'fail' : 'absent');
  // A KES that does not answer has not judged by its policy either.
  return { minio: mark(0), policy: cause === 'kms' ? 'absent' : mark(1), kes: mark(2), vault: mark(3), key: mark(4) };
}

/** Sealed with a key of ours, and not known to be unreadable: what is said of it goes on with whether the key opens it. */
export function isStateSealed({ state }: Stated): boolean {
  return state === 'sse-kms' || state === 'sse-s3';
}

/** What to do first; undefined: nothing is wrong. */
export function firstThing(row: Stated, opens: Opens, cause: Cause | undefined): Cause | 'plaintext' | 'unknown' | 'differs' | undefined {
  if (cause) return cause;
  if (row.state === 'plaintext' || row.state === 'unknown') return row.state;
  return opens.answer === 'differs' ? 'differs' : undefined;
}
