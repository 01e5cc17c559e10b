import type { CopyPlan } from '../../../../shared/minioCopy.ts';
import { say, type Text } from '../../../../shared/text.ts';
import { withListing, withS3 } from '../../../clients/s3/forStack.ts';
import type { ListingClient } from '../../../clients/s3/listing.ts';
import type { StackAccess } from '../../../jobs/step.ts';

const mostCounted = 100_000;
/** Small objects and bytes a second, as measured between two servers of one machine: read, written, read again. */
const objectsPerSecond = 60;
const bytesPerSecond = 60_000_000;

/** What is there to be copied, and what a copy does not carry over. */
export async function planCopy(source: StackAccess, target: StackAccess, signal: AbortSignal): Promise<CopyPlan> {
  const names = (await withS3(source, (s3) => s3.listBuckets())).map(({ name }) => name);
  const versioned = await withS3(source, async (s3) => {
    const found: string[] = [];
    for (const name of names) if ((await s3.bucketVersioning(name)) !== 'off') found.push(name);
    return found;
  });
  const known = new Set((await withS3(target, (s3) => s3.listBuckets())).map(({ name }) => name));
  const buckets = await withListing(source, (from) =>
    withListing(target, async (to) => {
      const rows: CopyPlan['buckets'] = [];
      for (const name of names) {
        const there = known.has(name) ? (await count(to, name, signal)).objects : undefined;
        rows.push({ name, ...(await count(from, name, signal)), ...(there === undefined ? {} : { there }) });
      }
      return rows;
    }),
  );
  const objects = buckets.reduce((sum, row) => sum + row.objects, 0);
  const bytes = buckets.reduce((sum, row) => sum + row.bytes, 0);
  const taken = buckets.filter(({ there = 0 }) => there > 0).map(({ name }) => name);
  const warnings: Text[] = [
    ...(versioned.length > 0 ? [say('copyVersions', { names: versioned.slice(0, 10).join(', ') })] : []),
    ...(taken.length > 0 ? [say('copyThere', { names: taken.slice(0, 10).join(', ') })] : []),
    say('copyLeavesOut'),
    say('copyWriters'),
  ];
  return { buckets, seconds: Math.ceil(Math.max(objects / objectsPerSecond, bytes / bytesPerSecond)), warnings };
}

async function count(
  listing: ListingClient,
  bucket: string,
  signal: AbortSignal,
): Promise<{ objects: number; bytes: number; counted: boolean }> {
  let objects = 0;
  let bytes = 0;
  let after: string | undefined;
  for (;;) {
    const page = await listing.page({
      bucket,
      versions: false,
      prefix: '',
      metadata: false,
      signal,
      ...(after === undefined ? {} : { after }),
    });
    objects += page.entries.length;
    bytes += page.entries.reduce((sum, { size }) => sum + size, 0);
    after = page.entries.at(-1)?.key;
    if (page.next === undefined || after === undefined) return { objects, bytes, counted: true };
    if (objects >= mostCounted) return { objects, bytes, counted: false };
  }
}
