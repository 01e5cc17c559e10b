import { AppError } from '../../../shared/rpc/errors.ts';
import type { Listed } from './listing.ts';
import { type EntryReader, type EntryTag, endTags, readEntry, skipElement } from './listingEntry.ts';
import { decodeText, decodeUrlText } from './listingText.ts';

export interface Listing {
  entries: Listed[];
  prefixes: string[];
  truncated: boolean;
  /** V2. Verbatim. */
  nextToken?: string;
  /** Versions. Verbatim, with MinIO's note behind the key. */
  nextKey?: string;
  nextVersion?: string;
  /** Bytes of the body. */
  bytes: number;
  /**
   * Names of metadata may have forged entries; there are none here then. Ask for the same page without metadata: it has no
   * names, and shows all entries as they are.
   */
  doubtful: boolean;
}

export interface TokenizerOptions {
  host: string;
  /** Said in refusals. */
  bucket: string;
  versions: boolean;
  maxKeys: number;
}

export interface ListingTokenizer {
  /** Bytes as they come, cut anywhere: a buffer, or its latin1 string. */
  push(chunk: Buffer | string): void;
  end(): Listing;
}

const batchBytes = 64 * 1024;
const entryLimit = 1024 * 1024;
const pageLimit = 64 * 1024 * 1024;
const roots = { versions: 'ListVersionsResult', current: 'ListBucketResult' } as const;
const headLeaf = /<([A-Za-z]+)(?:\/>|>([^<]*)<\/\1>)/y;
const prefixElement = /<CommonPrefixes><Prefix>([^<]*)<\/Prefix><\/CommonPrefixes>/y;

/**
 * Reads the grammar of a listing and nothing else of XML: no declarations, comments, attributes or entities of the page's
 * own. Throws `answerNotUnderstood`.
 *
 * No forged entry hides. A name with `>` stands in two tags, and what it injects into the first is no whole element behind
 * the second, so its entry breaks somewhere. An entry that broke ends at the next end tag, so every end tag in the text ends
 * one counted entry and an injected one raises their number, which MinIO wrote before the first entry: `KeyCount`, or
 * `max-keys` where a page of versions is not the last. If the number does not fit or is not known, the page is in doubt.
 */
export function createListingTokenizer({ host, bucket, versions, maxKeys }: TokenizerOptions): ListingTokenizer {
  const root = versions ? roots.versions : roots.current;
  const listing: Listing = { entries: [], prefixes: [], truncated: false, bytes: 0, doubtful: false };
  const tags: readonly EntryTag[] = versions ? ['Version', 'DeleteMarker'] : ['Contents'];
  const reader: EntryReader = { end: -1, entry: emptyEntry, broken: false, metadata: false };
  const head = new Map<string, string>();
  /** Places of keys that look encoded: whether they are (`EncodingType`) MinIO says at the end. */
  const encoded: number[] = [];
  const rawPrefixes: string[] = [];
  const last = { Contents: -1, Version: -1, DeleteMarker: -1 };
  let pending = '';
  let phase: 'prolog' | 'items' | 'over' = 'prolog';
  let broken = false;
  let hasMetadata = false;
  let due = batchBytes;

  function refuse(reason: string): never {
    throw new AppError('answerNotUnderstood', { host, reason: `the listing of ${bucket}: ${reason}` });
  }

  /** With metadata, what is wrong may be the work of names. */
  function wrong(reason: string): never {
    if (!hasMetadata) refuse(reason);
    throw doubtful;
  }

  function read(final: boolean): void {
    for (const tag of tags) last[tag] = pending.lastIndexOf(endTags[tag]);
    let at = phase === 'prolog' ? readProlog(final) : 0;
    while (phase === 'items' && at < pending.length) {
      const next = readItem(at);
      if (next === -1) {
        if (final) wrong('it is cut, or holds something that is no listing');
        break;
      }
      at = next;
    }
    if (phase === 'over' && /\S/.test(pending.slice(at))) wrong('something follows its end');
    pending = pending.slice(at);
    if (pending.length > entryLimit) refuse('an entry is longer than 1 MiB');
    // What is left is looked at again only together with as much as this: tiny pieces cost no more than large ones.
    due = pending.length + batchBytes;
  }

  function readProlog(final: boolean): number {
    const start = /^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^<>]{0,200}\?>)?\s*<([A-Za-z]+)(?: [^<>]{0,500})?>/.exec(pending);
    if (!start) {
      if (final || pending.length > batchBytes) refuse('it does not begin as a listing');
      return 0;
    }
    if (start[1] !== root) refuse(`it is <${(start[1] ?? '').slice(0, 60)}>`);
    phase = 'items';
    return start[0].length;
  }

  /** Position behind it; -1: the rest of it is still to come, or it is not of this grammar. */
  function readItem(at: number): number {
    for (const tag of tags) {
      if (!pending.startsWith(startTags[tag], at)) continue;
      return last[tag] < at ? -1 : readOne(at + startTags[tag].length, tag);
    }
    const prefix = matchAt(prefixElement, at);
    if (prefix) {
      rawPrefixes.push(prefix[1] ?? '');
      checkCount();
      return prefixElement.lastIndex;
    }
    const leaf = matchAt(headLeaf, at);
    if (leaf) {
      const name = leaf[1] ?? '';
      // MinIO writes these before the first entry, so the first value is its own.
      if (!head.has(name)) head.set(name, leaf[2] ?? '');
      return headLeaf.lastIndex;
    }
    if (pending.startsWith(`</${root}>`, at)) {
      phase = 'over';
      return at + root.length + 3;
    }
    return skipElement(pending, at, 0);
  }

  function matchAt(pattern: RegExp, at: number): RegExpExecArray | null {
    pattern.lastIndex = at;
    return pattern.exec(pending);
  }

  function readOne(from: number, tag: EntryTag): number {
    const place = listing.entries.length;
    readEntry(pending, from, tag, reader);
    if (reader.end === -1) wrong(`entry ${place + 1} does not have the expected form`);
    broken ||= reader.broken;
    hasMetadata ||= reader.metadata;
    if (looksEncoded(reader.entry.key)) encoded.push(place);
    // A text of its own: a slice would keep the whole page as long as somebody keeps the key.
    else reader.entry.key = ` ${reader.entry.key}`.slice(1);
    listing.entries.push(reader.entry);
    checkCount();
    return reader.end;
  }

  function checkCount(): void {
    if (listing.entries.length + rawPrefixes.length > 2 * maxKeys) refuse(`more than twice the ${maxKeys} entries that were asked for`);
  }

  function finish(): void {
    if (phase !== 'over') wrong('it is cut');
    const decode = head.get('EncodingType') === 'url' ? decodeUrlText : decodeText;
    for (const place of encoded) decodeKey(place, decode);
    for (const raw of rawPrefixes) listing.prefixes.push(decode(raw) ?? wrong('a prefix is not UTF-8, or not encoded as asked'));
    const count = listing.entries.length + listing.prefixes.length;
    listing.truncated = head.get('IsTruncated') === 'true';
    const said = head.get('KeyCount');
    if (!versions && said !== undefined && Number(said) !== count) wrong(`it says ${said} entries and holds ${count}`);
    const counted = versions ? listing.truncated && count === maxKeys : said !== undefined;
    if (broken && !counted) throw doubtful;
    if (!listing.truncated) return;
    const token = versions ? head.get('NextKeyMarker') : head.get('NextContinuationToken');
    if (!token) refuse('it goes on, and does not say where');
    const notUnderstood = 'where it goes on is not understood';
    if (!versions) {
      listing.nextToken = decodeText(token) ?? refuse(notUnderstood);
      return;
    }
    listing.nextKey = decode(token) ?? refuse(notUnderstood);
    listing.nextVersion = decodeText(head.get('NextVersionIdMarker') ?? '') ?? refuse(notUnderstood);
  }

  function decodeKey(place: number, decode: (raw: string) => string | undefined): void {
    const entry = listing.entries[place];
    if (entry) entry.key = decode(entry.key) ?? wrong(`the key of entry ${place + 1} is not UTF-8, or not encoded as asked`);
  }

  function unlessDoubtful(work: () => void): void {
    if (listing.doubtful) return;
    try {
      work();
    } catch (error) {
      if (error !== doubtful) throw error;
      Object.assign(listing, { doubtful: true, entries: [], prefixes: [] });
      pending = '';
    }
  }

  return {
    push(chunk) {
      listing.bytes += chunk.length;
      if (listing.bytes > pageLimit) refuse('it is longer than 64 MiB');
      if (listing.doubtful) return;
      pending += typeof chunk === 'string' ? chunk : chunk.toString('latin1');
      if (pending.length >= due) unlessDoubtful(() => read(false));
    },
    end() {
      unlessDoubtful(() => {
        read(true);
        finish();
      });
      return listing;
    },
  };
}

const doubtful = new Error('names of metadata broke the page');
const startTags = { Contents: '<Contents>', Version: '<Version>', DeleteMarker: '<DeleteMarker>' } as const;
const emptyEntry: Listed = { key: '', latest: true, deleteMarker: false, size: 0, modifiedAt: 0, etag: '', context: false };

/** Holds `%`, `+`, `&` or bytes beyond ASCII. */
function looksEncoded(raw: string): boolean {
  for (let at = 0; at < raw.length; at++) {
    const unit = raw.charCodeAt(at);
    if (unit === 0x25 || unit === 0x2b || unit === 0x26 || unit >= 0x80) return true;
  }
  return false;
}
