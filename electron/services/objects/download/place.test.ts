import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OnConflict, openPlace, writeFailure } from './place.ts';

describe('a folder that downloads go to', () => {
  let root: string;
  let parts = 0;
  const partNames = { in: async (folder: string): Promise<string> => join(folder, `.part-${++parts}`) };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sealdeck-place-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  /** Puts objects one after the other, each with its key as content. False for those that were left out. */
  async function put(onConflict: OnConflict, ...keys: string[]): Promise<boolean[]> {
    const place = await openPlace(root, onConflict, partNames);
    const kept: boolean[] = [];
    for (const key of keys) {
      const file = await place.begin(key.split('/'), key.length);
      await file?.handle.writeFile(key);
      kept.push(file !== undefined && (await file.keep()) !== undefined);
    }
    return kept;
  }
  const found = async (): Promise<Record<string, string>> => {
    const entries = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
    return Object.fromEntries(await Promise.all(paths.map(async (path) => [path.slice(root.length + 1), await readFile(path, 'utf8')])));
  };

  it.each(['rename', 'skip', 'replace'] as const)(
    'keeps an object and one below it, in either order, also with “%s”',
    async (onConflict) => {
      expect(await put(onConflict, 'a', 'a/b', 'c/d', 'c')).toEqual([true, true, true, true]);
      expect(await found()).toEqual({ a: 'a', 'a (2)/b': 'a/b', 'c/d': 'c/d', 'c (2)': 'c' });
    },
  );

  it('comes upon what it kept before, and leaves all of it with “skip”', async () => {
    const keys = ['a', 'a/b', 'c/d', 'c'];
    await put('skip', ...keys);
    const before = await found();
    expect(await put('skip', ...keys)).toEqual([false, false, false, false]);
    expect(await found()).toEqual(before);
  });

  it('leaves a file that came meanwhile, whatever was asked', async () => {
    const place = await openPlace(root, 'skip', partNames);
    const file = await place.begin(['late'], 4);
    await writeFile(join(root, 'late'), 'theirs');
    expect(await file?.keep()).toBeUndefined();
    const renaming = await openPlace(root, 'rename', partNames);
    const other = await renaming.begin(['later'], 4);
    await writeFile(join(root, 'later'), 'theirs');
    await other?.handle.writeFile('ours');
    expect(await other?.keep()).toMatchObject({ renamed: true });
    expect(await found()).toEqual({ late: 'theirs', later: 'theirs', 'later (2)': 'ours' });
  });

  it('replaces a file and never a folder', async () => {
    await mkdir(join(root, 'folder'));
    await writeFile(join(root, 'file'), 'old');
    await put('replace', 'folder', 'file');
    expect(await found()).toEqual({ file: 'file', 'folder (2)': 'folder' });
  });

  it('says how much room a file needed that found none', () => {
    const full = Object.assign(new Error('full'), { code: 'ENOSPC' });
    expect(writeFailure(full, '/here', 123).frame).toEqual({ code: 'downloadDiskFull', details: { folder: '/here', bytes: 123 } });
  });
});
