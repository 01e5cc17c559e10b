import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFilesTogether } from './atomicFile.ts';

describe('several files as one', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealdeck-atomic-'));
  });
  afterEach(async () => rm(folder, { recursive: true, force: true }));
  const files = (...names: string[]) => names.map((name) => ({ path: join(folder, name), content: `of ${name}\n` }));
  const there = async (): Promise<string[]> =>
    (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) => one.isFile()).map(({ name }) => name);

  it('are all written, with the mode that secrets need', async () => {
    await writeFilesTogether(files('minio.env', 'credentials/root'));
    expect(await readFile(join(folder, 'credentials/root'), 'utf8')).toBe('of credentials/root\n');
    expect((await there()).toSorted()).toEqual(['minio.env', 'root']);
  });

  it.each([
    ['cannot be written', async () => writeFile(join(folder, 'credentials'), 'a file'), ['credentials']],
    ['cannot get its name', async () => mkdir(join(folder, 'credentials/root'), { recursive: true }), []],
  ])('are none where a later one %s', async (_name, prepare, left) => {
    await prepare();
    await expect(writeFilesTogether(files('minio.env', 'credentials/root', 'last'))).rejects.toMatchObject({
      code: 'fileNotWritable',
      details: { path: join(folder, 'credentials/root') },
    });
    expect(await there()).toEqual(left);
  });
});
