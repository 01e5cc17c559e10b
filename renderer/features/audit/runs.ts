import type { Audit } from '../../../shared/audit.ts';

/** The run to compare with: the next older finished one of the same place. Pure; `audits` newest first. */
export function comparable(audit: Audit, audits: readonly Audit[]): Audit | undefined {
  const place = ({ scope }: Audit): string =>
    JSON.stringify([scope.buckets ? [...scope.buckets].sort() : null, scope.prefix, scope.versions]);
  if (audit.state !== 'finished') return undefined;
  return audits.find((other) => other.id < audit.id && other.state === 'finished' && place(other) === place(audit));
}
