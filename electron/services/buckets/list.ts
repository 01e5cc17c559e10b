import { auditStates } from '../../../shared/audit.ts';
import type { BucketRow } from '../../../shared/buckets.ts';
import { type Part, partOf } from '../../clients/partOf.ts';
import { type BucketLock, readBucketLock, readBucketPolicy } from '../../clients/s3/bucketSettings.ts';
import { eachOf } from '../../platform/eachOf.ts';
import type { Minio } from './connection.ts';
import { isDenied } from './denyPolicy.ts';
import type { AuditCount } from './deps.ts';

/** Each asks three or four things at once. */
const bucketsAtOnce = 8;

/** Every bucket with what its settings say, by name. A part that may not be read is absent, with its error. */
export async function listBuckets(minio: Minio, counts: ReadonlyMap<string, AuditCount>): Promise<BucketRow[]> {
  const buckets = (await minio.s3.listBuckets()).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return eachOf(buckets, bucketsAtOnce, (bucket) => readBucket(minio, bucket, counts.get(bucket.name)));
}

/** One bucket, as the grid shows it. */
export async function readBucket(
  { s3, raw }: Minio,
  { name, createdAt }: { name: string; createdAt?: string },
  count: AuditCount | undefined,
): Promise<BucketRow> {
  const asked = partOf(s3.bucketVersioning(name));
  const [rule, versioning, lock, policy] = await Promise.all([
    partOf(s3.bucketRule(name).then((found) => found.rule)),
    asked,
    // Object lock cannot be without versions: most buckets need not be asked for it.
    asked.then(async ({ value }): Promise<Part<BucketLock>> => (value === 'off' ? {} : partOf(readBucketLock(raw, name)))),
    partOf(readBucketPolicy(raw, name).then((text) => isDenied(text, { bucket: name, prefix: '' }))),
  ]);
  const parts: Part<unknown>[] = [rule, versioning, lock, policy];
  return {
    name,
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(rule.value === undefined ? {} : { rule: rule.value }),
    ...(versioning.value === undefined ? {} : { versioning: versioning.value }),
    ...(lock.value === undefined ? {} : { lock: lock.value }),
    ...(policy.value === undefined ? {} : { requiresHeader: policy.value }),
    ...(count === undefined ? {} : { plaintext: plaintextOf(count) }),
    errors: parts.flatMap(({ error }) => (error ? [error] : [])),
  };
}

const plaintext = auditStates.indexOf('plaintext');

/** How many objects of the bucket the audit found open, and which part of all that is. Pure. */
export function plaintextOf({ auditId, at, current }: AuditCount): NonNullable<BucketRow['plaintext']> {
  const all = current.objects.reduce((sum, objects) => sum + objects, 0);
  const objects = current.objects[plaintext] ?? 0;
  return { objects, bytes: current.bytes[plaintext] ?? 0, share: all === 0 ? 0 : objects / all, at, auditId };
}
