import { z } from 'zod';
import type { ObjectRow, ObjectState } from '../../../shared/objects.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { ErrorFrame } from '../../../shared/rpc/frames.ts';
import { say } from '../../../shared/text.ts';
import type { Listed, ListingClient, Page, PageRequest, PageToken } from '../../clients/s3/listing.ts';
import { eachOf } from '../../platform/eachOf.ts';

export interface ListOrder {
  bucket: string;
  prefix: string;
  token?: string | undefined;
  versions: boolean;
  /** Only names below the prefix with this text; case does not matter. */
  contains?: string | undefined;
  folders: boolean;
  /** Entries of one request to the server. */
  limit?: number | undefined;
}

export interface ObjectsPage {
  prefixes: string[];
  objects: ObjectRow[];
  /** Entries that were looked at for them. */
  scanned: number;
  next?: string;
  /** What keeps the server from listing the objects behind these. */
  blocked?: ErrorFrame;
}

const headsAtOnce = 16;
/** A search gives what it has after so many pages, or so long: the window shows how far it is, and goes on. */
const scanPages = 20;
const scanMs = 1_500;
/** Refusals of a whole page that one object can cause (minio.md 4.6). */
export const blocking: readonly string[] = [
  'kmsKeyNotFound',
  'kmsNotAuthorised',
  'kmsUnavailable',
  'kmsKeyDiffers',
  'kmsNotConfigured',
  'objectTampered',
];

/** One page for people. What the server does not say for certain is asked object by object. Throws `listingBlocked` when the first object is the one. */
export async function listForPeople(client: ListingClient, order: ListOrder, signal?: AbortSignal): Promise<ObjectsPage> {
  const { bucket, prefix, versions, folders, limit = 1000 } = order;
  const wanted = order.contains?.toLowerCase() ?? '';
  const fits = (name: string): boolean => wanted === '' || name.slice(prefix.length).toLowerCase().includes(wanted);
  const began = Date.now();
  let token = order.token === undefined ? undefined : readToken(order.token);
  let blocked: ErrorFrame | undefined;
  let scanned = 0;
  const prefixes: string[] = [];
  const found: Listed[] = [];
  for (let pages = 1; ; pages++) {
    const request: PageRequest = { bucket, versions, prefix, maxKeys: wanted === '' ? limit : 1000, unordered: true };
    if (folders) request.delimiter = '/';
    if (token) request.token = token;
    if (signal) request.signal = signal;
    const told = await pageOrPart(client, request);
    blocked = told.blocked;
    token = blocked ? undefined : told.page?.next;
    if (told.page) {
      scanned += told.page.entries.length + told.page.prefixes.length;
      prefixes.push(...told.page.prefixes.filter(fits));
      found.push(...told.page.entries.filter(({ key }) => fits(key)));
    }
    const enough = wanted === '' || found.length + prefixes.length >= limit || pages >= scanPages || Date.now() - began >= scanMs;
    if (token === undefined || blocked || enough) break;
  }
  if (blocked && scanned === 0 && order.token === undefined) throw new AppError('listingBlocked', { bucket, code: codeOf(blocked) });
  const objects = await eachOf(found, headsAtOnce, (entry) => rowOf(client, bucket, entry, signal));
  return { prefixes, objects, scanned, ...(token === undefined ? {} : { next: writeToken(token) }), ...(blocked ? { blocked } : {}) };
}

/** A page that one object makes fail is asked for in ever smaller parts, up to that object. */
async function pageOrPart(client: ListingClient, request: PageRequest): Promise<{ page?: Page; blocked?: ErrorFrame }> {
  // With a prefix and no marker `max-keys=1` shows the object of exactly that name as if there were no other (minio.md 4.1).
  const least = request.prefix !== '' && request.token === undefined ? 2 : 1;
  let page: Page | undefined;
  for (let size = request.maxKeys ?? 1000; ; ) {
    try {
      const token = page?.next ?? request.token;
      const part = await client.page({ ...request, ...(token ? { token } : {}), maxKeys: size });
      const whole = size === (request.maxKeys ?? 1000);
      page = page ? { ...part, entries: [...page.entries, ...part.entries], prefixes: [...page.prefixes, ...part.prefixes] } : part;
      if (whole || part.next === undefined) return { page };
    } catch (error) {
      if (!isAppError(error) || !blocking.includes(error.code)) throw error;
      // Without any KMS each of these questions takes seconds, and none of them will be answered.
      const away = error.code === 'kmsUnavailable' && (await client.ready(request.signal)) === false;
      if (size <= least || away) return { ...(page ? { page } : {}), blocked: error.frame };
      size = Math.max(least, Math.ceil(size / 4));
    }
  }
}

async function rowOf(client: ListingClient, bucket: string, entry: Listed, signal?: AbortSignal): Promise<ObjectRow> {
  const { key, size, modifiedAt, versionId, latest, deleteMarker, state, kmsKey } = entry;
  const row = { key, size, modifiedAt: new Date(modifiedAt).toISOString() };
  const version = versionId === undefined ? {} : { versionId, latest, ...(deleteMarker ? { deleteMarker } : {}) };
  if (deleteMarker) return { ...row, ...version, encryption: { state: 'notRead' } };
  const encryption = state === undefined ? await askFor(client, bucket, entry, signal) : { state, ...(kmsKey ? { key: kmsKey } : {}) };
  return { ...row, ...version, encryption };
}

/** Network failures end the listing; a refusal for one object, or of its name, is that object's state. */
async function askFor(client: ListingClient, bucket: string, { key, versionId }: Listed, signal?: AbortSignal): Promise<ObjectState> {
  const unknown = (code: string): ObjectState => ({ state: 'unknown', reason: say('stateNotSaid', { code }) });
  try {
    const { encryption, refusal, status } = await client.head(bucket, key, versionId, signal);
    return encryption ?? unknown(refusal?.code ?? String(status));
  } catch (error) {
    if (isAppError(error, 'objectNameRefused')) return unknown(error.code);
    throw error;
  }
}

const pageToken = z.union([
  z.strictObject({ continuation: z.string() }),
  z.strictObject({ keyMarker: z.string(), versionMarker: z.string() }),
]);

function writeToken(token: PageToken): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

/** Throws `invalidInput`. */
function readToken(token: string): PageToken {
  try {
    return pageToken.parse(JSON.parse(Buffer.from(token, 'base64url').toString()));
  } catch (error) {
    throw new AppError('invalidInput', { field: 'token', reason: 'no token of a listing' }, { cause: error });
  }
}

function codeOf(frame: ErrorFrame): string {
  return String(frame.details?.code ?? frame.code);
}
