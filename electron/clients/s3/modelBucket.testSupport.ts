import type { AuditState } from '../../../shared/audit.ts';
import { compareKeys } from './keyOrder.ts';

/** One version of an object of a model server. All has defaults: 5 bytes of plaintext. */
export interface ModelObject {
  size?: number;
  /** ms since 1970. */
  modifiedAt?: number;
  etag?: string;
  /** How page and HEAD tell it. `unknown`: as without the right to read: no metadata, HEAD 403. `unreadable`: HEAD 206. */
  state?: AuditState;
  kmsKey?: string;
  context?: boolean;
  versionId?: string;
  deleteMarker?: boolean;
  /** Text inside `UserMetadata` as it stands, instead of what `state` says. */
  metadata?: string;
  /** `false`: no `Internal`, as before 2023-05. */
  internal?: boolean;
  /** Every page that shows it, not rolled up, is refused like this (minio.md 4.6). */
  blocks?: ModelRefusal;
  /** Reading a byte is refused like this. */
  unreadable?: ModelRefusal;
}

export interface ModelRefusal {
  status: number;
  code: string;
  message?: string;
}

export interface ModelBucket {
  /** In the order of UTF-8 bytes; computed ones need no memory. */
  keys: string[] | { readonly count: number; at(index: number): string };
  /** What stands behind a key, or its versions, newest first. Default: one plaintext object. */
  object?(key: string): ModelObject | readonly ModelObject[];
}

export interface ListingQuery {
  versions: boolean;
  metadata: boolean;
  prefix: string;
  delimiter: string;
  maxKeys: number;
  /** Exclusive. */
  after: string;
  versionAfter: string;
  /** Whether the position came from a token or a marker: `max-keys=1` with a prefix is special without. */
  marked: boolean;
}

/** What stands on one page, before it is written as XML. */
export interface ModelPage {
  entries: { key: string; object: ModelObject; latest: boolean }[];
  prefixes: string[];
  truncated: boolean;
  /** Key or prefix of the last entry, and its version: '' where the bucket never kept versions. */
  last: string;
  lastVersion: string;
}

/** The versions of a key, newest first. */
export function versionsOf(bucket: ModelBucket, key: string): readonly ModelObject[] {
  const found = bucket.object?.(key) ?? {};
  return Array.isArray(found) ? (found as readonly ModelObject[]) : [found as ModelObject];
}

export function countOf({ keys }: ModelBucket): number {
  return Array.isArray(keys) ? keys.length : keys.count;
}

export function keyAt({ keys }: ModelBucket, index: number): string {
  return (Array.isArray(keys) ? keys[index] : keys.at(index)) ?? '';
}

/** Place of the first key for which `isPast` holds; it must hold for all after it. */
export function firstIndex(bucket: ModelBucket, isPast: (key: string) => boolean): number {
  let [low, high] = [0, countOf(bucket)];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isPast(keyAt(bucket, middle))) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** One page by the rules of minio.md 4.1. */
export function listModel(bucket: ModelBucket, query: ListingQuery): ModelPage {
  const { versions, prefix, delimiter, maxKeys, after, versionAfter } = query;
  const page: ModelPage = { entries: [], prefixes: [], truncated: false, last: '', lastVersion: '' };
  if (maxKeys === 0) return page;
  if (!versions && maxKeys === 1 && prefix !== '' && !query.marked) {
    const [newest] = holds(bucket, prefix) ? versionsOf(bucket, prefix) : [];
    if (newest && !newest.deleteMarker) return { ...page, entries: [{ key: prefix, object: newest, latest: true }], last: prefix };
  }
  const count = countOf(bucket);
  const from = compareKeys(after, prefix) < 0 ? prefix : after;
  let index = firstIndex(bucket, (key) => {
    const order = compareKeys(key, from);
    return order > 0 || (order === 0 && (from !== after || after === '' || versionAfter !== ''));
  });
  const isFull = (): boolean => page.entries.length + page.prefixes.length >= maxKeys;
  while (index < count) {
    const key = keyAt(bucket, index);
    if (!key.startsWith(prefix)) break;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (end !== -1) {
      const folded = key.slice(0, end + delimiter.length);
      index = firstIndex(bucket, (other) => compareKeys(other, folded) > 0 && !other.startsWith(folded));
      // MinIO walks folders as such: one that the position lies in is not shown again.
      if (delimiter === '/' && compareKeys(folded, after) <= 0) continue;
      if (isFull()) return { ...page, truncated: true };
      page.prefixes.push(folded);
      // With other delimiters MinIO's own token shows a folded name again (not modelled): here it goes on behind it.
      Object.assign(page, { last: delimiter === '/' ? folded : keyAt(bucket, index - 1), lastVersion: '' });
      continue;
    }
    const all = versionsOf(bucket, key);
    // A version that is not there begins the key again (minio.md 4.1); `null` is one as any other (seen).
    const goesOn = versions && key === after;
    const skipped = goesOn ? all.findIndex(({ versionId = 'null' }) => versionId === versionAfter) + 1 : 0;
    const shown = versions ? all.slice(skipped) : all.slice(0, 1).filter(({ deleteMarker }) => !deleteMarker);
    for (const object of shown) {
      if (isFull()) return { ...page, truncated: true };
      page.entries.push({ key, object, latest: object === all[0] });
      Object.assign(page, { last: key, lastVersion: object.versionId ?? '' });
    }
    index++;
  }
  return page;
}

export function holds(bucket: ModelBucket, key: string): boolean {
  const place = placeOf(bucket, key);
  return place < countOf(bucket) && keyAt(bucket, place) === key;
}

/** While the server runs, as another writer does. Only for keys in an array. */
export function insertKey(bucket: ModelBucket, key: string): void {
  if (!holds(bucket, key)) keysOf(bucket).splice(placeOf(bucket, key), 0, key);
}

export function removeKey(bucket: ModelBucket, key: string): void {
  if (holds(bucket, key)) keysOf(bucket).splice(placeOf(bucket, key), 1);
}

function placeOf(bucket: ModelBucket, key: string): number {
  return firstIndex(bucket, (other) => compareKeys(other, key) >= 0);
}

function keysOf({ keys }: ModelBucket): string[] {
  if (!Array.isArray(keys)) throw new Error('computed keys cannot change');
  return keys;
}
