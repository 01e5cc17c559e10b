import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { auditStates } from '../../../shared/audit.ts';
import { compareKeys } from './keyOrder.ts';
import { createListingTokenizer, type Listing } from './listingTokenizer.ts';
import { listModel, type ModelObject } from './modelBucket.testSupport.ts';
import { writeModelPage } from './modelPageXml.testSupport.ts';

/** What a full XML parser finds on the page, as rows of texts by element, metadata by name. */
function byOracle(xml: string) {
  const entries: { tag: string; texts: Record<string, string>; metadata?: Record<string, string>; internal: boolean }[] = [];
  const prefixes: string[] = [];
  const head: Record<string, string> = {};
  const path: string[] = [];
  let text = '';
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name }) => {
    path.push(name);
    text = '';
    if (path.length === 2 && /^(?:Contents|Version|DeleteMarker)$/.test(name)) entries.push({ tag: name, texts: {}, internal: false });
    const entry = entries.at(-1);
    if (entry && path.length === 3 && name === 'UserMetadata') entry.metadata = {};
    if (entry && path.length === 3 && name === 'Internal') entry.internal = true;
  });
  parser.on('text', (part) => {
    text += part;
  });
  parser.on('closetag', ({ name }) => {
    path.pop();
    const entry = entries.at(-1);
    if (path[1] === 'CommonPrefixes') prefixes.push(text);
    else if (path.length === 1) head[name] ??= text;
    else if (entry && path.length === 2) entry.texts[name] = text;
    else if (entry?.metadata && path[2] === 'UserMetadata') entry.metadata[name] = text;
    text = '';
  });
  parser.write(xml).close();
  return { entries, prefixes, head };
}

/** Numbers that look random and are the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const decode = (encoded = ''): string => decodeURIComponent(encoded.replaceAll('+', ' '));
const sse = 'X-Amz-Server-Side-Encryption';

describe('pages that are well-formed', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))('say to the tokenizer what they say to a full parser: %d', (seed) => {
    const random = seeded(seed);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
    const characters = [
      'a',
      'b',
      'Z',
      '0',
      '/',
      '/',
      ' ',
      '+',
      '%',
      '&',
      '<',
      '"',
      "'",
      '\n',
      '\u0001',
      '~',
      '*',
      '(',
      'é',
      '中',
      '😀',
      '\uffff',
      '.',
      '-',
    ];
    const word = (most: number): string => Array.from({ length: 1 + Math.floor(random() * most) }, () => pick(characters)).join('');
    const object = (): ModelObject => ({
      size: Math.floor(random() * 2 ** pick([1, 10, 40])),
      modifiedAt: Math.floor(random() * 4e12),
      etag: pick(['d41d8cd98f00b204e9800998ecf8427e', '1819d1a8700e59901a48215b8577ac07-12', '']),
      state: pick(auditStates),
      kmsKey: pick(['k1', 'a key & <more>', 'ключ']),
      context: random() < 0.5,
      internal: random() < 0.8,
      versionId: pick(['null', '21261ade-5407-494a-a487-b0f7a84b9d9f']),
      deleteMarker: random() < 0.1,
    });
    const versions = seed % 2 === 1;
    const keys = [...new Set(Array.from({ length: Math.floor(random() * 120) }, () => word(pick([3, 30]))))].sort(compareKeys);
    const objects = new Map(keys.map((key) => [key, Array.from({ length: 1 + Math.floor(random() * 3) }, object)]));
    const query = {
      versions,
      metadata: random() < 0.9,
      prefix: '',
      delimiter: pick(['', '', '/']),
      maxKeys: pick([1, 10, 1000]),
      after: '',
      versionAfter: '',
      marked: false,
    };
    const page = listModel({ keys, object: (key) => objects.get(key) ?? {} }, query);
    const xml = writeModelPage('b', query, page, {});

    const tokenizer = createListingTokenizer({ host: 'h', bucket: 'b', versions, maxKeys: query.maxKeys });
    const bytes = Buffer.from(xml);
    for (let at = 0; at < bytes.length; ) {
      const size = 1 + Math.floor(random() * 40_000);
      tokenizer.push(bytes.subarray(at, at + size));
      at += size;
    }
    compare(tokenizer.end(), byOracle(xml));
  });

  function compare(listing: Listing, oracle: ReturnType<typeof byOracle>): void {
    expect(listing.doubtful).toBe(false);
    expect(listing.prefixes).toEqual(oracle.prefixes.map(decode));
    expect(listing.truncated).toBe(oracle.head.IsTruncated === 'true');
    expect(listing.nextToken).toBe(oracle.head.NextContinuationToken);
    expect(listing.nextKey).toBe(oracle.head.NextKeyMarker === undefined ? undefined : decode(oracle.head.NextKeyMarker));
    expect(
      listing.entries.map(({ key, size, modifiedAt, etag, versionId, latest, deleteMarker }) => [
        key,
        size,
        modifiedAt,
        etag,
        versionId,
        latest,
        deleteMarker,
      ]),
    ).toEqual(
      oracle.entries.map(({ tag, texts }) => [
        decode(texts.Key),
        Number(texts.Size),
        Date.parse(texts.LastModified ?? ''),
        texts.ETag?.replaceAll('"', ''),
        texts.VersionId,
        texts.IsLatest !== 'false',
        tag === 'DeleteMarker',
      ]),
    );
    for (const [index, { state, kmsKey, context }] of listing.entries.entries()) {
      const { tag, metadata = {}, internal } = oracle.entries[index] ?? { tag: '', internal: false };
      const algorithm = metadata[sse];
      const customer = metadata[`${sse}-Customer-Algorithm`] !== undefined;
      const expected = customer
        ? 'sse-c'
        : algorithm === 'aws:kms'
          ? 'sse-kms'
          : algorithm === 'AES256'
            ? 'sse-s3'
            : internal
              ? 'plaintext'
              : undefined;
      expect(state).toBe(tag === 'DeleteMarker' ? undefined : expected);
      if (expected === 'sse-kms' && state) expect(kmsKey).toBe(metadata[`${sse}-Aws-Kms-Key-Id`]?.replace('arn:aws:kms:', ''));
      expect(context).toBe(expected === 'sse-kms' && state !== undefined && metadata[`${sse}-Context`] !== undefined);
    }
  }
});
