import type { AuditBucket } from '../../../shared/audit.ts';
import { journalEntry } from '../../../shared/journal.ts';
import type { BucketRule } from '../../../shared/minio.ts';
import { isAppError } from '../../../shared/rpc/errors.ts';
import type { MinioAdmin } from '../../clients/minioAdmin/adminClient.ts';
import { ruleName } from '../../clients/s3/bucketRule.ts';

type Since = AuditBucket['ruleSince'];

/**
 * Since when a bucket has its present rule, and who knows. MinIO tells the time of its own record only while site
 * replication is on; nothing in S3 tells it. Else what Sealdeck's journal says it did itself, if that is still the rule.
 */
export async function ruleTimes(
  admin: Pick<MinioAdmin, 'ruleTimes'>,
  journal: readonly string[],
): Promise<(bucket: string, rule: BucketRule | undefined) => Since> {
  const server = await admin.ruleTimes().catch((error: unknown) => {
    if (isAppError(error)) return new Map<string, string>();
    throw error;
  });
  const written = writtenRules(journal);
  return (bucket, rule) => {
    if (rule === undefined || rule.kind === 'none') return undefined;
    const at = server.get(bucket);
    if (at !== undefined) return { at, from: 'server' };
    const own = written.get(bucket);
    return own?.rule === ruleName(rule) ? { at: own.at, from: 'journal' } : undefined;
  };
}

/** The last rule that Sealdeck wrote for each bucket; the same one written again does not count as a new one. */
function writtenRules(lines: readonly string[]): Map<string, { rule: string; at: string }> {
  const rules = new Map<string, { rule: string; at: string }>();
  for (const line of lines) {
    const entry = journalEntry.safeParse(parsed(line)).data;
    if (entry?.action.code !== 'bucketDidRule' || entry.outcome !== 'done') continue;
    const { bucket, rule } = entry.action.params ?? {};
    if (typeof bucket !== 'string' || typeof rule !== 'string' || rules.get(bucket)?.rule === rule) continue;
    rules.set(bucket, { rule, at: entry.at });
  }
  return rules;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
