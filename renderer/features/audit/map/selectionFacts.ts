import type { AuditBucket, AuditKey, AuditState, MapNode } from '../../../../shared/audit.ts';
import { sum } from './values.ts';

type FactCode = 'plain' | 'plainBefore' | 'plainAfter' | 'lost' | 'lostKey' | 'unknown' | 'encrypted' | 'waiting' | 'empty';
interface Fact {
  readonly code: FactCode;
  readonly count: number;
  readonly key?: string;
  readonly at?: string;
}

/** What is worth saying of a place, worst first, and the states that its objects are to be filtered by. Pure. */
export function factsOf(
  node: MapNode,
  buckets: readonly AuditBucket[],
  keys: readonly AuditKey[],
): { sentences: Fact[]; states: readonly AuditState[] | undefined; plain: number } {
  const [plain = 0, lost = 0, unknown = 0] = node.objects;
  const total = sum(node.objects);
  const waiting = node.notRead ?? 0;
  const bucket = buckets.find(({ name }) => name === node.bucket);
  const sentences: Fact[] = [];
  if (plain > 0) {
    // What holds for all plaintext of the bucket holds for a part of it.
    const since = bucket?.ruleSince?.at;
    if (since !== undefined && bucket?.plainAfter === 0) sentences.push({ code: 'plainBefore', count: plain, at: since });
    else if (since !== undefined && bucket?.plainBefore === 0) sentences.push({ code: 'plainAfter', count: plain, at: since });
    else sentences.push({ code: 'plain', count: plain });
  }
  if (lost > 0) {
    const gone = keys.filter((key) => key.bucket === node.bucket && key.opens.answer === 'no' && key.kmsKey !== '');
    const [only] = gone;
    sentences.push(gone.length === 1 && only ? { code: 'lostKey', count: lost, key: only.kmsKey } : { code: 'lost', count: lost });
  }
  if (unknown > 0) sentences.push({ code: 'unknown', count: unknown });
  if (sentences.length === 0) {
    if (total > 0) sentences.push({ code: 'encrypted', count: total });
    else if (waiting === 0) sentences.push({ code: 'empty', count: 0 });
  }
  if (waiting > 0) sentences.push({ code: 'waiting', count: waiting });
  const states: AuditState[] = [
    ...(plain > 0 ? ['plaintext' as const] : []),
    ...(lost > 0 ? ['unreadable' as const] : []),
    ...(unknown > 0 ? ['unknown' as const] : []),
  ];
  return { sentences, states: states.length === 0 ? undefined : states, plain };
}
