import { type Amounts, type Audit, type AuditState, auditStates } from './audit.ts';

/** Objects of one state. */
export function objectsOf(amounts: Amounts, state: AuditState): number {
  return amounts.objects[auditStates.indexOf(state)] ?? 0;
}

export interface AuditVerdict {
  /** Plaintext with content, older versions too. Folder markers have no content. */
  plaintext: number;
  /** Unknown, unreadable, and places that could not be listed. Objects of a key that does not open are among the unreadable. */
  unclear: number;
}

/** What an audit comes to. Where something is unclear, nothing may be called encrypted. */
export function verdictOf({ current, noncurrent, folderMarkers, gaps }: Audit): AuditVerdict {
  const both = (state: AuditState): number => objectsOf(current, state) + objectsOf(noncurrent, state);
  return {
    plaintext: Math.max(0, both('plaintext') - folderMarkers),
    unclear: both('unknown') + both('unreadable') + gaps,
  };
}
