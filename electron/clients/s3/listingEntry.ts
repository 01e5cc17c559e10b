import type { Listed } from './listing.ts';
import { kmsKeyOf, metadataAt, noFacts, stateOfFacts } from './listingMetadata.ts';
import { decodeText, readTime } from './listingText.ts';

export interface EntryReader {
  /** Position behind the entry. -1: it is no entry of this grammar. */
  end: number;
  /** Its key as it stands there. */
  entry: Listed;
  /** Names of metadata broke the entry, and its end was looked for: a false one shows in the number of entries. */
  broken: boolean;
  metadata: boolean;
}

export const endTags = { Contents: '</Contents>', Version: '</Version>', DeleteMarker: '</DeleteMarker>' } as const;
export type EntryTag = keyof typeof endTags;

const seenKey = 1;
const seenTime = 2;
const seenTag = 4;
const seenSize = 8;
const seenLatest = 16;
const seenVersion = 32;
const seenMetadata = 64;
const seenInternal = 128;
const whole = seenKey | seenTime | seenSize;
const endOfVersion = /<IsLatest>(true|false)<\/IsLatest><VersionId>([^<]*)<\/VersionId>$/;
const standardClass = '<StorageClass>STANDARD</StorageClass>';
let facts = noFacts();
// The same in nearly all entries: stepped over at once.
let lastOwner = '<Owner></Owner>';
let lastInternal = '<Internal><K>1</K><M>0</M></Internal>';

/**
 * Reads one entry, behind its start tag; its end tag must be in the text. The order is free, as servers differ; what is not
 * known is stepped over, and nothing may come twice.
 */
export function readEntry(text: string, from: number, tag: EntryTag, into: EntryReader): void {
  const endTag = endTags[tag];
  let seen = 0;
  let at = from;
  let rawKey = '';
  let size = 0;
  let time = 0;
  let etag = '';
  let latest = true;
  let versionId: string | undefined;
  let broken = false;
  into.end = -1;
  // MinIO's own order at once.
  const keyEnd = text.indexOf('<', at + 5);
  const tagAt = keyEnd + 70;
  if (
    text.startsWith('<Key>', at) &&
    text.startsWith('</Key><LastModified>', keyEnd) &&
    text.startsWith('</LastModified><ETag>&#34;', keyEnd + 44)
  ) {
    const tagEnd = text.indexOf('&', tagAt);
    const sizeEnd = text.indexOf('<', tagEnd + 18);
    if (text.startsWith('&#34;</ETag><Size>', tagEnd) && text.startsWith('</Size>', sizeEnd)) {
      rawKey = text.slice(at + 5, keyEnd);
      time = readTime(text, keyEnd + 20, keyEnd + 44);
      etag = text.slice(tagAt, tagEnd);
      size = readSize(text, tagEnd + 18, sizeEnd);
      seen = seenKey | seenTime | seenTag | seenSize;
      at = sizeEnd + 7;
    }
  }
  while (!text.startsWith(endTag, at)) {
    let bit = 0;
    let end = -1;
    switch (text.charCodeAt(at + 1)) {
      case 0x4b:
        if (!text.startsWith('<Key>', at)) break;
        bit = seenKey;
        end = text.indexOf('<', at + 5);
        rawKey = text.slice(at + 5, end);
        end = behind(text, end, '</Key>');
        break;
      case 0x4c:
        if (!text.startsWith('<LastModified>', at)) break;
        bit = seenTime;
        end = text.indexOf('<', at + 14);
        time = readTime(text, at + 14, end);
        end = behind(text, end, '</LastModified>');
        break;
      case 0x45:
        if (!text.startsWith('<ETag>', at)) break;
        bit = seenTag;
        end = text.indexOf('<', at + 6);
        etag = readTag(text, at + 6, end);
        end = behind(text, end, '</ETag>');
        break;
      case 0x53:
        if (text.startsWith('<Size>', at)) {
          bit = seenSize;
          end = text.indexOf('<', at + 6);
          size = readSize(text, at + 6, end);
          end = behind(text, end, '</Size>');
        } else if (text.startsWith(standardClass, at)) end = at + standardClass.length;
        break;
      case 0x4f:
        if (text.startsWith(lastOwner, at)) end = at + lastOwner.length;
        else if (text.startsWith('<Owner>', at)) {
          end = skipElement(text, at, 0);
          if (end !== -1) lastOwner = text.slice(at, end);
        }
        break;
      case 0x55:
        if (!text.startsWith('<UserMetadata>', at)) break;
        bit = seenMetadata;
        facts = metadataAt(text, at + 14);
        end = facts.end;
        break;
      case 0x49:
        if (text.startsWith('<Internal>', at)) {
          bit = seenInternal;
          if (text.startsWith(lastInternal, at)) end = at + lastInternal.length;
          else {
            end = skipElement(text, at, 0);
            if (end !== -1) lastInternal = text.slice(at, end);
          }
        } else if (text.startsWith('<IsLatest>', at)) {
          bit = seenLatest;
          latest = text.startsWith('true<', at + 10);
          end = behind(text, text.indexOf('<', at + 10), '</IsLatest>');
        }
        break;
      case 0x56:
        if (!text.startsWith('<VersionId>', at)) break;
        bit = seenVersion;
        end = text.indexOf('<', at + 11);
        versionId = text.slice(at + 11, end);
        end = behind(text, end, '</VersionId>');
        break;
    }
    if (end === -1 && bit === 0) end = skipElement(text, at, 0);
    if (end === -1 || (seen & bit) !== 0) {
      if (((seen | bit) & seenMetadata) === 0 || tag === 'DeleteMarker') return;
      // From the metadata on it may be the uploader's text.
      broken = true;
      at = text.indexOf(endTag, at);
      break;
    }
    seen |= bit;
    at = end;
  }
  const isVersion = tag !== 'Contents';
  if (broken && isVersion) {
    // MinIO writes these two last.
    const last = endOfVersion.exec(text.slice(Math.max(from, at - 600), at));
    if (!last) return;
    latest = last[1] === 'true';
    versionId = last[2];
    seen |= seenLatest;
  }
  if ((seen & whole) !== whole || Number.isNaN(time) || Number.isNaN(size) || rawKey === '') return;
  if (isVersion && (versionId === undefined || (seen & seenLatest) === 0)) return;
  const entry: Listed = { key: rawKey, latest, deleteMarker: tag === 'DeleteMarker', size, modifiedAt: time, etag, context: false };
  if (isVersion && versionId !== undefined) {
    const id = versionId.includes('&') ? decodeText(versionId) : versionId;
    if (id === undefined) return;
    entry.versionId = id === '' ? 'null' : id;
  }
  if (!broken && !entry.deleteMarker) classify(entry, seen);
  into.entry = entry;
  into.broken = broken;
  into.metadata = broken || (seen & seenMetadata) !== 0;
  into.end = at + endTag.length;
}

function classify(entry: Listed, seen: number): void {
  const internal = (seen & seenInternal) !== 0;
  if ((seen & seenMetadata) === 0) {
    // Metadata may be seen and there is none: minio.md 4.3.
    if (internal) entry.state = 'plaintext';
    return;
  }
  const state = stateOfFacts(facts, internal);
  if (state === undefined) return;
  if (state === 'sse-kms') {
    const key = kmsKeyOf(facts.keyId ?? '');
    if (key === undefined) return;
    entry.kmsKey = key;
    entry.context = facts.context;
  }
  entry.state = state;
}

function behind(text: string, at: number, tag: string): number {
  return at !== -1 && text.startsWith(tag, at) ? at + tag.length : -1;
}

function readSize(text: string, at: number, end: number): number {
  if (end <= at || end - at > 16) return Number.NaN;
  let size = 0;
  for (let place = at; place < end; place++) {
    const digit = text.charCodeAt(place) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    size = size * 10 + digit;
  }
  return size;
}

/** Without its quotes, in whatever form they are. */
function readTag(text: string, at: number, end: number): string {
  if (text.startsWith('&#34;', at)) return text.slice(at + 5, Math.max(at + 5, end - 5));
  return text.slice(at, end).replace(/^(?:"|&quot;)|(?:"|&quot;)$/g, '');
}

const structural: ReadonlySet<string> = new Set([...Object.keys(endTags), 'UserMetadata', 'CommonPrefixes']);
const startTag = /<([A-Za-z][A-Za-z0-9]{0,63})(\/?)>/y;

/**
 * Position behind a whole element that does not matter, or behind blanks; -1: there is none. Nothing with attributes, no
 * comments, no declarations. Never across an entry's end: each `</Contents>` ends one entry that is counted.
 */
export function skipElement(text: string, from: number, depth: number): number {
  if (isBlank(text.charCodeAt(from))) {
    let at = from + 1;
    while (isBlank(text.charCodeAt(at))) at++;
    return at;
  }
  startTag.lastIndex = from;
  const start = startTag.exec(text);
  if (!start || depth > 8 || structural.has(start[1] ?? '')) return -1;
  let at = startTag.lastIndex;
  if (start[2] === '/') return at;
  const endTag = `</${start[1]}>`;
  for (;;) {
    at = text.indexOf('<', at);
    if (at === -1) return -1;
    if (text.startsWith(endTag, at)) return at + endTag.length;
    at = skipElement(text, at, depth + 1);
    if (at === -1) return -1;
  }
}

function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;
}
