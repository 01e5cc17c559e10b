import { say } from '../../../../shared/text.ts';
import type { Listed, ListingClient, ObjectAnswer } from '../../../clients/s3/listing.ts';
import { stateFromRefusal } from '../../../clients/s3/objectState.ts';
import { pause } from '../../../jobs/pause.ts';
import type { HeadPool } from './headPool.ts';
import type { Known } from './known.ts';
import { errorOf, wordsOf } from './refusals.ts';

/** What a request to one object needs. */
export interface Asker {
  client: ListingClient;
  pool: HeadPool;
  signal: AbortSignal;
}

const patience = 5;
const ofAnyObject: ReadonlySet<string> = new Set(['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'RequestTimeTooSkewed']);

/**
 * An entry of which the listing says nothing, or nothing that can be trusted, by HEAD (minio.md 4.7). Absent: the object
 * is gone. A customer's key is believed only where a wrong one is refused as one.
 */
export async function askByHead(asker: Asker, bucket: string, entry: Listed): Promise<Known | undefined> {
  const answer = await patiently(asker, () => asker.client.head(bucket, entry.key, entry.versionId, asker.signal));
  if (answer.status === 405 || answer.deleteMarker) return entry.versionId === undefined ? undefined : { ...entry, deleteMarker: true };
  if (answer.status === 404) return undefined;
  const said = answer.refusal === undefined ? answer.encryption : undefined;
  if (said) {
    const { state, key, reason } = said;
    if (state === 'notRead') return unknown(entry, answer);
    const size = entry.size < 0 ? (answer.size ?? 0) : entry.size;
    return { ...entry, size, state, byHead: true, ...(key === undefined ? {} : { kmsKey: key }), ...(reason ? { reason } : {}) };
  }
  const { code, message } = answer.refusal ?? { code: String(answer.status), message: '' };
  const state = stateFromRefusal({ status: answer.status, code, message, where: '' }, entry.key)?.state;
  if (state === 'unreadable') return { ...entry, state, byHead: true, reason: say('auditTampered', { answer: wordsOf(answer) }) };
  // Other servers refuse an SSE-C object with a bare 400.
  if (state === 'sse-c' || answer.status === 400) return (await proveCustomerKey(asker, bucket, entry)) ?? unknown(entry, answer);
  if (answer.status === 403) {
    const permission = entry.versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
    return { ...entry, state: 'unknown', byHead: true, reason: say('auditNoPermission', { permission, answer: wordsOf(answer) }) };
  }
  return unknown(entry, answer);
}

/**
 * Whether an object that says SSE-C has a customer's key: a key that is thrown away is refused with 403, while one with
 * forged headers (CVE-2026-34204) fails otherwise whatever key it is shown. Absent: the answer says neither.
 */
export async function proveCustomerKey(asker: Asker, bucket: string, entry: Listed): Promise<Known | undefined> {
  const answer = await patiently(asker, () => asker.client.headWithAnyKey(bucket, entry.key, entry.versionId, asker.signal));
  if (answer.status === 403) return { ...entry, state: 'sse-c', byHead: true };
  const code = answer.refusal?.code;
  if (code === 'XMinioObjectTampered' || code === 'XMinioEncryptionError')
    return { ...entry, state: 'unreadable', byHead: true, reason: say('auditForged', { answer: wordsOf(answer) }) };
  return undefined;
}

function unknown(entry: Listed, answer: ObjectAnswer): Known {
  return { ...entry, state: 'unknown', byHead: true, reason: say('auditNoAnswer', { answer: wordsOf(answer) }) };
}

/** Asks again, ever slower, while the server has too much to do. */
export async function patiently({ pool, signal }: Asker, ask: () => Promise<ObjectAnswer>): Promise<ObjectAnswer> {
  for (let round = 1; ; round++) {
    const answer = await ask();
    // Nothing about the object: the credential is gone, or the clock is off, and so it is for all of them.
    if (ofAnyObject.has(answer.refusal?.code ?? '')) throw errorOf(answer, '');
    const tooMuch = [429, 499, 503].includes(answer.status);
    if (!tooMuch || round === patience) return answer;
    pool.slower();
    await pause(100 * 2 ** round, signal);
  }
}
