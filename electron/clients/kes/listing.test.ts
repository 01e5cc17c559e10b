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

  it('leaves folders of the key store and empty names out', async () => {
    expect(await listAllNames(async () => ({ names: ['minio/', '', 'key'] }))).toEqual(['key']);
  });

  it('takes null for no names', async () => {
    expect(await listAllNames(async () => ({ names: null }))).toEqual([]);
  });
});
