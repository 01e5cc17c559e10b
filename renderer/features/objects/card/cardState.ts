import type { BucketRule } from '../../../../shared/minio.ts';
import type { ObjectCard, ObjectState } from '../../../../shared/objects.ts';
import { type Cause, type ChainHop, causeOf, chainOf } from '../../../components/objectCause.ts';
import type { Mark } from '../../../components/StateIcon.tsx';

/** Nothing but the key or the object itself mends these. */
const lasting: readonly Cause[] = ['keyGone', 'keyDiffers', 'tampered'];

export interface Judged {
  /** Undefined: a delete marker, which has none. */
  readonly state: ObjectState['state'] | undefined;
  readonly cause: Cause | undefined;
  readonly chain: Readonly<Record<ChainHop, Mark>> | undefined;
}

/** What the head of a card says: HEAD looks healthy where reading fails, so what reading told comes first. Pure. */
export function judge({ row, opens }: Pick<ObjectCard, 'row' | 'opens'>): Judged {
  if (row.deleteMarker) return { state: undefined, cause: undefined, chain: undefined };
  const { state } = row.encryption;
  const read = { ...opens, how: 'read' as const };
  const cause = opens.answer === 'no' ? causeOf(read) : undefined;
  const shown = cause && lasting.includes(cause) ? 'unreadable' : state;
  const stated = { state: state === 'notRead' ? undefined : state };
  return { state: shown, cause, chain: chainOf(stated, read, cause) };
}

/** Written otherwise than the bucket's rule says now. Pure. */
export function differsFrom(rule: BucketRule | undefined, { state, key }: ObjectState): boolean {
  if (rule === undefined || rule.kind === 'none' || state === 'unknown' || state === 'unreadable' || state === 'notRead') return false;
  return state !== rule.kind || (rule.kind === 'sse-kms' && key !== rule.key);
}

/** Why a canary by the bucket's rule would say nothing of this object; undefined: it would. Pure. */
export function whyNotProven(
  rule: BucketRule | undefined,
  { state, key }: ObjectState,
): 'key' | 'none' | 'customer' | 'unread' | undefined {
  if (state === 'sse-c') return 'customer';
  if (rule === undefined) return 'unread';
  if (rule.kind === 'none') return 'none';
  if (state === 'sse-kms' && (rule.kind !== 'sse-kms' || rule.key !== key)) return 'key';
  return state === 'sse-s3' && rule.kind !== 'sse-s3' ? 'key' : undefined;
}

/** The newest proof of a bucket that is about this object's key. Pure. */
export function proofOf<P extends { bucket: string; result: string; ruleKey?: string | undefined; endedAt?: string | undefined }>(
  proofs: readonly P[],
  bucket: string,
  key: string | undefined,
): P | undefined {
  return proofs.find((proof) => proof.bucket === bucket && proof.result === 'proven' && key !== undefined && proof.ruleKey === key);
}
