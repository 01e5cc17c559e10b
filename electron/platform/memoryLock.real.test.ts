import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureServers } from '../../servers/get.ts';
import { grantMemoryLock, memoryLockOf } from './memoryLock.ts';

let folder: string;
let kes: string;
let canRun: boolean;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealdeck-mlock-'));
  kes = join(folder, 'kes');
  await copyFile((await ensureServers(['kes'], console.log)).kes, kes);
  canRun = (await memoryLockOf(kes, 'kes')).canRun;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('memory locking', () => {
  it('shows a command for the file itself, not for a link to it', async () => {
    const link = join(folder, 'link');
    await symlink(kes, link);
    const { command } = await memoryLockOf(link, 'kes');
    if (process.platform === 'linux') expect(command).toBe(`sudo setcap cap_ipc_lock=+ep ${kes}`);
    else expect(command).toBeUndefined();
  });

  it('gives the right where this user may, and the file still runs; else says why not', async (test) => {
    if (process.platform !== 'linux') return test.skip('memory locking is for Linux only');
    if (!canRun) {
      await expect(grantMemoryLock(kes, ['--version'])).rejects.toMatchObject({ code: 'memoryLockFailed' });
      return;
    }
    await grantMemoryLock(kes, ['--version']);
    expect(execFileSync('/usr/sbin/getcap', [kes], { encoding: 'utf8' })).toContain('cap_ipc_lock');
    expect((await memoryLockOf(kes, 'kes')).state).toBe('granted');
  });

  it('takes the right back when the file does not run with it', async (test) => {
    if (!canRun) return test.skip('this user may not set capabilities');
    await grantMemoryLock(kes, ['--version']);
    await expect(grantMemoryLock(kes, ['no-such-command'])).rejects.toMatchObject({ code: 'memoryLockFailed' });
    expect(execFileSync('/usr/sbin/getcap', [kes], { encoding: 'utf8' })).toBe('');
  });
});
