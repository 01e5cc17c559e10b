import type { DownloadResult, ObjectState } from '../../../../shared/objects.ts';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { say } from '../../../../shared/text.ts';
import type { CustomerKeys } from '../../../clients/s3/customerKeys.ts';
import type { ListingClient } from '../../../clients/s3/listing.ts';
import type { ObjectClient } from '../../../clients/s3/objectTypes.ts';
import type { Report } from '../../../jobs/jobRunner.ts';
import { eachOf } from '../../../platform/eachOf.ts';
import { listForPeople } from '../list.ts';
import { expectedOf } from './contentCheck.ts';
import { type Found, findObject, openObject } from './find.ts';
import { type OnConflict, openPlace, type Place, writeFailure } from './place.ts';
import { safePath } from './safeNames.ts';
import { fill, leave, rangeBytes } from './transfer.ts';

export interface DownloadOrder {
  bucket: string;
  /** Absent or none: all below the prefix. */
  keys: readonly string[];
  prefix?: string | undefined;
  folder: string;
  onConflict: OnConflict;
}

interface Wanted {
  key: string;
  /** Absent: only named. */
  listed?: { size: number; state: ObjectState['state'] };
}

interface Tools {
  client: ObjectClient;
  listing: ListingClient;
  keys: CustomerKeys;
}

const smallAtOnce = 8;
const namedAtMost = 100;
/** What ends the work for all that is left: the next object would fare no better. */
const fatal: ReadonlySet<string> = new Set(['cancelled', 'downloadDiskFull', 'minioCredentialRefused', 'minioClockSkew', 'bucketMissing']);

/** Downloads objects to a folder of this machine. Whatever happens, no name holds half of a file. Throws what ends it for all. */
export async function downloadToFolder(tools: Tools, order: DownloadOrder, report: Report, signal: AbortSignal): Promise<DownloadResult> {
  const result: DownloadResult = { files: 0, bytes: 0, compared: 0, skipped: 0, renamed: 0, failures: 0, failed: [] };
  const place = await openPlace(order.folder, order.onConflict);
  const { wanted, blocked } = await wantedOf(tools.listing, order, report, signal);
  const fail = (key: string, error: AppError): void => {
    result.failures += 1;
    if (result.failed.length < namedAtMost) result.failed.push({ key, error: error.frame });
  };
  if (blocked) fail(wanted.at(-1)?.key ?? order.prefix ?? '', AppError.of(blocked));
  let done = 0;
  report({
    done,
    total: wanted.reduce((sum, { listed }) => sum + (listed?.size ?? 0), 0),
    note: say('objectsDownloading', { folder: place.root }),
  });
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const onBytes = (bytes: number): void => {
    done += bytes;
    report({ done });
  };
  const work = async (one: Wanted): Promise<void> => {
    if (either.aborted) throw new AppError('cancelled');
    try {
      await downloadOne(tools, place, order, one, { signal: either, onBytes, result });
    } catch (error) {
      const ends = !isAppError(error) || fatal.has(error.code) || error.code.startsWith('network') || error.code.startsWith('tls');
      if (ends) throw error;
      fail(one.key, error);
    }
  };
  try {
    await eachOf(
      wanted.filter(({ listed }) => (listed?.size ?? 0) <= rangeBytes),
      smallAtOnce,
      work,
    );
    // A big one takes several connections by itself.
    await eachOf(
      wanted.filter(({ listed }) => (listed?.size ?? 0) > rangeBytes),
      1,
      work,
    );
  } finally {
    stop.abort();
    await place.sync();
  }
  return result;
}

interface Run {
  signal: AbortSignal;
  onBytes(bytes: number): void;
  result: DownloadResult;
}

async function downloadOne(
  { client, keys }: Tools,
  place: Place,
  { bucket, prefix }: DownloadOrder,
  { key, listed }: Wanted,
  { signal, onBytes, result }: Run,
): Promise<void> {
  const below = prefix?.slice(0, prefix.lastIndexOf('/') + 1) ?? '';
  const { parts, folder, changed } = safePath(key.startsWith(below) && key !== below ? key.slice(below.length) : key);
  if (folder && (listed?.size ?? 0) === 0) return place.makeFolder(parts);
  const at = { bucket, key };
  const named = listed ? undefined : await findObject(client, keys, at, signal);
  const file = await place.begin(parts, named?.facts.size ?? listed?.size ?? 0);
  if (!file) {
    result.skipped += 1;
    return;
  }
  let compared: boolean;
  let bytes: number;
  try {
    // A small one whose key is the server's is opened at once: one request instead of two.
    const atOnce = listed !== undefined && listed.size <= rangeBytes && listed.state !== 'sse-c';
    const found = named ?? (atOnce ? await openObject(client, at, signal) : await findObject(client, keys, at, signal));
    compared = await content(client, found, file.handle, signal, onBytes);
    bytes = found.facts.size;
  } catch (error) {
    await file.drop();
    throw isAppError(error) ? error : writeFailure(error, place.root);
  }
  const kept = await file.keep();
  if (!kept) {
    result.skipped += 1;
    return;
  }
  result.files += 1;
  result.bytes += bytes;
  if (compared) result.compared += 1;
  if (kept.renamed || changed) result.renamed += 1;
}

async function content(
  client: ObjectClient,
  { at, facts, customerKey, opened }: Found,
  handle: Parameters<typeof fill>[1],
  signal: AbortSignal,
  onBytes: Run['onBytes'],
): Promise<boolean> {
  try {
    const expected = await expectedOf(client, at, facts, customerKey);
    return await fill({ client, at, facts, customerKey, signal, onBytes, opened }, handle, expected);
  } finally {
    if (opened) leave(opened);
  }
}

/** What to download, with sizes where they are listed. */
async function wantedOf(listing: ListingClient, { bucket, keys, prefix = '' }: DownloadOrder, report: Report, signal: AbortSignal) {
  if (keys.length > 0) return { wanted: [...new Set(keys)].map((key): Wanted => ({ key })) };
  const wanted: Wanted[] = [];
  for (let token: string | undefined; ; ) {
    const page = await listForPeople(listing, { bucket, prefix, token, versions: false, folders: false }, signal);
    wanted.push(...page.objects.map(({ key, size, encryption: { state } }) => ({ key, listed: { size, state } })));
    report({ note: say('objectsListing', { where: `${bucket}/${prefix}`, count: wanted.length }) });
    token = page.next;
    if (token === undefined) return { wanted, blocked: page.blocked };
  }
}
