import { buffer } from 'node:stream/consumers';
import tar from 'tar-stream';
import { writeBucketRule } from '../../electron/clients/s3/bucketRule.ts';
import { createSignedClient, type S3Endpoint, type SignedClient } from '../../electron/clients/s3/signedClient.ts';
import { benchKey } from './servers.ts';

export const kinds = ['plain', 'sse-kms', 'sse-s3'] as const;
export type Kind = (typeof kinds)[number];
export const shapes = ['flat', 'deep', 'versioned'] as const;
export type Shape = (typeof shapes)[number];

/** Key of the n-th object: all in one folder, or in folders four deep. */
export function keyOf(shape: Shape, n: number): string {
  const digits = String(n).padStart(8, '0');
  return shape === 'deep' ? `${digits.slice(0, 3)}/${digits.slice(3, 5)}/${digits.slice(5, 6)}/object-${digits}` : `object-${digits}`;
}

/** How many entries a listing of versions gives: each object was written twice. */
export const entriesOf = (shape: Shape, objects: number): number => (shape === 'versioned' ? 2 * objects : objects);

const atOnce = 2000;

/**
 * A bucket of small objects. MinIO unpacks an uploaded archive into objects (`x-amz-meta-snowball-auto-extract`), each
 * encrypted by the bucket's rule: five times as fast as one request an object.
 */
export async function fillBucket(endpoint: S3Endpoint, bucket: string, kind: Kind, shape: Shape, objects: number): Promise<void> {
  const s3 = createSignedClient(endpoint);
  try {
    await s3.demand({ method: 'PUT', path: [bucket] });
    if (shape === 'versioned') {
      const body = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
      await s3.demand({ method: 'PUT', path: [bucket], query: { versioning: '' }, body });
    }
    if (kind !== 'plain') {
      const body = writeBucketRule(kind === 'sse-s3' ? { kind } : { kind, key: benchKey });
      await s3.demand({ method: 'PUT', path: [bucket], query: { encryption: '' }, body });
    }
    for (let round = 0; round < (shape === 'versioned' ? 2 : 1); round++) {
      for (let at = 0; at < objects; at += atOnce) await unpack(s3, bucket, shape, at, Math.min(atOnce, objects - at));
    }
  } finally {
    await s3.close();
  }
}

async function unpack(s3: SignedClient, bucket: string, shape: Shape, from: number, count: number): Promise<void> {
  const pack = tar.pack();
  for (let n = from; n < from + count; n++) pack.entry({ name: keyOf(shape, n) }, `object ${n}`);
  pack.finalize();
  // All of it is ASCII: a request's body is text here.
  const body = (await buffer(pack)).toString('latin1');
  const headers = { 'x-amz-meta-snowball-auto-extract': 'true' };
  await s3.demand({ method: 'PUT', path: [bucket, 'archive.tar'], headers, body, timeoutMs: 300_000 });
}
