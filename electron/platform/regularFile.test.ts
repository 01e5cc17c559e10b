import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRegularFile, readRegularText } from './regularFile.ts';

describe.skipIf(process.platform === 'win32')('a file that somebody names', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealdeck-regular-'));
    spawnSync('mkfifo', [join(folder, 'pipe')]);
    await symlink('/dev/zero', join(folder, 'zero'));
    await writeFile(join(folder, 'plain'), 'ä'.repeat(5));
    await symlink('plain', join(folder, 'link'));
    await writeFile(join(folder, 'latin'), Buffer.from([0xe4]));
    await writeFile(join(folder, 'empty'), '');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ['pipe', 'not a file'],
    ['zero', 'not a file'],
    ['.', 'a folder'],
    ['latin', 'not UTF-8'],
    ['missing', /ENOENT/],
  ])('%s is refused', async (name, reason) => {
    await expect(readRegularText(join(folder, name), 100)).rejects.toThrow(reason);
  });

  it('is read up to its limit, also through a link and where it tells no size', async () => {
    expect(await readRegularText(join(folder, 'link'), 10)).toBe('äääää');
    expect(await readRegularText(join(folder, 'empty'), 10)).toBe('');
    await expect(readRegularFile(join(folder, 'plain'), 9)).rejects.toThrow('more than 9 bytes');
    if (process.platform !== 'linux') return;
    expect(await readRegularText('/proc/self/stat', 10_000)).toMatch(/^\d+ /);
    await expect(readRegularFile('/proc/self/stat', 10)).rejects.toThrow('more than 10 bytes');
  });
});
