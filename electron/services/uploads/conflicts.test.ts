import { describe, expect, it } from 'vitest';
import { compareKeys } from '../../clients/s3/keyOrder.ts';
import type { ListingPage, ListOptions } from '../../clients/s3/listObjects.ts';
import { lookForConflicts } from './conflicts.ts';

/** A model server: lists as MinIO does. */
function modelBucket(keys: readonly string[]) {
  const sorted = keys.toSorted(compareKeys);
  let asked = 0;
  return {
    asked: () => asked,
    async listObjects(_bucket: string, { prefix = '', after = '', token, maxKeys = 1000 }: ListOptions = {}): Promise<ListingPage> {
      asked += 1;
      const start = token ?? after;
      const fit = sorted.filter((key) => key.startsWith(prefix) && !key.slice(prefix.length).includes('/') && compareKeys(key, start) > 0);
      const page = fit.slice(0, maxKeys);
      const last = page.at(-1);
      return { prefixes: [], objects: page.map((key) => ({ key, size: 1 })), ...(fit.length > maxKeys && last ? { next: last } : {}) };
    },
  };
}
const number = (n: number): string => String(n).padStart(7, '0');

describe('names that are looked up at the target', () => {
  async function look(there: readonly string[], names: readonly string[]) {
    const s3 = modelBucket(there);
    const list = names.map((key, n) => ({ n, key }));
    const found = await lookForConflicts(list, { s3, bucket: 'b', signal: new AbortController().signal, tell: () => undefined });
    return { found: [...found.keys()].map((n) => names[n]), asked: s3.asked() };
  }

  it('are found whatever part of a folder they are, also where the first begins all others', async () => {
    const names = ['f/a', 'f/ab', 'f/abc', 'f/a😀', 'f/a\uffff'];
    expect((await look(names, names)).found.sort()).toEqual(names.toSorted());
    expect((await look(['f/ab', 'f/a😀', 'f/c'], names)).found.sort()).toEqual(['f/ab', 'f/a😀'].sort());
    const emoji = ['😀1', '😀2', '😀3', '😁4', '😁5'];
    expect((await look(emoji, emoji)).found.sort()).toEqual(emoji.toSorted());
  });

  it('cost no list of what comes before or behind them in a large folder', async () => {
    const there = Array.from({ length: 60_000 }, (_, n) => `f/${number(n)}`);
    const portion = there.slice(39_500, 43_500);
    const { found, asked } = await look(there, [...portion, `${portion[9]}-absent`]);
    expect(found).toHaveLength(4_000);
    expect(asked).toBeLessThan(8);
  });
});
