import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultDataFolder, prepareSocketPath } from './engineFolder.ts';

describe('the default data folder', () => {
  it('follows each system, and SEALDECK_DATA before all', () => {
    expect(defaultDataFolder('linux', {}, '/home/a')).toBe('/home/a/.local/share/sealdeck');
    expect(defaultDataFolder('linux', { XDG_DATA_HOME: '/x' }, '/home/a')).toBe('/x/sealdeck');
    expect(defaultDataFolder('darwin', {}, '/Users/a')).toBe('/Users/a/Library/Application Support/Sealdeck');
    expect(defaultDataFolder('linux', { SEALDECK_DATA: '/d', XDG_DATA_HOME: '/x' }, '/home/a')).toBe('/d');
  });
});

describe.skipIf(process.platform === 'win32')('the socket path', () => {
  it('is short and the same for the same folder, however deep that lies', async () => {
    const deep = `/data/${'very-long-folder-name/'.repeat(20)}`;
    const path = await prepareSocketPath(deep, {});
    expect(Buffer.byteLength(path)).toBeLessThan(100);
    expect(await prepareSocketPath(`${deep}/../${'very-long-folder-name'}/`, {})).toBe(path);
    expect(await prepareSocketPath('/data/other', {})).not.toBe(path);
  });

  it('is not put into a runtime folder that is a link or too long', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sealdeck-runtime-'));
    try {
      expect(await prepareSocketPath('/data', { XDG_RUNTIME_DIR: folder })).toContain(folder);
      rmSync(join(folder, 'sealdeck'), { recursive: true });
      symlinkSync('/etc', join(folder, 'sealdeck'));
      expect(await prepareSocketPath('/data', { XDG_RUNTIME_DIR: folder })).not.toContain(folder);
      expect(await prepareSocketPath('/data', { XDG_RUNTIME_DIR: join(folder, 'x'.repeat(90)) })).not.toContain(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
