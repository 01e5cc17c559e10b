import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CliRun, call, enginePid, sealdeck, temporaryFolder } from './cli.ts';
import { processesNaming } from './processes.ts';

let place: Awaited<ReturnType<typeof temporaryFolder>>;
let dir: string;
let data: string[];

async function makePlace(): Promise<void> {
  place = await temporaryFolder();
  dir = join(place.folder, 'lab');
  data = ['--data', join(dir, '.sealdeck')];
}
async function clearUp(): Promise<void> {
  await sealdeck(['down', '--dir', dir, '--json']);
  for (const { pid } of processesNaming(place.folder)) process.kill(pid, 'SIGKILL');
  await place.remove();
}

const up = (...args: string[]) => sealdeck(['up', '--dir', dir, '--practice', ...args, '--json']);
const proven = (run: CliRun): void => expect(run.lines.at(-1), run.stderr).toMatchObject({ proof: 'proven' });
const apply = (stackId: string, step: string, input: unknown = {}) =>
  sealdeck(['call', 'setup.apply', '-', ...data, '--json'], { input: JSON.stringify({ stackId, step, input }) });

/** What must end in a clear message with the next step, and lose nothing. */
describe('a chain under adverse conditions', () => {
  let server: Server | undefined;
  beforeEach(makePlace);
  afterEach(async () => {
    server?.close();
    server = undefined;
    await clearUp();
  });

  /** The stack without a run: place made, nothing started. */
  async function makeStack(change: (place: Record<string, unknown>) => void = () => undefined): Promise<string> {
    await call(data, 'store.create', { mode: 'practice' });
    const { place: proposal } = (await call(data, 'setup.propose', { folder: dir })) as { place: Record<string, unknown> };
    change(proposal);
    return String((await call(data, 'setup.create', { place: proposal })).stackId);
  }
  it('says which port is in use and which one is free', async () => {
    const stackId = await makeStack();
    const { ports } = ((await call(data, 'setup.state', { stackId })) as { steps: { input: { ports: Record<string, number> } }[] }).steps[0]
      ?.input ?? { ports: {} };
    server = createServer().listen(ports.kes, '127.0.0.1');
    const run = await apply(stackId, 'place');
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(new RegExp(`^portTaken: Port ${ports.kes} is in use\\..*Use port \\d+ instead`));
    expect(run.stderr.trim().split('\n')).toHaveLength(1);
  });

  it('refuses a binary that is not the program it should be', async () => {
    const stackId = await makeStack();
    await apply(stackId, 'place');
    const wrong = join(place.folder, 'bao');
    await writeFile(wrong, '#!/bin/sh\necho something else\n', { mode: 0o755 });
    const run = await apply(stackId, 'servers', { picked: { openbao: wrong } });
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/^serverWrongBinary: /);
  });

  it('ends with 2 and names the agreement when servers are missing', async () => {
    const empty = join(place.folder, 'empty-cache');
    await mkdir(empty);
    const run = await sealdeck(['up', '--dir', dir, '--practice', '--json'], { env: { SEALDECK_SERVERS_CACHE: empty } });
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/^serversMissing: .*--build-servers/);
  });

  it('says that a file is where the folder shall be, and makes nothing', async () => {
    const blocked = join(place.folder, 'a-file');
    await writeFile(blocked, 'not a folder');
    for (const folder of [blocked, join(blocked, 'lab')]) {
      const run = await sealdeck(['up', '--dir', folder, '--practice', '--json']);
      expect(run.stderr).toMatch(/^folderIsFile: .*a-file is a file\./);
    }
    await call(data, 'store.create', { mode: 'practice' });
    const { place: proposal } = (await call(data, 'setup.propose', { folder: join(blocked, 'lab') })) as { place: Record<string, unknown> };
    await expect(call(data, 'setup.create', { place: proposal })).rejects.toThrow(/folderIsFile: /);
    expect(await readFile(blocked, 'utf8')).toBe('not a folder');
  });

  it('names the folder that cannot be written, and goes on when it can', async () => {
    const stackId = await makeStack();
    await mkdir(join(dir, 'logs'), { recursive: true });
    await rm(join(dir, 'logs'), { recursive: true });
    await writeFile(join(dir, 'logs'), 'a file where a folder shall be');
    const run = await apply(stackId, 'place');
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/^fileNotWritable: .*logs/);
    await rm(join(dir, 'logs'));
    expect((await apply(stackId, 'place')).code).toBe(0);
    const { entries } = (await call(data, 'journal.list', { stackId })) as { entries: { action: { code: string }; outcome: string }[] };
    expect(entries[0]).toMatchObject({ action: { code: 'setup.journal.failed', params: { code: 'fileNotWritable' } }, outcome: 'failed' });
  });

  it('keeps an engine that nobody asked to end when down finds no stack', async () => {
    await call(data, 'store.create', { mode: 'practice' });
    const engine = enginePid(join(dir, '.sealdeck'));
    const run = await sealdeck(['down', ...data, '--json']);
    expect(run.stderr).toMatch(/^stackNone: /);
    expect(enginePid(join(dir, '.sealdeck'))).toBe(engine);
    await sealdeck(['quit', ...data]);
  });

  it('shows the last log lines of a server that dies at start, and goes on when the cause is gone', async () => {
    const stackId = await makeStack();
    for (const step of ['place', 'servers', 'certificates']) expect((await apply(stackId, step)).code).toBe(0);
    // A file where raft wants its folder.
    await mkdir(join(dir, 'vault', 'data'), { recursive: true });
    await writeFile(join(dir, 'vault', 'data', 'raft'), 'in the way');
    const run = await apply(stackId, 'vault');
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/^serverDied: .*raft/);
    await rm(join(dir, 'vault', 'data', 'raft'));
    expect((await apply(stackId, 'vault')).code).toBe(0);
  });

  it('refuses a default key that does not exist, which MinIO would have made silently', async () => {
    const stackId = await makeStack();
    for (const step of ['place', 'servers', 'certificates', 'vault', 'unseal', 'prepare', 'kes', 'key']) {
      const run = await apply(stackId, step, step === 'servers' ? { get: true } : {});
      expect(run.code, run.stderr).toBe(0);
    }
    const run = await apply(stackId, 'minio', { defaultKey: 'minio-defualt' });
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/^minioKeyMissing: .*minio-defualt/);
    const { keys } = (await call(data, 'kes.keys', { stackId })) as { keys: { name: string }[] };
    expect(keys.map((key) => key.name)).toEqual(['minio-default']);
  });

  it('lets two windows work at once: one set-up, two listeners', async () => {
    const stackId = await makeStack();
    const express = { input: JSON.stringify({ stackId, inputs: { servers: { get: true } } }) };
    const [one, two] = await Promise.all([
      sealdeck(['call', 'setup.express', '-', ...data, '--json'], express),
      sealdeck(['call', 'setup.express', '-', ...data, '--json'], express),
    ]);
    const codes = [one.code, two.code].toSorted();
    expect(codes).toEqual([0, 1]);
    expect(one.stderr + two.stderr).toMatch(/setupBusy: /);
    proven(await up());
  });
});

describe('a proven chain under adverse conditions', () => {
  let stackId: string;
  const kesState = async () => ((await call(data, 'kes.status', { stackId })) as { nodes: { state: string }[] }).nodes[0]?.state;
  beforeAll(async () => {
    await makePlace();
    proven(await up('--build-servers'));
    stackId = String(((await call(data, 'stacks.list')) as { stacks: { id: string }[] }).stacks[0]?.id);
  });
  afterAll(clearUp);

  it('heals a Vault that was sealed in the middle, by running up again', async () => {
    await call(data, 'vault.seal', { stackId });
    expect(await kesState()).not.toBe('working');
    proven(await up());
  });

  it('is not green while the credentials behind KES are dead', async () => {
    await call(data, 'lab.stop', { stackId, kind: 'kes' });
    const config = join(dir, 'kes', 'kes.yaml');
    const text = await readFile(config, 'utf8');
    await chmod(config, 0o600);
    await writeFile(config, text.replace(/prefix: .*/, 'prefix: "elsewhere"'));
    await call(data, 'lab.start', { stackId, kind: 'kes' });
    await expect.poll(kesState, { timeout: 20_000 }).toBe('credentialsDead');
    proven(await up());
  });

  it('stops at a Vault that was initialised by somebody else, and touches nothing', async () => {
    await call(data, 'lab.stop', { stackId });
    await call(data, 'app.quit', { force: true });
    while (enginePid(join(dir, '.sealdeck')) !== undefined) await sleep(50);
    // The sealed store of another life: nothing of this Vault is known any more.
    for (const file of ['sealed.sdv', 'sealed.sdv.bak', 'practice.key']) await rm(join(dir, '.sealdeck', file), { force: true });
    await call(data, 'store.create', { mode: 'practice' });
    await apply(stackId, 'certificates');
    expect((await apply(stackId, 'vault')).code).toBe(0);
    const run = await apply(stackId, 'unseal');
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/^vaultInitLost: /);
  });
});
