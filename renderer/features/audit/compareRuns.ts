import type { Audit, AuditScope } from '../../../shared/audit.ts';
import type { Output } from '../../rpc/client.ts';

export type ChangedRow = Output<'audit.compare'>['rows'][number];

const sameScope = (a: AuditScope, b: AuditScope): boolean =>
  a.prefix === b.prefix && a.versions === b.versions && [...(a.buckets ?? [])].sort().join('/') === [...(b.buckets ?? [])].sort().join('/');

/** Runs that this one can be compared with: finished, of the same place, newest first. Pure. */
export function comparableRuns(audits: readonly Audit[], audit: Audit): Audit[] {
  return audits
    .filter(
      (other) => other.id !== audit.id && other.phase === 'done' && other.stackId === audit.stackId && sameScope(other.scope, audit.scope),
    )
    .sort((a, b) => b.id.localeCompare(a.id));
}

/** The one before it: ids sort by the time a run was begun. */
export function runBefore(audits: readonly Audit[], audit: Audit): Audit | undefined {
  return audit.phase === 'done' ? comparableRuns(audits, audit).find(({ id }) => id < audit.id) : undefined;
}
