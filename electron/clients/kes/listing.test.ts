import { describe, expect, it } from 'vitest';
import { listAllNames } from './listing.ts';

/** KES's way of answering: names with that prefix, sorted, cut, and the next name as a continuation that is a prefix again. */
function kesWith(names: readonly string[], cut: number, asked: string[] = []) {
  const sorted = [...names].sort();
  return async (prefix: string) => {
    asked.push(prefix);
    if (prefix.endsWith('-') || prefix === '_') throw new Error(`KES refuses the prefix ${prefix}`);
    const fitting = prefix === '*' ? sorted : sorted.filter((name) => name.startsWith(prefix));
    return { names: fitting.slice(0, cut), continue_at: fitting[cut] ?? '' };
  };
}

describe('listing all keys', () => {
  it('asks once when nothing is cut', async () => {
    const asked: string[] = [];
    expect(await listAllNames(kesWith(['b', 'a'], 10, asked))).toEqual(['a', 'b']);
    expect(asked).toEqual(['*']);
  });

  it('finds every name behind a cut, whatever its characters', async () => {
    const names = ['_x', '__y', 'a', 'a-b', 'a-c', 'a--d', 'a---e', 'a_f', 'aZ', 'b', 'B', '0', 'a-b-c', 'zz'];
    expect(await listAllNames(kesWith(names, 2))).toEqual([...names].sort());
  });

  it('asks for nothing twice that it knows from the answer that was cut', async () => {
    const names = Array.from({ length: 300 }, (_, at) => `minio-tenant-${at % 7}-${String(at).padStart(4, '0')}`);
    const asked: string[] = [];
    expect(await listAllNames(kesWith(names, 100, asked))).toEqual([...names].sort());
    expect(new Set(asked).size).toBe(asked.length);
    // Every prefix costs the key store a whole listing.
    expect(asked.length).toBeLessThan(700);
  });

  it('gets past names that only old servers made', async () => {
    const names = ['a', 'a-', 'a-b', 'minio-key', 'minio-key.dot', 'minio-key1', 'minio-z', 'zz'];
    const ask = kesWith(names, 2);
    const strict = (prefix: string) => (/[^\w*-]/.test(prefix) ? Promise.reject(new Error(`KES refuses ${prefix}`)) : ask(prefix));
    expect(await listAllNames(strict)).toEqual([...names].sort());
  });

  it('believes the key store’s own list of the same folder, and no other', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const asked: string[] = [];
    expect(await listAllNames(kesWith(names, 2, asked), async () => [...names, 'minio/'])).toEqual(names);
    expect(asked).toEqual(['*']);
    expect(await listAllNames(kesWith(names, 2), async () => ['x', 'y'])).toEqual(names);
    expect(await listAllNames(kesWith(names, 2), async () => undefined)).toEqual(names);
  });

  it('leaves folders of the key store and empty names out', async () => {
    expect(await listAllNames(async () => ({ names: ['minio/', '', 'key'] }))).toEqual(['key']);
  });

  it('takes null for no names', async () => {
    expect(await listAllNames(async () => ({ names: null }))).toEqual([]);
  });

  it.each([
    ['the same name', (prefix: string) => (prefix === '*' ? 'a' : prefix)],
    ['a name of another prefix', () => 'zz'],
    ['one more name below each', (prefix: string) => `${prefix.replace('*', '')}0`],
  ])(
    'ends with a server that always goes on at %s',
    async (_what, next) => {
      await expect(listAllNames(async (prefix) => ({ names: [prefix], continue_at: next(prefix) }))).rejects.toMatchObject({
        code: 'answerNotUnderstood',
      });
    },
    30_000,
  );
});
