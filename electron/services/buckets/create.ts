import type { BucketRow } from '../../../shared/buckets.ts';
import type { BucketRule } from '../../../shared/minio.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import { ruleName, sameRule } from '../../clients/s3/bucketRule.ts';
import { makeBucket, removeBucket, turnVersioningOn } from '../../clients/s3/bucketSettings.ts';
import type { StackAccess } from '../../jobs/step.ts';
import type { Minio } from './connection.ts';
import { readBucket } from './list.ts';
import { keyWorksNow } from './plan.ts';

export interface NewBucket {
  bucket: string;
  rule: BucketRule;
  versioning: boolean;
  lock: boolean;
}

/**
 * A bucket with its settings, or none: what a refusal left half made, while nobody can have written to it, is removed again.
 * Throws `bucketNameTaken`, `minioKeyFails`, `kms…`.
 */
export async function createBucket(access: Pick<StackAccess, 'journal'>, minio: Minio, wanted: NewBucket): Promise<BucketRow> {
  const { bucket, rule, versioning, lock } = wanted;
  const key = rule.kind === 'none' ? undefined : await keyWorksNow(minio, rule);
  if (key?.error) throw AppError.of(key.error);
  await makeBucket(minio.raw, bucket, { lock });
  try {
    if (rule.kind !== 'none') await minio.s3.setBucketRule(bucket, rule);
    // Object lock has turned it on already.
    if (versioning && !lock) await turnVersioningOn(minio.raw, bucket);
  } catch (error) {
    await removeBucket(minio.raw, bucket).catch(() => undefined);
    throw error;
  }
  await access.journal(say('bucketDidMake', { bucket }));
  if (rule.kind !== 'none') await access.journal(say('bucketDidRule', { bucket, rule: ruleName(rule) }));
  const found = await readBucket(minio, { name: bucket }, undefined);
  if (found.rule && !sameRule(found.rule, rule))
    throw new AppError('bucketRuleDiffers', { bucket, found: ruleName(found.rule), wanted: ruleName(rule) });
  return found;
}
