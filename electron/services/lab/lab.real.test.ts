import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureServers } from '../../../servers/get.ts';
import type { JobSnapshot } from '../../../shared/jobs.ts';
import type { ServerKind, Stack, StackNode } from '../../../shared/stacks.ts';
import { say, type Text } from '../../../shared/text.ts';
import { createJobRunner } from '../../jobs/jobRunner.ts';
import type { LaunchSpec, StackAccess, StackFolder, StackServers } from '../../jobs/step.ts';
import { freePort } from '../../platform/ports.ts';
import { createEventHub } from '../../rpc/eventHub.ts';
import { createLab, type Lab } from './handlers.ts';

const stackId = 'lab-1';
let root: string;
let port: number;
let consolePort: number;
let kesPort: number;
let lab: Lab;
let servers: StackServers;
let journal: Text[];
let changes: number;
let closed: Text | undefined;
let picked: { kes?: string; minio?: string };
let jobs: ReturnType<typeof createJobRunner>;
/** A second MinIO of the stack. */
let second: StackNode | undefined;

beforeAll(async () => {
  await ensureServers(['minio', 'kes'], console.log);
});

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sealdeck-lab-'));
  [port, consolePort, kesPort] = [await freePort(), await freePort(), await freePort()];
  journal = [];
  changes = 0;
  closed = undefined;
  picked = {};
  second = undefined;
  lab = openLab();
  servers = lab.serversOf(stackId, folder());
});

afterEach(async () => {
  for (const kind of ['minio', 'kes'] as const) await servers.stop(kind);
  if (second) await servers.stop('minio', second.id);
  await rm(root, { recursive: true, force: true });
});

/** A new lab on the same data folder is what a new engine is. */
function openLab(): Lab {
  const hub = createEventHub();
  hub.subscribe((name) => {
    if (name === 'lab.changed') changes += 1;
  });
  const log = { info: () => undefined, error: () => undefined };
  jobs = createJobRunner(hub.publish, log);
  const made: Lab = createLab({
    dataFolder: join(root, 'data'),
    publish: hub.publish,
    jobs,
    log,
    pickedOf: async () => picked,
    gate: async () => closed,
    open: async () =>
      ({
        stack: stackDocument(),
        folder: folder(),
        servers: made.serversOf(stackId, folder()),
        journal: async (action: Text) => {
          journal.push(action);
        },
      }) as unknown as StackAccess,
  });
  return made;
}

function folder(): StackFolder {
  return { path: (relative: string) => join(root, 'stack', ...relative.split('/')) } as unknown as StackFolder;
}

function stackDocument(): Stack {
  const nodes = (kind: ServerKind, at: number) => [{ id: `${kind}-1`, url: `http://127.0.0.1:${at}`, way: 'here' as const }];
  return {
    keyStores: [{ storage: 'raft', nodes: nodes('vault', 1) }],
    kesClusters: [{ nodes: nodes('kes', kesPort) }],
    minioClusters: [{ nodes: nodes('minio', port) }, ...(second ? [{ nodes: [second] }] : [])],
  } as unknown as Stack;
}

function minioSpec(extra: Partial<LaunchSpec> = {}): LaunchSpec {
  const args = ['server', join(root, 'stack', 'drive'), '--address', `127.0.0.1:${port}`, '--console-address', `127.0.0.1:${consolePort}`];
  return { args, ...extra };
}

async function run(name: 'lab.start' | 'lab.stop' | 'lab.restart', input: { kind?: ServerKind; node?: string } = {}): Promise<JobSnapshot> {
  const { jobId } = await lab.handlers[name]({ stackId, ...input }, { signal: new AbortController().signal, host: 'cli' });
  return jobs.wait(jobId);
}

const alive = (pid: number | undefined): boolean => {
  try {
    process.kill(pid ?? -1, 0);
    return true;
  } catch {
    return false;
  }
};

describe('a server of the lab', () => {
  it('runs until it is stopped, is not started twice, and is started anew when its command line changes', async () => {
    const first = await servers.start('minio', 'minio', minioSpec());
    expect(first).toMatchObject({ kind: 'minio', node: 'minio-1', state: 'running', url: `http://127.0.0.1:${port}` });
    expect((await fetch(`${first.url}/minio/health/live`)).status).toBe(200);
    expect((await servers.start('minio', 'minio', minioSpec())).pid).toBe(first.pid);
    const other = await servers.start('minio', 'minio', minioSpec({ env: { MINIO_BROWSER: 'off' } }));
    expect(other.pid).not.toBe(first.pid);
    expect(alive(first.pid)).toBe(false);
    await servers.stop('minio');
    expect(alive(other.pid)).toBe(false);
    expect((await servers.status('minio')).state).toBe('stopped');
    expect(changes).toBeGreaterThan(0);
    const record = join(root, 'data', 'stacks', stackId, 'processes.json');
    expect((await stat(record)).mode & 0o777).toBe(0o600);
  });

  it('runs beside another of its kind: each has its own process, log and record, and is ended alone', async () => {
    const [secondPort, secondConsole] = [await freePort(), await freePort()];
    second = { id: 'minio-2', url: `http://127.0.0.1:${secondPort}`, way: 'here' };
    const args = ['server', join(root, 'stack', 'second'), '--address', `127.0.0.1:${secondPort}`];
    const one = await servers.start('minio', 'minio', minioSpec());
    const two = await servers.start('minio', 'minio', { args: [...args, '--console-address', `127.0.0.1:${secondConsole}`] }, 'minio-2');
    expect([one.node, two.node, one.pid === two.pid]).toEqual(['minio-1', 'minio-2', false]);
    await expect.poll(async () => (await servers.lastLines('minio', 50, 'minio-2')).join(), { timeout: 20_000 }).toContain(`${secondPort}`);
    expect((await servers.lastLines('minio', 50)).join()).not.toContain(`${secondPort}`);

    lab = openLab();
    servers = lab.serversOf(stackId, folder());
    const call = { signal: new AbortController().signal, host: 'cli' } as const;
    const seen = async (): Promise<string[]> =>
      (await lab.handlers['lab.status']({ stackId }, call)).servers.flatMap(({ kind, node, state }) =>
        kind === 'minio' ? [`${node} ${state}`] : [],
      );
    expect(await seen()).toEqual(['minio-1 running', 'minio-2 running']);
    expect((await run('lab.stop', { node: 'minio-1' })).state).toBe('succeeded');
    expect(await seen()).toEqual(['minio-1 stopped', 'minio-2 running']);
    expect((await run('lab.start')).state).toBe('succeeded');
    expect(await seen()).toEqual(['minio-1 running', 'minio-2 running']);
    expect((await servers.status('minio', 'minio-2')).pid).toBe(two.pid);
    expect((await run('lab.stop')).state).toBe('succeeded');
    expect([alive(one.pid), alive(two.pid)]).toEqual([false, false]);
    expect(journal.map(({ params }) => params?.kind)).toContain('MinIO (minio-2)');
  });

  it('is known to the next engine, which reads its log, restarts and stops it', async () => {
    const first = await servers.start('minio', 'minio', minioSpec());
    lab = openLab();
    servers = lab.serversOf(stackId, folder());
    expect(await servers.status('minio')).toMatchObject({ state: 'running', pid: first.pid });
    const context = { signal: new AbortController().signal, host: 'cli' } as const;
    const log = async (): Promise<string> =>
      (await lab.handlers['lab.log']({ stackId, kind: 'minio', lines: 100 }, context)).lines.join('\n');
    // The port answers before MinIO prints its banner.
    await expect.poll(log, { timeout: 20_000 }).toContain('MinIO');
    expect((await run('lab.restart')).state).toBe('succeeded');
    const again = await servers.status('minio');
    expect(again.state).toBe('running');
    expect(again.pid).not.toBe(first.pid);
    expect((await run('lab.stop')).state).toBe('succeeded');
    expect(alive(again.pid)).toBe(false);
    expect(journal.map(({ code }) => code)).toEqual(['labStopped', 'labStarted', 'labStopped']);
  });

  it('is started from its record, but not while something that it needs is not ready', async () => {
    await servers.start('minio', 'minio', minioSpec());
    await servers.stop('minio');
    closed = say('labStarting', { kind: 'vault' });
    const waiting = await run('lab.start');
    expect(waiting).toMatchObject({ state: 'succeeded', result: { waiting: 'minio', note: { code: 'labStarting' } } });
    expect((await servers.status('minio')).state).toBe('stopped');
    closed = undefined;
    expect((await run('lab.start')).state).toBe('succeeded');
    expect((await servers.status('minio')).state).toBe('running');
  });

  it('is shown as died with its last lines after a kill from outside, and starts again', async () => {
    const named = async (): Promise<number> => (await servers.lastLines('minio', 1000)).filter((line) => line.includes('MinIO')).length;
    const before = await named();
    const { pid } = await servers.start('minio', 'minio', minioSpec());
    // It listens before it has written its first line.
    await expect.poll(named, { timeout: 10_000 }).toBeGreaterThan(before);
    process.kill(pid ?? 0, 'SIGKILL');
    await expect.poll(async () => (await servers.status('minio')).state).toBe('died');
    const { lastLines } = await servers.status('minio');
    expect(lastLines?.join('\n')).toContain('MinIO');
    expect((await run('lab.start', { kind: 'minio' })).state).toBe('succeeded');
  });

  it('cannot be started from a record that was never made', async () => {
    await expect(run('lab.start', { kind: 'kes' })).rejects.toMatchObject({ code: 'serverNeverStarted', details: { kind: 'kes' } });
  });

  it('does not start where another program listens, and leaves that program alone', async () => {
    for (const taken of [port, consolePort]) {
      const other = createServer().listen(taken, '127.0.0.1');
      await once(other, 'listening');
      await expect(servers.start('minio', 'minio', minioSpec())).rejects.toMatchObject({
        code: 'portInUse',
        details: { kind: 'minio', port: taken },
      });
      expect((await servers.status('minio')).state).toBe(taken === port ? 'foreign' : 'stopped');
      await servers.stop('minio');
      expect(other.listening).toBe(true);
      await new Promise((resolve) => other.close(resolve));
    }
  });

  it('waits a moment for the port of its own run that was killed', async () => {
    const { pid } = await servers.start('minio', 'minio', minioSpec());
    process.kill(pid ?? 0, 'SIGKILL');
    await expect.poll(async () => (await servers.status('minio')).state).toBe('died');
    // As a process that is being torn down: nobody sees it any more, and its socket is still there.
    const held = createServer().listen(port, '127.0.0.1');
    await once(held, 'listening');
    setTimeout(() => held.close(), 700);
    expect((await servers.start('minio', 'minio', minioSpec())).state).toBe('running');
  });

  it('that dies at its start says why in its own words', async () => {
    const config = join(root, 'kes.yaml');
    await writeFile(config, 'version: v1\naddress: [this is no address\n');
    const dies = servers.start('kes', 'kes', { args: ['server', '--config', config] });
    await expect(dies).rejects.toMatchObject({ code: 'serverDied', details: { kind: 'kes', lines: expect.stringContaining('yaml') } });
    expect((await servers.status('kes')).state).toBe('died');
    expect((await servers.lastLines('kes', 5)).join('\n')).toContain('yaml');
    expect((await stat(join(root, 'stack', 'logs', 'kes.log'))).mode & 0o777).toBe(0o600);
  });

  it('that was denied its port at the last moment names that port', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port: taken } = other.address() as AddressInfo;
    const config = join(root, 'kes.yaml');
    const keys = join(root, 'keys');
    await writeFile(
      config,
      `version: v1\naddress: 127.0.0.1:${taken}\nadmin: {identity: disabled}\ntls: {key: ${root}/kes.key, cert: ${root}/kes.crt}\nkeystore: {fs: {path: ${keys}}}\n`,
    );
    const binary = await servers.binary('kes');
    spawnSync(binary, ['identity', 'new', `--key=${root}/kes.key`, `--cert=${root}/kes.crt`, '--ip=127.0.0.1', 'kes']);
    const denied = servers.start('kes', 'kes', { args: ['server', '--config', config] });
    await expect(denied).rejects.toMatchObject({ code: 'portInUse', details: { kind: 'kes', port: taken } });
    await new Promise((resolve) => other.close(resolve));
  });

  it('is not ended through a record whose pid now belongs to another process', async () => {
    const { pid } = await servers.start('minio', 'minio', minioSpec());
    const file = join(root, 'data', 'stacks', stackId, 'processes.json');
    const original = await readFile(file, 'utf8');
    await writeFile(file, original.replace(/("startTime": ")[^"]*/, '$1an earlier boot:1'));
    await servers.stop('minio');
    expect(alive(pid)).toBe(true);
    expect((await servers.status('minio')).state).toBe('foreign');
    await writeFile(file, original);
  });

  it('says that its folder cannot be written', async () => {
    await writeFile(join(root, 'stack'), 'a file where the folder should be');
    await expect(servers.start('minio', 'minio', minioSpec())).rejects.toMatchObject({ code: 'fileNotWritable' });
  });

  it('is refused when the picked file is another program', async () => {
    const script = join(root, 'minio');
    await writeFile(script, '#!/bin/sh\necho hello\n');
    await chmod(script, 0o755);
    picked = { minio: script };
    await expect(servers.start('minio', 'minio', minioSpec())).rejects.toMatchObject({ code: 'serverWrongBinary' });
    const { binaries } = await lab.handlers['lab.servers']({ stackId }, { signal: new AbortController().signal, host: 'cli' });
    expect(binaries.find(({ program }) => program === 'minio')).toEqual({ program: 'minio', source: 'picked', path: script });
  });
});
