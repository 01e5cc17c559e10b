import { isAppError } from '../../../../shared/rpc/errors.ts';
import type { Params } from '../../../../shared/rpc/frames.ts';
import { say, type Text } from '../../../../shared/text.ts';
import { refused } from '../../../clients/s3/failures.ts';
import type { ObjectAnswer } from '../../../clients/s3/listing.ts';

const runCodes: ReadonlySet<string> = new Set(['minioCredentialRefused', 'minioClockSkew', 'cancelled']);
const objectCodes: ReadonlySet<string> = new Set([
  'kmsKeyNotFound',
  'kmsNotAuthorised',
  'kmsKeyDiffers',
  'kmsNotConfigured',
  'kmsUnavailable',
  'objectTampered',
]);

/** All that is left of the run would fail alike: credential, clock, trust, its own end, or a defect. */
export function endsRun(error: unknown): boolean {
  return !isAppError(error) || runCodes.has(error.code) || error.code.startsWith('tls');
}

/** Whether a page can have failed because of an object on it (minio.md 4.6). `kmsUnavailable` only after the KMS answered again. */
export function isAboutObjects(error: unknown): boolean {
  if (!isAppError(error)) return false;
  if (objectCodes.has(error.code)) return true;
  return error.code === 's3Error' && /^(?:kms:|KMS\.|XMinioEncryptionError|XMinioObjectTampered)/.test(String(error.details.code));
}

/** The KMS, or the way to it, may be away as a whole. */
export function mayBeAway(error: unknown): boolean {
  return isAppError(error, 'kmsUnavailable') || isAppError(error, 'networkTimeout');
}

/** Kept with a row or a gap: code and details. */
export function frameOf(error: unknown): { code: string; details: Params } {
  return isAppError(error) ? error.frame : { code: 'internal', details: {} };
}

/** The error of a refused HEAD or read. */
export function errorOf(answer: ObjectAnswer, where: string) {
  const { code, message } = answer.refusal ?? { code: String(answer.status), message: '' };
  return refused({ status: answer.status, code, message, where });
}

/** "404 kms:KeyNotFound", for a reason. */
export function wordsOf({ status, refusal }: ObjectAnswer): string {
  return refusal && refusal.code !== String(status) ? `${status} ${refusal.code}` : String(status);
}

/** Why an object counts as unreadable, by the server's answer to a page or a read. */
export function whyUnreadable(error: unknown): Text {
  const { code, details } = frameOf(error);
  const answer = details.status === undefined ? code : `${details.status} ${details.code}`;
  if (code === 'kmsKeyNotFound') return say('auditKeyGone', { answer });
  if (code === 'kmsKeyDiffers') return say('auditKeyDiffers', { answer });
  if (code === 'kmsNotAuthorised') return say('auditKmsRefuses', { answer });
  if (code === 'kmsNotConfigured' || details.code === 'XMinioEncryptionError') return say('auditEncryptionError', { answer });
  if (code === 'objectTampered') return say('auditTampered', { answer });
  return say('auditDoesNotOpen', { answer });
}
