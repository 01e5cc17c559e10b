import type { CopyEncrypt } from '../../../../shared/minioCopy.ts';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { say } from '../../../../shared/text.ts';
import { withListing, withObjectClient, withS3 } from '../../../clients/s3/forStack.ts';
import type { ListingClient } from '../../../clients/s3/listing.ts';
import { whereOf } from '../../../jobs/clusterView.ts';
import type { Report } from '../../../jobs/jobRunner.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { eachOf } from '../../../platform/eachOf.ts';
import { copyObject, type Ends } from './copyObject.ts';
import { type CopyRecord, type CopyRecords, copyEndOf } from './record.ts';

const atOnce = 4;
const mostFailures = 1000;

interface Run {
  readonly source: StackAccess;
  readonly target: StackAccess;
  readonly encrypt: CopyEncrypt;
  readonly records: CopyRecords;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/**
 * Copies every bucket, page by page of its names; a page that is done is on disk before the next one begins. Objects that fail are
 * named and the rest goes on. Throws `copyManyFailures`, `cancelled`, and what makes a list or a bucket impossible.
 */
export async function runCopy({ source, target, encrypt, records, report, signal }: Run): Promise<CopyRecord> {
  const found = await records.read(copyEndOf(target), copyEndOf(source));
  const earlier = found?.finishedAt === undefined ? found : undefined;
  const names = (await withS3(source, (s3) => s3.listBuckets())).map(({ name }) => name);
  let record: CopyRecord = {
    version: 1,
    from: source.stack.id,
    ...(source.cluster === undefined ? {} : { fromCluster: source.cluster }),
    fromName: whereOf(source),
    startedAt: earlier?.startedAt ?? new Date().toISOString(),
    encrypt,
    copied: earlier?.copied ?? 0,
    bytes: earlier?.bytes ?? 0,
    buckets: Object.fromEntries(names.map((name) => [name, earlier?.buckets[name] ?? { finished: false }])),
    // What failed before is tried again: it stands on a page that is done.
    failures: [],
  };
  const keep = async (change: Partial<CopyRecord>): Promise<void> => {
    record = { ...record, ...change };
    await records.write(copyEndOf(target), record);
    report({ note: say('copyProgress', { count: record.copied, bytes: record.bytes }) });
  };
  await keep({});
  if (earlier === undefined) await target.journal(say('copyJournal', { from: whereOf(source) }));
  await withObjectClient(source, (from) =>
    withObjectClient(target, (to) =>
      withListing(source, async (listing) => {
        const ends: Ends = { source: from, target: to };
        for (const { bucket, key } of earlier?.failures ?? []) await keep(await one(ends, record, bucket, key, encrypt, signal));
        for (const bucket of names) {
          if (record.buckets[bucket]?.finished) continue;
          await makeBucket(target, bucket);
          await copyBucket({ ends, listing, bucket, encrypt, signal, now: () => record, keep });
        }
      }),
    ),
  );
  await keep({ finishedAt: new Date().toISOString() });
  return record;
}

async function makeBucket(target: StackAccess, bucket: string): Promise<void> {
  await withS3(target, async (s3) => {
    if (!(await s3.bucketExists(bucket))) await s3.createBucket(bucket);
  });
}

interface BucketRun {
  ends: Ends;
  listing: ListingClient;
  bucket: string;
  encrypt: CopyEncrypt;
  signal: AbortSignal;
  now(): CopyRecord;
  keep(change: Partial<CopyRecord>): Promise<void>;
}

async function copyBucket({ ends, listing, bucket, encrypt, signal, now, keep }: BucketRun): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const { after } = now().buckets[bucket] ?? {};
    const page = await listing.page({
      bucket,
      versions: false,
      prefix: '',
      metadata: false,
      signal,
      ...(after === undefined ? {} : { after }),
    });
    const results = await eachOf(page.entries, atOnce, ({ key }) => copied(ends, bucket, key, encrypt, signal));
    const { copied: before, bytes, failures, buckets } = now();
    const done = results.filter((result) => typeof result === 'number');
    const failed = page.entries.flatMap(({ key }, at) => {
      const code = results[at];
      return typeof code === 'string' ? [{ bucket, key, code }] : [];
    });
    if (failures.length + failed.length > mostFailures)
      throw new AppError('copyManyFailures', { count: mostFailures, code: failed[0]?.code ?? '' });
    const last = page.entries.at(-1)?.key ?? after;
    const finished = page.next === undefined;
    await keep({
      copied: before + done.length,
      bytes: bytes + done.reduce((sum, size) => sum + size, 0),
      failures: [...failures, ...failed],
      buckets: { ...buckets, [bucket]: { finished, ...(last === undefined ? {} : { after: last }) } },
    });
    if (finished) return;
  }
}

/** Bytes, or the code of why not. What concerns no single object is thrown. */
async function copied(ends: Ends, bucket: string, key: string, encrypt: CopyEncrypt, signal: AbortSignal): Promise<number | string> {
  try {
    return await copyObject(ends, { bucket, key }, encrypt, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!isAppError(error) || error.code.startsWith('network') || error.code.startsWith('tls')) throw error;
    return error.code;
  }
}

async function one(
  ends: Ends,
  { copied: before, bytes, failures }: CopyRecord,
  bucket: string,
  key: string,
  encrypt: CopyEncrypt,
  signal: AbortSignal,
): Promise<Partial<CopyRecord>> {
  const result = await copied(ends, bucket, key, encrypt, signal);
  return typeof result === 'number'
    ? { copied: before + 1, bytes: bytes + result }
    : { failures: [...failures, { bucket, key, code: result }] };
}
