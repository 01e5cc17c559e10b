import type { Readable } from 'node:stream';
import type { BucketRule } from '../../../shared/minio.ts';
import type { ObjectRow, ObjectState } from '../../../shared/objects.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { ruleName } from '../../clients/s3/bucketRule.ts';
import { refuseName } from '../../clients/s3/objectName.ts';
import { stateName } from '../../clients/s3/objectState.ts';
import type { S3 } from '../../clients/s3/s3Client.ts';
import { digestOf } from '../../platform/digest.ts';

export interface Upload {
  bucket: string;
  key: string;
  body: Readable;
  length: number;
  type?: string;
  signal?: AbortSignal;
  onProgress?(bytes: number): void;
}

/** Uploads without headers of its own, so that the bucket's rule decides, and reads back how it landed. Throws `objectLandedDifferently`. */
export async function uploadByRule(s3: S3, upload: Upload): Promise<ObjectRow> {
  const { bucket, key, body, length, type, signal, onProgress } = upload;
  let rule: BucketRule;
  try {
    refuseName(key);
    ({ rule } = await s3.bucketRule(bucket));
  } catch (error) {
    body.destroy();
    throw error;
  }
  await s3.putObject(bucket, key, body, {
    length,
    ...(type ? { contentType: type } : {}),
    ...(signal ? { signal } : {}),
    ...(onProgress ? { onProgress } : {}),
  });
  const row = await readRow(s3, bucket, key);
  mustFollow(rule, row.encryption, `${bucket}/${key}`);
  return row;
}

/** Throws `objectMissing`. The size of an SSE-C object is not told without its key: 0. */
export async function readRow(s3: S3, bucket: string, key: string, signal?: AbortSignal): Promise<ObjectRow> {
  const { size = 0, modifiedAt, encryption } = await s3.headObject(bucket, key, signal);
  return { key, size, encryption, ...(modifiedAt === undefined ? {} : { modifiedAt }) };
}

/** Without a rule anything may come: the server's automatic encryption decides. */
export function mustFollow(rule: BucketRule, state: ObjectState, where: string): void {
  const same = rule.kind === 'none' || (state.state === rule.kind && (rule.kind !== 'sse-kms' || state.key === rule.key));
  if (!same) throw new AppError('objectLandedDifferently', { where, found: stateName(state), wanted: ruleName(rule) });
}

/** SHA-256 and size of what comes back. */
export async function contentOf(s3: S3, bucket: string, key: string, signal?: AbortSignal): Promise<{ sha256: string; bytes: number }> {
  return digestOf((await s3.getObject(bucket, key, signal ? { signal } : {})).body);
}
