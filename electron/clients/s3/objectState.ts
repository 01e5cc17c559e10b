import type { ObjectState } from '../../../shared/objects.ts';
import { say } from '../../../shared/text.ts';
import type { Refusal } from './failures.ts';

const sse = 'x-amz-server-side-encryption';

/** What the headers of a HEAD, GET or PUT answer say (minio.md 3.3). */
export function stateFromHeaders(headers: Readonly<Record<string, string>>): ObjectState {
  if (headers[`${sse}-customer-algorithm`]) return { state: 'sse-c' };
  return stateFromValues(headers[sse], headers[`${sse}-aws-kms-key-id`]);
}

export function stateFromValues(algorithm: string | undefined, key: string | undefined): ObjectState {
  if (algorithm === undefined) return { state: 'plaintext' };
  if (algorithm === 'AES256') return { state: 'sse-s3' };
  if (algorithm !== 'aws:kms') return { state: 'unknown', reason: say('stateAlgorithmUnknown', { algorithm: algorithm.slice(0, 40) }) };
  return { state: 'sse-kms', ...(key === undefined ? {} : { key: keyNameOf(key) }) };
}

/** What a refused HEAD says (minio.md 4.7). `undefined`: the object is not there, or the refusal is of another kind. */
export function stateFromRefusal(refusal: Refusal, key: string): ObjectState | undefined {
  const { status, code, message } = refusal;
  if (code === 'XMinioObjectTampered') return { state: 'unreadable', reason: say('stateTampered') };
  if (status === 400 && /stored using a form of/.test(message)) return { state: 'sse-c' };
  if (status === 400 && code === 'InvalidArgument' && key.endsWith('/')) return { state: 'sse-c' };
  if (status === 403) return { state: 'unknown', reason: say('stateNoPermission') };
  return undefined;
}

/** The server always writes `arn:aws:kms:` before a key's name. */
export function keyNameOf(key: string): string {
  return key.replace(/^arn:aws:kms:/, '');
}

/** A state in words that need no translation: `SSE-KMS minio-default`. */
export function stateName({ state, key }: ObjectState): string {
  if (state === 'sse-kms') return `SSE-KMS ${key ?? ''}`.trim();
  if (state === 'sse-s3') return 'SSE-S3';
  return state === 'sse-c' ? 'SSE-C' : state;
}
