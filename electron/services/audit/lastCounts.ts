import type { Amounts, Audit, AuditBucket } from '../../../shared/audit.ts';

/** What an audit counted in one bucket, when, and which audit that was. */
export interface LastCount {
  auditId: string;
  at: string;
  current: Amounts;
}

/** For each bucket the newest finished audit that read all of it. `audits`: newest first. */
export async function lastCounts(
  audits: readonly Audit[],
  bucketsOf: (id: string) => Promise<readonly AuditBucket[]>,
): Promise<Map<string, LastCount>> {
  const found = new Map<string, LastCount>();
  for (const { id, state, scope, endedAt, at } of audits) {
    if (state !== 'finished' || scope.prefix !== '') continue;
    const wanted = scope.buckets?.every((name) => found.has(name)) ? [] : await bucketsOf(id);
    for (const { name, current, done } of wanted)
      if (done && !found.has(name)) found.set(name, { auditId: id, at: endedAt ?? at, current });
    // One of all buckets knows every bucket that the ones before it could know; newer buckets are in newer audits.
    if (scope.buckets === undefined) break;
  }
  return found;
}
