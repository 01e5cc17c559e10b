import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call, enginePid, sealdeck, temporaryFolder } from './cli.ts';
import { processesNaming } from './processes.ts';

const ran = (command: string, ...args: string[]): boolean => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** Why no small disk can be made here, if so: a tmpfs needs Linux and root. */
function noSmallDisk(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'a small disk for the test needs Linux and root';
  const at = join('/tmp', `sealdeck-disk-${process.pid}`);
  mkdirSync(at);
  const mounted = ran('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', at);
  if (mounted) ran('umount', at);
  rmSync(at, { recursive: true });
  return mounted ? undefined : 'tmpfs cannot be mounted here';
}

describe('a disk that is full', () => {
  let place: Awaited<ReturnType<typeof temporaryFolder>>;
  let dir: string;
  let data: string[];
  let mounted: string[];

  beforeEach(async () => {
    place = await temporaryFolder();
    dir = join(place.folder, 'lab');
    data = ['--data', join(dir, '.sealdeck')];
    mounted = [];
  });
  afterEach(async () => {
    for (const at of mounted) rmSync(join(at, 'filler'), { force: true });
    await sealdeck(['down', '--dir', dir, '--json']);
    await sealdeck(['quit', ...data]);
    for (const { pid } of processesNaming(place.folder)) process.kill(pid, 'SIGKILL');
    for (const at of mounted) spawnSync('umount', ['-l', at]);
    await place.remove();
  });

  const up = () => sealdeck(['up', '--dir', dir, '--practice', '--build-servers', '--json']);
  const apply = (stackId: string, step: string, input: unknown = {}) =>
    sealdeck(['call', 'setup.apply', '-', ...data, '--json'], { input: JSON.stringify({ stackId, step, input }) });
  /** The stack before its first step. */
  async function makeStack(): Promise<string> {
    await call(data, 'store.create', { mode: 'practice' });
    const { place: proposal } = (await call(data, 'setup.propose', { folder: dir })) as { place: Record<string, unknown> };
    return String((await call(data, 'setup.create', { place: proposal })).stackId);
  }
  function smallDisk(at: string, size: string): void {
    mkdirSync(at, { recursive: true, mode: 0o700 });
    expect(ran('mount', '-t', 'tmpfs', '-o', `size=${size},mode=700`, 'tmpfs', at)).toBe(true);
    mounted.push(at);
  }
  /** Takes every byte that is left. */
  function fill(at: string): void {
    const { bavail, bsize } = statfsSync(at);
    writeFileSync(join(at, 'filler'), Buffer.alloc(bavail * bsize));
  }

  it('of the data folder: names the file, initialises nothing, and goes on when there is space', async (context) => {
    const reason = noSmallDisk();
    if (reason !== undefined) return context.skip(reason);
    const folder = join(dir, '.sealdeck');
    smallDisk(folder, '16m');
    const stackId = await makeStack();
    for (const step of ['place', 'servers', 'certificates', 'vault'])
      expect((await apply(stackId, step, step === 'servers' ? { get: true } : {})).code).toBe(0);
    const before = await readFile(join(folder, 'sealed.sdv'));
    fill(folder);
    const run = await apply(stackId, 'unseal');
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/^fileNotWritable: .*setup\.json cannot be written.*ENOSPC.*Free space/);
    expect(await call(data, 'vault.status', { stackId })).toMatchObject({ nodes: [{ state: 'uninitialised' }] });
    expect(await readFile(join(folder, 'sealed.sdv'))).toEqual(before);
    rmSync(join(folder, 'filler'));
    const after = await up();
    expect(after.lines.at(-1), after.stderr).toMatchObject({ proof: 'proven' });
  });

  it('of MinIO: the proof says that MinIO has no space, and holds again when there is', async (context) => {
    const reason = noSmallDisk();
    if (reason !== undefined) return context.skip(reason);
    const disk = join(dir, 'minio', 'data');
    await makeStack();
    smallDisk(disk, '64m');
    const made = await up();
    expect(made.lines.at(-1), made.stderr).toMatchObject({ proof: 'proven' });
    fill(disk);
    const run = await sealdeck(['prove', '--dir', dir, '--json']);
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/^minioDiskFull: .*Free space/);
    rmSync(join(disk, 'filler'));
    // MinIO looks at its disk again only every few seconds.
    const proven = async () => (await sealdeck(['prove', '--dir', dir, '--json'])).lines.at(-1);
    await expect.poll(proven, { timeout: 60_000, interval: 500 }).toMatchObject({ proof: 'proven' });
  });

  it('of any user, by a limit on the engine’s files: names the file, keeps the proof, and goes on without the limit', async (context) => {
    if (!ran('prlimit', '--version')) return context.skip('prlimit is not here');
    const made = await up();
    expect(made.lines.at(-1), made.stderr).toMatchObject({ proof: 'proven' });
    const pid = String(enginePid(join(dir, '.sealdeck')));
    expect(ran('prlimit', '--pid', pid, '--fsize=1:')).toBe(true);
    const run = await up();
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/^fileNotWritable: .*EFBIG.*Free space/);
    expect(ran('prlimit', '--pid', pid, '--fsize=unlimited:')).toBe(true);
    const after = await up();
    expect(after.lines.at(-1), after.stderr).toMatchObject({ proof: 'proven' });
  });
});
