import type { EncryptionChoice } from '../../../shared/encryption.ts';
import type { ObjectState } from '../../../shared/objects.ts';

/** A state in words that need no translation: `SSE-KMS minio-default`. */
export function stateName({ state, key }: ObjectState): string {
  if (state === 'sse-kms') return `SSE-KMS ${key ?? ''}`.trim();
  if (state === 'sse-s3') return 'SSE-S3';
  return state === 'sse-c' ? 'SSE-C' : state;
}

export function choiceName(choice: EncryptionChoice): string {
  if (choice.kind === 'sse-kms') return `SSE-KMS ${choice.key}`;
  if (choice.kind === 'rule') return '-';
  return choice.kind === 'sse-s3' ? 'SSE-S3' : 'SSE-C';
}

/** Whether the headers of an object say what was meant. They are no proof that it opens. */
export function isAsMeant({ state, key }: ObjectState, target: { kind: EncryptionChoice['kind']; key?: unknown }): boolean {
  return state === target.kind && (state !== 'sse-kms' || key === target.key);
}

export function sameState(one: ObjectState, other: ObjectState): boolean {
  return one.state === other.state && (one.state !== 'sse-kms' || one.key === other.key);
}
