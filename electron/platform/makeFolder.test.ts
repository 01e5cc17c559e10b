import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeFolder } from './makeFolder.ts';

describe('a folder that is made', async () => {
  const root = await mkdtemp(join(tmpdir(), 'sealdeck-folder-'));
  afterAll(() => rm(root, { recursive: true, force: true }));
  const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

  it('comes with those above it, and leaves the ones that are there', async () => {
    await mkdir(join(root, 'open'), { mode: 0o755 });
    await makeFolder(join(root, 'open', 'a', 'b'), 0o700);
    await makeFolder(join(root, 'open', 'a', 'b'), 0o700);
    expect(await modeOf(join(root, 'open', 'a', 'b'))).toBe(0o700);
    expect(await modeOf(join(root, 'open'))).toBe(0o755);
  });

  it('may be a link to one, and is no file', async () => {
    await symlink(root, join(root, 'link'));
    await makeFolder(join(root, 'link', 'below'));
    await writeFile(join(root, 'file'), '');
    await expect(makeFolder(join(root, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeFolder(join(root, 'file', 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it.runIf(process.platform === 'linux')('ends where a folder that is there takes none below it', async () => {
    await expect(makeFolder('/proc/self/x/y')).rejects.toMatchObject({ code: 'ENOENT' });
    await makeFolder('/proc/self');
  });
});
