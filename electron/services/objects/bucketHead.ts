import type { BucketHead } from '../../../shared/objects.ts';
import { createMinioAdmin } from '../../clients/minioAdmin/adminClient.ts';
import { partOf } from '../../clients/partOf.ts';
import { readBucketLock } from '../../clients/s3/bucketSettings.ts';
import { createS3 } from '../../clients/s3/s3Client.ts';
import { createSignedClient, type S3Endpoint } from '../../clients/s3/signedClient.ts';

/** What a bucket does with new objects. Each part is asked by itself: what may not be read carries its own refusal. */
export async function bucketHeadOf(endpoint: S3Endpoint, bucket: string): Promise<BucketHead> {
  const [client, s3, admin] = [createSignedClient(endpoint), createS3(endpoint), createMinioAdmin(endpoint)];
  try {
    const [rule, versioning, lock, quota, usage] = await Promise.all([
      partOf(s3.bucketRule(bucket).then((found) => found.rule)),
      partOf(s3.bucketVersioning(bucket)),
      partOf(readBucketLock(client, bucket).then((found) => (found ? { on: true, ...found } : { on: false }))),
      partOf(admin.quota(bucket)),
      partOf(
        admin.usage().then((found) => {
          const counted = found?.buckets.get(bucket);
          return found && counted && { objects: counted.objects, bytes: counted.bytes, at: found.at };
        }),
      ),
    ]);
    return { bucket, rule, versioning, lock, quota, usage };
  } finally {
    await Promise.all([client.close(), s3.close(), admin.close()]);
  }
}
