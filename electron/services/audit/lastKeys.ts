import type { Audit, AuditBucket, AuditKey } from '../../../shared/audit.ts';
import type { Text } from '../../../shared/text.ts';
import { limitsOf } from './findings.ts';
import { lastCounts } from './lastCounts.ts';

export interface LastKeys {
  /** What each key protects in each bucket, of the bucket's newest finished audit. */
  keys: { key: AuditKey; at: string }[];
  /** The oldest of those audits; absent: there is none. */
  at?: string;
  buckets: number;
  /** What they could not see. */
  notSeen: Text[];
}

/** For each bucket what its newest finished audit counted for every key. `audits`: newest first. */
export async function lastKeys(
  audits: readonly Audit[],
  bucketsOf: (id: string) => Promise<readonly AuditBucket[]>,
  keysOf: (id: string) => Promise<readonly AuditKey[]>,
): Promise<LastKeys> {
  const counts = await lastCounts(audits, bucketsOf);
  const used = [...new Set([...counts.values()].map(({ auditId }) => auditId))];
  const found: LastKeys = { keys: [], buckets: counts.size, notSeen: [] };
  for (const id of used) {
    for (const key of await keysOf(id)) {
      const count = counts.get(key.bucket);
      if (count?.auditId === id) found.keys.push({ key, at: count.at });
    }
  }
  const told = audits.filter(({ id }) => used.includes(id)).flatMap((audit) => limitsOf(audit));
  found.notSeen = [...new Map(told.map((text) => [text.code, text])).values()];
  const oldest = [...counts.values()].map(({ at }) => at).toSorted()[0];
  return oldest === undefined ? found : { ...found, at: oldest };
}
