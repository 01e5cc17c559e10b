import type { Audit, AuditScope, auditProcedures } from '../../../shared/audit.ts';
import type { CallOutput } from '../../../shared/rpc/define.ts';
import type { DataUsage } from '../../clients/minioAdmin/adminClient.ts';
import type { Place } from './looking.ts';
import { seenOf, sum } from './progress.ts';
import { headsPerSecond } from './reader/heads.ts';
import type { BucketFacts } from './work.ts';

export type Estimate = CallOutput<typeof auditProcedures, 'audit.estimate'>;

const [sseS3, sseKms] = [4, 5];

/** Whether two scopes name the same objects. */
export function sameScope(one: AuditScope, other: AuditScope): boolean {
  const names = ({ buckets }: AuditScope): string => (buckets === undefined ? '*' : JSON.stringify(buckets.toSorted()));
  return names(one) === names(other) && one.prefix === other.prefix && one.versions === other.versions;
}

/** How many objects could be there: what MinIO's scanner counted, or the newest finished audit of the same place if that is newer. */
export function expectedOf(
  scope: AuditScope,
  buckets: readonly BucketFacts[],
  usage: DataUsage | undefined,
  audits: readonly Audit[],
): Audit['expected'] {
  const before = lastOf(scope, audits);
  const counted = buckets.reduce((all, { expected = 0 }) => all + expected, 0);
  const fromUsage = usage && scope.prefix === '' ? { objects: counted, from: 'usage' as const, at: usage.at } : undefined;
  const fromAudit = before && { objects: seenOf(before), from: 'audit' as const, at: before.startedAt };
  if (fromUsage && fromAudit) return fromAudit.at > fromUsage.at ? fromAudit : fromUsage;
  return fromUsage ?? fromAudit;
}

/** What a run of this place would meet. Seconds are told where a finished run measured a rate on this stack, or HEAD's is known. */
export function estimateOf(scope: AuditScope, { buckets, method, usage, who }: Place, audits: readonly Audit[]): Estimate {
  const expected = expectedOf(scope, buckets, usage, audits);
  const before = lastOf(scope, audits);
  const measured = [...(before ? [before] : []), ...audits].find((audit) => measures(audit, method, expected?.objects ?? 0));
  const rate = measured?.rate ?? (method === 'head' ? headsPerSecond : undefined);
  const kmsCalls = before ? countedCalls(before, expected?.objects ?? 0) : possibleCalls(buckets);
  return {
    method,
    buckets: buckets.map(({ name, expected: objects, rule, versioning }) => ({
      name,
      objects,
      bytes: scope.prefix === '' ? usage?.buckets.get(name)?.bytes : undefined,
      rule,
      versioning,
    })),
    objects: expected?.objects,
    from: expected?.from,
    countedAt: expected?.at,
    seconds: expected && rate ? Math.ceil(expected.objects / rate) : undefined,
    kmsCalls,
    credential: who.credential,
  };
}

/** The newest finished run of the same place. */
function lastOf(scope: AuditScope, audits: readonly Audit[]): Audit | undefined {
  return audits.find((audit) => audit.state === 'finished' && !audit.sample && sameScope(audit.scope, scope));
}

/** Whether a run tells how fast the next one is: of few objects its time was spent on looking and opening, and some were slow on purpose. */
function measures(audit: Audit, method: Audit['method'], expected: number): boolean {
  const { verifyAll, requestsPerSecond } = audit.options;
  const likeThis = audit.state === 'finished' && !audit.sample && audit.method === method && !verifyAll && requestsPerSecond === undefined;
  return likeThis && seenOf(audit) >= Math.min(10_000, expected / 10);
}

/**
 * Listing costs KES a call for each SSE-S3 object, and one more for each encrypted one with a stored checksum (minio.md 4.5).
 * Of objects that came since, nobody knows what they are.
 */
function countedCalls(before: Audit, expected: number): Estimate['kmsCalls'] {
  const of = (state: number): number => (before.current.objects[state] ?? 0) + (before.noncurrent.objects[state] ?? 0);
  const since = Math.max(0, expected - seenOf(before));
  return { least: of(sseS3), most: 2 * (of(sseS3) + since) + of(sseKms) };
}

/** Before anybody counted: what the rules of today suggest at least, and what any object could cost at most. */
function possibleCalls(buckets: readonly BucketFacts[]): Estimate['kmsCalls'] {
  if (buckets.some(({ expected }) => expected === undefined)) return undefined;
  const of = (wanted: (bucket: BucketFacts) => boolean): number => sum(buckets.filter(wanted).map(({ expected = 0 }) => expected));
  return { least: of(({ rule }) => rule?.kind === 'sse-s3'), most: 2 * of(() => true) };
}
