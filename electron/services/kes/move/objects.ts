import { withListing, withObjectClient, withS3 } from '../../../clients/s3/forStack.ts';
import type { Listed } from '../../../clients/s3/listing.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { digestOf } from '../../../platform/digest.ts';
import type { ReadObject } from './state.ts';

/** Enough for one object of each key in all but the strangest stores; what was not looked at is said. */
const mostPages = 300;

interface Sample {
  bucket: string;
  entry: Listed;
}
export interface Use {
  objects: number;
  /** The smallest that has bytes, of SSE-S3 and of SSE-KMS: they are read whole. */
  samples: Partial<Record<'sse-s3' | 'sse-kms', Sample>>;
}
export interface Uses {
  byKey: ReadonlyMap<string, Use>;
  /** Every object was looked at. */
  whole: boolean;
}

/** Which key seals what, by the listing's own metadata. SSE-S3 objects name no key there: they count for MinIO's default one. */
export async function usesOfKeys(access: StackAccess, signal?: AbortSignal, most = mostPages): Promise<Uses> {
  const defaultKey = access.stack.minioClusters[0]?.defaultKey ?? '';
  const byKey = new Map<string, Use>();
  const buckets = await withS3(access, (s3) => s3.listBuckets());
  const stop = signal === undefined ? {} : { signal };
  let pages = 0;
  await withListing(access, async (listing) => {
    for (const { name: bucket } of buckets) {
      let page = await listing.page({ bucket, versions: true, prefix: '', ...stop });
      for (;;) {
        pages += 1;
        for (const entry of page.entries) count(byKey, entry, bucket, defaultKey);
        if (page.next === undefined || pages >= most) break;
        page = await listing.page({ bucket, versions: true, prefix: '', token: page.next, ...stop });
      }
    }
  });
  return { byKey, whole: pages < most };
}

function count(byKey: Map<string, Use>, entry: Listed, bucket: string, defaultKey: string): void {
  if (entry.deleteMarker || (entry.state !== 'sse-kms' && entry.state !== 'sse-s3')) return;
  const key = entry.state === 'sse-kms' ? (entry.kmsKey ?? defaultKey) : defaultKey;
  const use = byKey.get(key) ?? { objects: 0, samples: {} };
  const before = use.samples[entry.state]?.entry;
  const better = before === undefined || (entry.size > 0 && (before.size === 0 || entry.size < before.size));
  byKey.set(key, { objects: use.objects + 1, samples: better ? { ...use.samples, [entry.state]: { bucket, entry } } : use.samples });
}

/** Reads an object of each key and kind whole, through whichever KES MinIO has now. */
export async function readSamples(access: StackAccess, uses: Uses, signal: AbortSignal): Promise<ReadObject[]> {
  const found: ReadObject[] = [];
  for (const [key, { samples }] of uses.byKey) {
    for (const { bucket, entry } of Object.values(samples)) {
      const at = { bucket, name: entry.key, ...(entry.versionId === undefined ? {} : { versionId: entry.versionId }) };
      found.push({ key, ...at, ...(await readWhole(access, at, signal)) });
    }
  }
  return found;
}

/** Size and SHA-256 of every byte of an object. */
export async function readWhole(
  access: StackAccess,
  { bucket, name, versionId }: Pick<ReadObject, 'bucket' | 'name' | 'versionId'>,
  signal: AbortSignal,
): Promise<{ size: number; sha256: string }> {
  return withObjectClient(access, async (client) => {
    const { body } = await client.get({ bucket, key: name, ...(versionId === undefined ? {} : { versionId }) }, { signal });
    const { bytes: size, sha256 } = await digestOf(body);
    return { size, sha256 };
  });
}
