import { setImmediate as soon } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { compareKeys } from '../../../clients/s3/keyOrder.ts';
import type { PageRequest } from '../../../clients/s3/listing.ts';
import type { ModelBucket, ModelObject } from '../../../clients/s3/modelBucket.testSupport.ts';
import type { KeyRange, ReadOrder } from '../work.ts';
import { createCollector } from './collector.testSupport.ts';
import { memoryListing } from './memoryListing.testSupport.ts';
import { createListing } from './reading.ts';
import { createTrouble } from './trouble.ts';

function seeded(seed: number): () => number {
  let at = seed;
  return () => {
    at = (at + 0x6d2b79f5) | 0;
    let mixed = Math.imul(at ^ (at >>> 15), 1 | at);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

type Random = () => number;
const digits = (value: number, width: number): string => String(value).padStart(width, '0');
const hex = (random: Random, length: number): string => Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');
const anything = [
  'a',
  '/',
  ' ',
  '+',
  '%',
  '&',
  '<',
  '"',
  '\n',
  '\u0001',
  '~',
  '.',
  'ü',
  '界',
  '\uFFFF',
  '\uE000',
  '😀',
  '\u{10FFFF}',
  '0',
  'Z',
];

/** Keys of every shape that buckets have, and some that they should not have. */
const shapes: Record<string, (random: Random, index: number, count: number) => string> = {
  'a counter, flat': (_, index) => `obj-${digits(index, 6)}`,
  'a counter without zeros': (_, index) => `file${index}`,
  'hex names': (random) => hex(random, 24),
  uuids: (random) => `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}`,
  'hex below two hex digits': (random) => `objects/${hex(random, 2)}/${hex(random, 20)}`,
  dates: (_, index) => `logs/${new Date(1.7e12 + index * 4e6).toISOString().replace(/[-T]/g, '/')}.json`,
  'deep folders': (_, index) => `d${digits(index % 12, 2)}/s${digits(Math.floor(index / 12) % 50, 3)}/obj-${digits(index, 6)}`,
  'one giant folder beside small ones': (_, index) => (index % 40 === 0 ? `small${index}/a` : `giant/x-${digits(index, 6)}`),
  'a long shared prefix': (_, index) => `${'p/'.repeat(400)}${index}`,
  'the longest keys': (random) => `${'k'.repeat(700)}${hex(random, 324)}`,
  'one to four characters of anything': (random) =>
    Array.from({ length: 1 + Math.floor(random() * 4) }, () => anything[Math.floor(random() * anything.length)]).join(''),
  'letters of Chinese': (random, index) => `文件/${String.fromCodePoint(0x4e00 + Math.floor(random() * 20000))}${index}`,
  "the server's own note": (_, index) => `x[minio_cache:v2]${digits(index, 5)}`,
  'a bucket of only few': (_, index) => `k${index % 3}`,
};

function keysOf(shape: string, count: number, random: Random): string[] {
  const make = shapes[shape];
  const keys = new Set(Array.from({ length: count }, (_, index) => make?.(random, index, count) ?? ''));
  return [...keys].sort(compareKeys);
}

function orderOf(order: Pick<ReadOrder, 'buckets' | 'ranges'> & Partial<ReadOrder>): ReadOrder {
  const endpoint = { url: '', ca: [], accessKey: '', secretKey: '' };
  return { endpoint, method: 'list', prefix: '', versions: false, options: { verifyAll: false }, phase: 'listing', ...order };
}

interface Case {
  buckets: Record<string, ModelBucket>;
  versions?: boolean;
  prefix?: string;
  random: Random;
  kills?: number;
  inFlight?: number;
  expected?: number;
  change?(request: PageRequest): void;
}

/** Runs, is killed, and runs again until all is read. */
async function readAll({ buckets, versions = false, prefix = '', random, kills = 0, inFlight = 4, expected, change }: Case) {
  const names = Object.keys(buckets);
  const whole = names.map((_, bucket): KeyRange => ({ id: bucket, bucket, after: '', done: false }));
  const someTurns = async (): Promise<void> => {
    for (let turns = Math.floor(random() * 6); turns > 0; turns--) await soon();
  };
  const collector = createCollector(whole, someTurns);
  let pages = 0;
  let most = 0;
  let open = 0;
  for (let left = kills; ; left--) {
    const ending = new AbortController();
    const dieAfter = left > 0 ? 1 + Math.floor(random() * 12) : Infinity;
    let own = 0;
    const client = memoryListing(buckets, async (request) => {
      pages++;
      most = Math.max(most, ++open);
      if (++own > dieAfter) {
        collector.kill();
        ending.abort();
      }
      change?.(request);
      await someTurns();
      open--;
    });
    const order = orderOf({
      buckets: names,
      ranges: collector.unfinished(),
      prefix,
      versions,
      options: { verifyAll: false, inFlight },
      ...(expected === undefined ? {} : { expected: names.map(() => expected) }),
    });
    const trouble = { judge: () => Promise.reject(new Error('not asked')), around: (_: unknown, error: unknown) => Promise.reject(error) };
    const listing = createListing(order, { client, store: collector.store, trouble, signal: ending.signal, isPaused: () => false });
    const { finished } = await listing.run();
    await collector.reopen();
    if (finished) return { ...collector, rows: collector.rows, pages, most, mostOpen: collector.mostOpen };
  }
}

const named = ({ bucket, key, version = '' }: { bucket: number; key: string; version?: string }): string => `${bucket}\0${key}\0${version}`;

// Many small turns of the event loop: a machine with much else to do needs its time for them.
describe('every object exactly once', { timeout: 60_000 }, () => {
  test.each(Object.keys(shapes))('%s', async (shape) => {
    for (const [seed, count] of [0, 1, 900, 2600, 5200].entries()) {
      const random = seeded(seed * 7919 + 1);
      const keys = keysOf(shape, count, random);
      for (const kills of [0, 3]) {
        const inFlight = 1 + Math.floor(random() * 16);
        const expected = random() < 0.5 ? Math.floor(random() * 9000) : undefined;
        const read = await readAll({
          buckets: { one: { keys } },
          random,
          kills,
          inFlight,
          ...(expected === undefined ? {} : { expected }),
        });
        expect(read.rows.map(({ key }) => key).sort(compareKeys)).toEqual(keys);
        expect(read.most).toBeLessThanOrEqual(inFlight);
        expect(read.ranges().every(({ done }) => done)).toBe(true);
      }
    }
  });

  test('of many buckets at once, with a prefix', async () => {
    const random = seeded(11);
    const buckets = Object.fromEntries(
      Object.keys(shapes).map((shape, index) => [`b${index}`, { keys: keysOf(shape, 700, random).map((key) => `2024/${key}`) }]),
    );
    const others = { keys: ['2023/x', '2024', '2024/', '2024/y', '2025/z'] };
    const read = await readAll({ buckets: { ...buckets, others }, prefix: '2024/', random, kills: 2, inFlight: 9 });
    const expected = [...Object.values(buckets), { keys: ['2024/', '2024/y'] }].flatMap(({ keys }, bucket) =>
      keys.map((key) => named({ bucket, key })),
    );
    expect(read.rows.map(named).sort()).toEqual(expected.sort());
  });

  test('and every version, also of a key with more versions than a page, and when the marker of a page is gone', async () => {
    for (let seed = 1; seed <= 12; seed++) {
      const random = seeded(seed);
      const keys = keysOf(seed % 2 ? 'deep folders' : 'hex names', seed % 4 === 0 ? 18 : 300, random);
      const versions = new Map<string, ModelObject[]>();
      for (const [index, key] of keys.entries()) {
        const count = index === 17 ? 2300 : seed % 4 === 0 ? 0 : index % 9 === 0 ? 40 : 1 + (index % 3);
        versions.set(
          key,
          Array.from({ length: count }, (_, number) => ({
            // Every second bucket was versioned only later: `null` stands among them, at the end of a page too.
            versionId: seed % 3 === 0 && number === (index === 17 ? 999 : count - 1) ? 'null' : `v${digits(count - number, 5)}`,
            modifiedAt: 1e12 + Math.floor((count - number) / 3),
            deleteMarker: number === 2,
          })),
        );
      }
      const intended = keys.flatMap((key) =>
        (versions.get(key) ?? []).map(({ versionId = '' }) => named({ bucket: 0, key, version: versionId })),
      );
      const gone = new Set<string>();
      /** The version that a page went on from is deleted for good, so that the server begins its key again. */
      const change = ({ token, after, versionAfter }: PageRequest): void => {
        if (seed % 2 === 0 || random() < 0.3) return;
        const key = token && 'keyMarker' in token ? token.keyMarker.replace(/\[minio_cache.*/, '') : after;
        const version = token && 'versionMarker' in token ? token.versionMarker : versionAfter;
        const all = versions.get(key ?? '') ?? [];
        const at = all.findIndex(({ versionId }) => versionId === version && version !== 'null');
        if (at < 1) return;
        all.splice(at, 1);
        gone.add(named({ bucket: 0, key: key ?? '', version: version ?? '' }));
      };
      const bucket: ModelBucket = { keys, object: (key) => versions.get(key) ?? [] };
      const read = await readAll({ buckets: { one: bucket }, versions: true, random, kills: 4, inFlight: 5, change });
      const told = read.rows.map(named);
      const [seen, meant] = [new Set(told), new Set(intended)];
      expect(seen.size).toBe(told.length);
      expect(intended.filter((name) => !gone.has(name) && !seen.has(name))).toEqual([]);
      expect(told.filter((name) => !meant.has(name))).toEqual([]);
    }
  });

  test('and every version of a key whose `null` version ends a page, where the server begins the key again for ever', async () => {
    const all = Array.from({ length: 2100 }, (_, number) => ({
      versionId: number === 999 ? 'null' : `v${number}`,
      modifiedAt: 5e11 - number,
    }));
    const buckets = { empty: { keys: [] }, one: { keys: ['k', 'l'], object: (key: string) => (key === 'k' ? all : []) } };
    const read = await readAll({ buckets, versions: true, random: seeded(8), kills: 1 });
    expect(read.rows.map(({ version }) => version).sort()).toEqual(all.map(({ versionId }) => versionId).sort());
  });

  test('while others write, overwrite and delete: what stays comes once, nothing comes twice', async () => {
    for (let seed = 1; seed <= 6; seed++) {
      const random = seeded(seed * 31);
      const before = keysOf(Object.keys(shapes)[seed] ?? '', 3000, random);
      const bucket = { keys: [...before] };
      const touched = new Set<string>();
      const change = (): void => {
        for (let times = 0; times < 8; times++) {
          const at = Math.floor(random() * bucket.keys.length);
          const key = bucket.keys[at] ?? '';
          if (random() < 0.5) {
            touched.add(key);
            bucket.keys.splice(at, 1);
          } else if (!bucket.keys.includes(`${key}+`)) {
            touched.add(`${key}+`);
            const next = bucket.keys.findIndex((other) => compareKeys(other, `${key}+`) > 0);
            bucket.keys.splice(next === -1 ? bucket.keys.length : next, 0, `${key}+`);
          }
        }
      };
      const read = await readAll({ buckets: { one: bucket }, random, kills: seed % 3, inFlight: 1 + (seed % 8), change });
      const told = read.rows.map(({ key }) => key);
      expect(new Set(told).size).toBe(told.length);
      const seen = new Set(told);
      expect(before.filter((key) => !touched.has(key) && !seen.has(key))).toEqual([]);
    }
  });
});

test('a bucket that fits in two pages is not cut', { timeout: 60_000 }, async () => {
  const keys = keysOf('hex names', 1000, seeded(3));
  const { pages } = await readAll({ buckets: { one: { keys } }, random: seeded(4), inFlight: 16 });
  expect(pages).toBeLessThanOrEqual(3);
});

test('no more commits wait for the disk than fit in a little memory', { timeout: 60_000 }, async () => {
  const keys = keysOf('a counter, flat', 12_000, seeded(3));
  const { mostOpen } = await readAll({ buckets: { one: { keys } }, random: seeded(5), inFlight: 16 });
  expect(mostOpen).toBeLessThanOrEqual(24);
});

test('a bucket that goes away is a gap, and the others are read', { timeout: 60_000 }, async () => {
  const keys = keysOf('hex names', 4000, seeded(3));
  const buckets: Record<string, ModelBucket> = { one: { keys }, two: { keys } };
  let asked = 0;
  const change = (): void => {
    if (++asked === 3) delete buckets.one;
  };
  const read = await readAll({ buckets, random: seeded(6), change });
  expect(read.gaps).toMatchObject([{ bucket: 'one', after: '', error: { code: 'bucketMissing' } }]);
  expect(read.rows.filter(({ bucket }) => bucket === 1)).toHaveLength(keys.length);
});

test('a credential that is taken away while single objects are asked about ends the run, and says nothing of them', {
  timeout: 60_000,
}, async () => {
  const random = seeded(9);
  const collector = createCollector([{ id: 0, bucket: 0, after: '', done: false }], () => Promise.resolve());
  const { signal } = new AbortController();
  const keys = keysOf('hex names', 300, random);
  const bucket: ModelBucket = { keys, object: () => ({ state: 'sse-c' }) };
  const refusal = { status: 403, refusal: { code: 'InvalidAccessKeyId', message: '' } };
  const client = {
    ...memoryListing({ one: bucket }, () => Promise.resolve()),
    headWithAnyKey: () => Promise.resolve(refusal),
  };
  const trouble = createTrouble({ client, signal, onWait: () => undefined });
  const order = orderOf({ buckets: ['one'], ranges: collector.unfinished() });
  const listing = createListing(order, { client, store: collector.store, trouble, signal, isPaused: () => false });
  await expect(listing.run()).rejects.toMatchObject({ code: 'minioCredentialRefused' });
  expect(collector.rows).toEqual([]);
});
