import type { DownloadResult, ObjectState } from '../../../../shared/objects.ts';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { say } from '../../../../shared/text.ts';
import type { CustomerKeys } from '../../../clients/s3/customerKeys.ts';
import type { ListingClient } from '../../../clients/s3/listing.ts';
import type { At, ObjectClient, ObjectFacts } from '../../../clients/s3/objectTypes.ts';
import { createRetries, type Patience, patience, type Retries } from '../../../clients/s3/retries.ts';
import type { Report } from '../../../jobs/jobRunner.ts';
import { forEachOf } from '../../../platform/eachOf.ts';
import { listForPeople } from '../list.ts';
import { expectedOf } from './contentCheck.ts';
import { type Found, findObject, openObject } from './find.ts';
import { type OnConflict, openPlace, type Place, writeFailure } from './place.ts';
import { safePath, versionName } from './safeNames.ts';
import { fill, leave, rangeBytes } from './transfer.ts';
import type { Unfinished } from './unfinished.ts';

export interface DownloadOrder {
  bucket: string;
  keys: readonly string[];
  versions: readonly { key: string; versionId: string }[];
  /** With neither keys nor versions: all below it. */
  prefix?: string | undefined;
  folder: string;
  onConflict: OnConflict;
}

interface Wanted {
  key: string;
  versionId?: string;
  /** Absent: only named. */
  listed?: { size: number; state: ObjectState['state'] };
}

interface Tools {
  client: ObjectClient;
  listing: ListingClient;
  keys: CustomerKeys;
  unfinished: Pick<Unfinished, 'begin'>;
  /** A shorter one for tests. */
  patience?: Patience;
}

const smallAtOnce = 8;
const namedAtMost = 100;
/** What the server says of one object passes sooner or not at all, and the others need not wait for it. */
const oneObjectMs = 8_000;
/** What ends the work for all that is left: the next object would fare no better. */
const fatal: ReadonlySet<string> = new Set(['cancelled', 'downloadDiskFull', 'minioCredentialRefused', 'minioClockSkew', 'bucketMissing']);

/** Downloads objects to a folder of this machine. Whatever happens, no name holds half of a file. Throws what ends it for all. */
export async function downloadToFolder(tools: Tools, order: DownloadOrder, report: Report, signal: AbortSignal): Promise<DownloadResult> {
  const result: DownloadResult = { files: 0, bytes: 0, compared: 0, skipped: 0, renamed: 0, failures: 0, failed: [] };
  const partNames = tools.unfinished.begin();
  const place = await openPlace(order.folder, order.onConflict, partNames);
  const writing = { note: say('objectsDownloading', { folder: place.root }) };
  const { retry, failed, worked } = createPatience(tools, (waits) =>
    report(waits ? { note: say('objectsDownloadWaits', { host: tools.client.host }) } : writing),
  );
  const { wanted, blocked } = await wantedOf(tools.listing, order, report, retry, signal);
  const fail = ({ key, versionId }: Wanted, error: AppError): void => {
    result.failures += 1;
    failed(error);
    if (result.failed.length < namedAtMost)
      result.failed.push({ key, error: error.frame, ...(versionId === undefined ? {} : { versionId }) });
  };
  if (blocked) fail(wanted.at(-1) ?? { key: order.prefix ?? '' }, AppError.of(blocked));
  let done = 0;
  report({ done, total: wanted.reduce((sum, { listed }) => sum + (listed?.size ?? 0), 0), ...writing });
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const onBytes = (bytes: number): void => {
    done += bytes;
    report({ done });
  };
  const work = async (one: Wanted): Promise<void> => {
    if (either.aborted) throw new AppError('cancelled');
    try {
      await downloadOne(tools, place, order, one, { signal: either, retry, worked, onBytes, result });
    } catch (error) {
      const ends = !isAppError(error) || fatal.has(error.code) || error.code.startsWith('network') || error.code.startsWith('tls');
      // Nobody waits for the others, which would end in the same way.
      if (ends) stop.abort();
      if (ends) throw error;
      fail(one, error);
    }
  };
  const isBig = ({ listed }: Wanted): boolean => (listed?.size ?? 0) > rangeBytes;
  try {
    await forEachOf(
      wanted.filter((one) => !isBig(one)),
      smallAtOnce,
      work,
    );
    // A big one takes several connections by itself.
    await forEachOf(wanted.filter(isBig), 1, work);
  } finally {
    await partNames.end();
    await place.sync();
  }
  return result;
}

/**
 * A server that is away is waited for. A refusal that may pass, such as of a KMS that is away, is tried for a while, and after
 * it failed one object not again until another one that needs the KMS worked.
 */
function createPatience({ patience: given = patience }: Pick<Tools, 'patience'>, tell: (waits: boolean) => void) {
  let refuses = false;
  const isOfTheWay = ({ code, details: { status } }: AppError): boolean =>
    code.startsWith('network') || (status !== undefined && status !== 500);
  const giveUpMs = (error: AppError): number => {
    const most = typeof given.giveUpMs === 'number' ? given.giveUpMs : given.giveUpMs(error);
    if (isOfTheWay(error)) return most;
    return refuses ? 0 : Math.min(most, oneObjectMs);
  };
  return {
    retry: createRetries((error) => tell(error !== undefined), { ...given, giveUpMs }),
    failed(error: AppError): void {
      if (error.details.status === 500) refuses = true;
    },
    worked({ encryption: { state } }: Pick<ObjectFacts, 'encryption'>): void {
      if (state === 'sse-kms' || state === 'sse-s3') refuses = false;
    },
  };
}

interface Run {
  signal: AbortSignal;
  retry: Retries;
  worked(facts: ObjectFacts): void;
  onBytes(bytes: number): void;
  result: DownloadResult;
}

async function downloadOne({ client, keys }: Tools, place: Place, order: DownloadOrder, one: Wanted, run: Run): Promise<void> {
  const { key, versionId, listed } = one;
  const { result, retry, signal } = run;
  const at: At = { bucket: order.bucket, key, versionId };
  const named = listed ? undefined : await retry(() => findObject(client, keys, at, signal), signal);
  const size = named?.facts.size ?? listed?.size ?? 0;
  const { parts, folder, changed } = pathOf(one, order.prefix);
  if (folder && size === 0) return place.makeFolder(parts);
  const file = await place.begin(parts, size);
  if (!file) {
    result.skipped += 1;
    return;
  }
  let compared: boolean;
  let bytes: number;
  try {
    // A small one whose key is the server's is opened at once: one request instead of two.
    const atOnce = listed !== undefined && listed.size <= rangeBytes && listed.state !== 'sse-c';
    const open = (): Promise<Found> => (atOnce ? openObject(client, at, signal) : findObject(client, keys, at, signal));
    const found = named ?? (await retry(open, signal));
    compared = await content(client, found, file.handle, run);
    run.worked(found.facts);
    bytes = found.facts.size;
  } catch (error) {
    await file.drop();
    throw writeFailure(error, place.root, size);
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

/** Below the folder: without what is common to all of the prefix, and with the version that was asked for. */
function pathOf({ key, versionId }: Wanted, prefix = ''): ReturnType<typeof safePath> {
  const below = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const path = safePath(key.startsWith(below) && key !== below ? key.slice(below.length) : key);
  if (versionId === undefined) return path;
  return { ...path, parts: path.parts.with(-1, versionName(path.parts.at(-1) ?? '', versionId)) };
}

async function content(
  client: ObjectClient,
  { at, facts, customerKey, opened }: Found,
  handle: Parameters<typeof fill>[1],
  { signal, retry, onBytes }: Run,
): Promise<boolean> {
  try {
    const expected = await retry(() => expectedOf(client, at, facts, customerKey), signal);
    return await fill({ client, at, facts, customerKey, signal, retry, onBytes, opened }, handle, expected);
  } finally {
    if (opened) leave(opened);
  }
}

/** What to download, with sizes where they are listed. */
async function wantedOf(listing: ListingClient, order: DownloadOrder, report: Report, retry: Retries, signal: AbortSignal) {
  const { bucket, keys, versions, prefix = '' } = order;
  if (keys.length + versions.length > 0) {
    const ids = new Map(versions.map(({ key, versionId }) => [JSON.stringify([key, versionId]), { key, versionId }]));
    const wanted: Wanted[] = [...[...new Set(keys)].map((key) => ({ key })), ...ids.values()];
    return { wanted };
  }
  const wanted: Wanted[] = [];
  for (let token: string | undefined; ; ) {
    const list = { bucket, prefix, token, versions: false, folders: false };
    const page = await retry(() => listForPeople(listing, list, signal), signal);
    wanted.push(...page.objects.map(({ key, size, encryption: { state } }) => ({ key, listed: { size, state } })));
    report({ note: say('objectsListing', { where: `${bucket}/${prefix}`, count: wanted.length }) });
    token = page.next;
    if (token === undefined) return { wanted, blocked: page.blocked };
  }
}
