import { z } from 'zod';
import type { S3 } from '../../../clients/s3/s3Client.ts';
import { digestOf } from '../../../platform/digest.ts';

/** One encrypted object that was read, and the SHA-256 of its beginning. */
export const sample = z.object({ bucket: z.string(), key: z.string(), sha256: z.string() });
export type Sample = z.infer<typeof sample>;

const mostBuckets = 200;
const eachBucket = 3;
const readBytes = 65_536;

/**
 * Reads the beginning of some encrypted objects of every bucket: by sample, from the first thousand names. Those of
 * SSE-KMS must be under `key`; SSE-S3 always is.
 */
export async function takeSamples(s3: S3, key: string, signal: AbortSignal): Promise<{ samples: Sample[]; buckets: number }> {
  const buckets = (await s3.listBuckets()).slice(0, mostBuckets);
  const samples: Sample[] = [];
  for (const { name: bucket } of buckets) {
    signal.throwIfAborted();
    const { objects } = await s3.listObjects(bucket, { signal });
    const sealed = objects.filter(
      ({ size, encryption }) =>
        size > 0 && (encryption?.state === 'sse-s3' || (encryption?.state === 'sse-kms' && (encryption.key ?? key) === key)),
    );
    const last = sealed.length - 1;
    const chosen = new Set([0, Math.floor(last / 2), last].slice(0, eachBucket).map((at) => sealed[at]?.key));
    for (const name of chosen) if (name !== undefined) samples.push({ bucket, key: name, sha256: await digest(s3, bucket, name, signal) });
  }
  return { samples, buckets: buckets.length };
}

/** Throws what the server refuses. */
export async function digest(s3: S3, bucket: string, key: string, signal: AbortSignal): Promise<string> {
  const { body } = await s3.getObject(bucket, key, { range: `bytes=0-${readBytes - 1}`, signal });
  return (await digestOf(body)).sha256;
}
