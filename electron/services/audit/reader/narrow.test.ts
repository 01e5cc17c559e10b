import { describe, expect, it } from 'vitest';
import { isAppError } from '../../../../shared/rpc/errors.ts';
import { compareKeys } from '../../../clients/s3/keyOrder.ts';
import type { ModelObject } from '../../../clients/s3/modelBucket.testSupport.ts';
import type { Known } from './known.ts';
import { scriptedClient } from './scripted.testSupport.ts';
import { createTrouble } from './trouble.ts';

const gone = { status: 404, code: 'kms:KeyNotFound' };
const bad: ModelObject = { state: 'sse-s3', blocks: gone };

/** Reads a bucket as a worker does: pages, and the way around those that fail. */
async function readAll(
  keys: string[],
  object: (key: string) => ModelObject | ModelObject[],
  { prefix = '', versions = false, to = '' } = {},
) {
  const model = scriptedClient({ keys: [...keys].sort(compareKeys), object });
  const trouble = createTrouble({ client: model.client, signal: new AbortController().signal, onWait: () => undefined });
  const entries: Known[] = [];
  const gaps: { after: string; to?: string | undefined }[] = [];
  let place = { bucket: 'b', prefix, versions, after: '', ...(to === '' ? {} : { to }) };
  for (let round = 0; round < 1000; round++) {
    try {
      const { bucket, after } = place;
      const page = await model.client.page({ bucket, prefix, versions, ...(after === '' ? {} : { after }) });
      const inside = page.entries.filter(({ key }) => to === '' || compareKeys(key, to) <= 0);
      entries.push(...(await trouble.judge('b', inside)));
      // As a worker of whole pages: with versions these tests keep below one page.
      if (!page.next || inside.length < page.entries.length) return { entries, gaps, asked: model.asked, model };
      place = { ...place, after: page.entries.at(-1)?.key ?? after };
    } catch (error) {
      if (!isAppError(error)) throw error;
      const around = await trouble.around(place, error);
      entries.push(...around.entries);
      gaps.push(...around.gaps);
      if (around.done) return { entries, gaps, asked: model.asked, model };
      place = { ...place, after: around.after, ...(around.versionAfter === undefined ? {} : { versionAfter: around.versionAfter }) };
    }
  }
  throw new Error('it does not end');
}

const names = (entries: readonly Known[]): string[] => entries.map(({ key }) => key);
const unreadable = (entries: readonly Known[]): string[] => entries.filter(({ state }) => state === 'unreadable').map(({ key }) => key);

/** Numbers from a seed, the same in each run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 1 | state) + 0x6d2b79f5) | 0;
    return ((state ^ (state >>> 14)) >>> 0) / 4294967296;
  };
}

const shapes: readonly ((random: () => number, index: number) => string)[] = [
  (_, index) => `part-${String(index).padStart(5, '0')}`,
  (random, index) => `logs/${Math.floor(random() * 9)}/${index}.json`,
  (random) => Math.floor(random() * 2 ** 40).toString(16),
  (random) => `报表/${String.fromCodePoint(0x4e00 + Math.floor(random() * 300))}${Math.floor(random() * 100)} ü+%&.txt`,
  (random, index) => `a/${'x/'.repeat(Math.floor(random() * 4))}${index}${random() < 0.2 ? '😀' : ''}`,
  (random) =>
    'ab/.'.repeat(3).slice(0, 1 + Math.floor(random() * 11)) + 'abc'.charAt(Math.floor(random() * 3)).repeat(Math.floor(random() * 4)),
  (random, index) => `${index % 3}/${Math.floor(random() * 500)}.jpg${['', '', '', '2', '.bak'][Math.floor(random() * 5)]}`,
];

describe('a page that fails because of objects on it', () => {
  it('is told as ever but for the one bad object, which is named', async () => {
    const keys = Array.from({ length: 2500 }, (_, index) => `part-${String(index).padStart(5, '0')}.csv`);
    const { entries, gaps, asked } = await readAll(keys, (key) => (key === 'part-01234.csv' ? bad : {}));
    expect(names(entries)).toEqual(keys);
    expect(unreadable(entries)).toEqual(['part-01234.csv']);
    expect(gaps).toEqual([]);
    expect(entries[1234]?.reason).toEqual({ code: 'auditKeyGone', params: { answer: '404 kms:KeyNotFound' } });
    expect(asked.pages).toBeLessThan(60);
  });

  it.each(shapes.map((shape, index) => [index, shape] as const))(
    'tells every good key once and names every bad one or its gap: shape %i',
    async (number, shape) => {
      for (let seed = 1; seed <= 12; seed++) {
        const random = randomFrom(seed * 31 + number);
        const keys = [...new Set(Array.from({ length: 20 + Math.floor(random() * 1200) }, (_, index) => shape(random, index)))].sort(
          compareKeys,
        );
        const share = [0.001, 0.01, 0.1, 0.5, 1][seed % 5] ?? 0;
        const run = random() < 0.5;
        const from = Math.floor(random() * keys.length);
        const badKeys = new Set(keys.filter((_, index) => (run ? index >= from && index < from + keys.length * share : random() < share)));
        const { entries, gaps } = await readAll(keys, (key) => (badKeys.has(key) ? bad : {}));
        const told = names(entries);
        expect(new Set(told).size).toBe(told.length);
        expect(told).toEqual([...told].sort(compareKeys));
        const inGap = (key: string): boolean =>
          gaps.some((gap) => compareKeys(key, gap.after) > 0 && (gap.to === undefined || compareKeys(key, gap.to) <= 0));
        const known = new Set(told);
        expect(keys.filter((key) => !known.has(key) && !inGap(key))).toEqual([]);
        expect(unreadable(entries)).toEqual(keys.filter((key) => badKeys.has(key) && !inGap(key)));
        expect(told.filter((key) => !keys.includes(key))).toEqual([]);
        if (gaps.length > 0) expect(share).toBeGreaterThanOrEqual(0.1);
      }
    },
  );

  it.each([
    ['one ending', (index: number) => `photos/${(index * 7919) % 10_000}-${index.toString(36)}.jpg`, 3.1],
    ['numbers', (index: number) => `row/${String(index).padStart(6, '0')}`, 3.1],
  ])('costs a few requests each where all 10,000 are bad and have %s', async (_, name, most) => {
    const keys = Array.from({ length: 10_000 }, (_unused, index) => name(index));
    const { entries, gaps, asked } = await readAll(keys, () => bad);
    expect(gaps).toEqual([]);
    expect(unreadable(entries).length).toBe(10_000);
    expect((asked.pages + asked.heads + asked.reads) / 10_000).toBeLessThan(most);
  });

  it('is given up as gaps, without hammering, where all are bad and have nothing in common', async () => {
    const random = randomFrom(5);
    const keys = Array.from({ length: 10_000 }, () => `${random().toString(36).slice(2)}${random().toString(36).slice(2)}`).sort(
      compareKeys,
    );
    const { entries, gaps, asked } = await readAll([...keys, '~good'], (key) => (key === '~good' ? {} : bad));
    expect(names(entries)).toContain('~good');
    expect(gaps.length).toBeGreaterThan(0);
    expect(asked.pages + asked.heads).toBeLessThan(2500);
  });

  it('stays inside its range and its prefix', async () => {
    const keys = ['a/1', 'a/2', 'a/3', 'b/1', 'b/2'];
    const inRange = await readAll(keys, (key) => (key === 'a/2' || key === 'b/1' ? bad : {}), { to: 'a/3' });
    expect(names(inRange.entries)).toEqual(['a/1', 'a/2', 'a/3']);
    const below = await readAll(keys, (key) => (key === 'b/1' ? bad : {}), { prefix: 'b/' });
    expect(names(below.entries)).toEqual(['b/1', 'b/2']);
  });

  it('leaves an empty object encrypted: it opens although the listing fails on it', async () => {
    const { entries } = await readAll(['a', 'b'], (key) => (key === 'b' ? { ...bad, size: 0 } : {}));
    expect(entries.map(({ state }) => state)).toEqual(['plaintext', 'sse-s3']);
  });

  it('names the forged object and its CVE', async () => {
    const { entries } = await readAll(['a', 'b'], (key) =>
      key === 'b' ? { state: 'unreadable', blocks: { status: 206, code: 'XMinioObjectTampered' } } : {},
    );
    expect(entries[1]).toMatchObject({ key: 'b', state: 'unreadable', reason: { code: 'auditTampered' } });
  });

  it('keeps the versions that can be listed around one that cannot', async () => {
    const version = (versionId: string, more: ModelObject = {}): ModelObject => ({
      versionId,
      modifiedAt: -Number(versionId.slice(1)),
      ...more,
    });
    const objects: Record<string, ModelObject[]> = {
      a: [version('v1'), version('v2')],
      newest: [version('v3', bad), version('v4'), version('v5')],
      older: [version('v6'), version('v7', bad), version('v8')],
      z: [version('v9')],
    };
    const { entries, gaps } = await readAll(Object.keys(objects), (key) => objects[key] ?? [], { versions: true });
    expect(entries.map(({ key, versionId }) => `${key}:${versionId}`)).toEqual([
      'a:v1',
      'a:v2',
      'newest:v3',
      'newest:v4',
      'newest:v5',
      'older:v6',
      'z:v9',
    ]);
    expect(unreadable(entries)).toEqual(['newest']);
    expect(gaps).toMatchObject([{ after: 'older', to: 'older' }]);
  });

  it('throws what is not about objects', async () => {
    const { client } = scriptedClient({ keys: [] });
    const trouble = createTrouble({ client, signal: new AbortController().signal, onWait: () => undefined });
    const place = { bucket: 'b', prefix: '', versions: false, after: '' };
    const error = new Error('a defect');
    await expect(trouble.around(place, error)).rejects.toBe(error);
  });
});
