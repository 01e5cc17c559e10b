import type { EncryptionChoice } from '../../../shared/encryption.ts';
import type { ObjectState } from '../../../shared/objects.ts';

/** Whether the headers of an object say what was meant. They are no proof that it opens. */
export function isAsMeant({ state, key }: ObjectState, target: { kind: EncryptionChoice['kind']; key?: unknown }): boolean {
  return state === target.kind && (state !== 'sse-kms' || key === target.key);
}

export function sameState(one: ObjectState, other: ObjectState): boolean {
  return one.state === other.state && (one.state !== 'sse-kms' || one.key === other.key);
}
