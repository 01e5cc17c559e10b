import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isAppError } from '../../../shared/rpc/errors.ts';
import { readEngineFile } from '../../platform/engineFolder.ts';
import { takeEngineLock } from '../../platform/engineLock.ts';
import { isSameProcess, processStart } from '../../platform/processStart.ts';
import { createClient } from '../../rpc/client.ts';
import { createSmallApp } from '../smallApp.testSupport.ts';
import { type Attached, attachEngine, findEngine } from './attach.ts';
import { startEngine } from './engine.ts';

const folders: string[] = [];
const pids = new Set<number>();
const script = join(import.meta.dirname, '..', 'smallEngine.testSupport.ts');

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sealdeck-engine-'));
  folders.push(folder);
  return join(folder, 'data');
}

async function attach(dataFolder: string, extra: string[] = [], build = 'test'): Promise<Attached> {
  const attached = await attachEngine({ dataFolder, host: 'cli', command: { file: process.execPath, args: [script, ...extra] }, build });
  pids.add(attached.engine.pid);
  return attached;
}

async function gone(pid: number, withinMs = 8000): Promise<boolean> {
  for (const until = Date.now() + withinMs; Date.now() < until; ) {
    if ((await processStart(pid)) === undefined) return true;
    await new Promise((done) => setTimeout(done, 50));
  }
  return false;
}

afterAll(async () => {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // ended by its test
    }
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('the engine of a data folder', () => {
  it('is started by the first client and found by the second', async () => {
    const data = freshFolder();
    const first = await attach(data);
    const second = await attach(data);
    expect(second.engine.pid).toBe(first.engine.pid);
    const client = createClient(second.pipe);
    expect(await client.call('app.info', {})).toMatchObject({ host: 'cli', dataFolder: data });
    expect(statSync(data).mode & 0o777).toBe(0o700);
    const file = await readEngineFile(data);
    expect(statSync(join(data, 'engine.json')).mode & 0o777).toBe(0o600);
    expect(statSync(file?.socket ?? '').mode & 0o777).toBe(0o600);
    expect(Buffer.byteLength(file?.socket ?? '')).toBeLessThan(100);
  });

  it('is one even when several clients start it at the same time', async () => {
    const data = freshFolder();
    const all = await Promise.all([attach(data), attach(data), attach(data), attach(data)]);
    expect(new Set(all.map((one) => one.engine.pid)).size).toBe(1);
  });

  it('refuses a second engine with the holder’s process number', async () => {
    const data = freshFolder();
    const { engine } = await attach(data);
    const second = startEngine({ dataFolder: data, createApp: createSmallApp, windowFolder: '', version: '0', build: 'test' });
    await expect(second).rejects.toMatchObject({ code: 'engineRuns', details: { pid: engine.pid } });
  });

  it('takes over the lock of an engine that was killed', async () => {
    const data = freshFolder();
    const { engine } = await attach(data);
    process.kill(engine.pid, 'SIGKILL');
    expect(await gone(engine.pid)).toBe(true);
    expect(existsSync(join(data, 'engine.lock'))).toBe(true);
    const next = await attach(data);
    expect(next.engine.pid).not.toBe(engine.pid);
  });

  it('gives the lock to exactly one of many that find a stale one', async () => {
    const data = freshFolder();
    const { engine } = await attach(data);
    process.kill(engine.pid, 'SIGKILL');
    await gone(engine.pid);
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => takeEngineLock(data)));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    expect(results.filter((result) => result.status === 'rejected' && isAppError(result.reason, 'engineRuns'))).toHaveLength(7);
  });

  it('does not take a reused process number for the engine', async () => {
    const data = freshFolder();
    const { engine } = await attach(data);
    process.kill(engine.pid, 'SIGKILL');
    await gone(engine.pid);
    // This very process lives, but was not the one that took the lock.
    writeFileSync(join(data, 'engine.lock'), JSON.stringify({ pid: process.pid, start: 'another start', nonce: 'x' }));
    expect(await isSameProcess(process.pid, 'another start')).toBe(false);
    const lock = await takeEngineLock(data);
    await lock.release();
    expect(existsSync(join(data, 'engine.lock'))).toBe(false);
  });

  it('answers nothing to a stranger on its socket without the key', async () => {
    const data = freshFolder();
    await attach(data);
    const file = await readEngineFile(data);
    const socket = connect(file?.socket ?? '');
    let heard = '';
    socket.on('data', (chunk) => {
      heard += String(chunk);
    });
    socket.write(
      `${JSON.stringify({ control: 'leave', id: 1 })}\n${JSON.stringify({ kind: 'call', id: 2, name: 'app.info', input: {} })}\n`,
    );
    await new Promise((done) => socket.on('close', done));
    expect(heard).toBe('');
    expect(await findEngine(data, 'cli')).toBeDefined();
  });

  it('is found again after its record was damaged, removed or pointed at a foreign socket', async () => {
    const data = freshFolder();
    const { engine } = await attach(data);
    const file = join(data, 'engine.json');
    const foreign = { ...JSON.parse(readFileSync(file, 'utf8')), socket: join(data, 'nobody.sock'), key: 'foreign' };
    for (const damage of [() => writeFileSync(file, '{'), () => rmSync(file), () => writeFileSync(file, JSON.stringify(foreign))]) {
      damage();
      expect((await attach(data)).engine.pid).toBe(engine.pid);
    }
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('is named by its process number when it is alive but answers nobody', async () => {
    const data = freshFolder();
    const { engine } = await attach(data);
    process.kill(engine.pid, 'SIGSTOP');
    try {
      await expect(attach(data)).rejects.toMatchObject({ code: 'engineRuns', details: { pid: engine.pid } });
    } finally {
      process.kill(engine.pid, 'SIGCONT');
    }
    expect((await attach(data)).engine.pid).toBe(engine.pid);
  });

  it('ends by itself when nobody needs it, and leaves no file behind that names it', async () => {
    const data = freshFolder();
    const attached = await attach(data, ['--idle-seconds', '1']);
    await new Promise((done) => setTimeout(done, 2000));
    expect(await processStart(attached.engine.pid)).toBeDefined();
    attached.pipe.close();
    expect(await gone(attached.engine.pid)).toBe(true);
    expect(existsSync(join(data, 'engine.json'))).toBe(false);
    expect(existsSync(join(data, 'engine.lock'))).toBe(false);
  });

  it('is kept alive by a job when the last client has gone', async () => {
    const data = freshFolder();
    const attached = await attach(data, ['--idle-seconds', '1']);
    const client = createClient(attached.pipe);
    await client.call('lab.get', { programs: Array.from({ length: 35 }, () => 'kes' as const) });
    client.close();
    await new Promise((done) => setTimeout(done, 2500));
    expect(await processStart(attached.engine.pid)).toBeDefined();
    expect(await gone(attached.engine.pid)).toBe(true);
  });

  it('stays when one of two clients leaves, and ends with the last', async () => {
    const data = freshFolder();
    const one = await attach(data);
    const other = await attach(data);
    expect(await one.leave()).toBe(false);
    one.pipe.close();
    await new Promise((done) => setTimeout(done, 200));
    expect(await other.leave()).toBe(true);
    expect(await gone(other.engine.pid)).toBe(true);
  });

  it('names running work instead of quitting, and quits when told to all the same', async () => {
    const data = freshFolder();
    const attached = await attach(data);
    const client = createClient(attached.pipe);
    let closing = false;
    client.on('app.closing', () => {
      closing = true;
    });
    await client.call('lab.get', { programs: Array.from({ length: 50 }, () => 'kes' as const) });
    await expect(client.call('app.quit', { force: false })).rejects.toMatchObject({ code: 'jobsRunning', details: { count: 1 } });
    await client.call('app.quit', { force: true });
    expect(await gone(attached.engine.pid)).toBe(true);
    expect(closing).toBe(true);
  });

  it('gives way to a newer build unless somebody works with it', async () => {
    const data = freshFolder();
    const old = await attach(data);
    const kept = await attach(data, [], 'newer');
    expect(kept.engine.pid).toBe(old.engine.pid);
    old.pipe.close();
    kept.pipe.close();
    await new Promise((done) => setTimeout(done, 200));
    const fresh = await attach(data, [], 'newer');
    expect(fresh.engine.pid).not.toBe(old.engine.pid);
  });

  it('ends cleanly on SIGTERM', async () => {
    const data = freshFolder();
    const { engine } = await attach(data);
    process.kill(engine.pid, 'SIGTERM');
    expect(await gone(engine.pid)).toBe(true);
    expect(existsSync(join(data, 'engine.lock'))).toBe(false);
  });

  it('says why it could not be started', async () => {
    const data = freshFolder();
    const attempt = attachEngine({
      dataFolder: data,
      host: 'cli',
      command: { file: process.execPath, args: ['-e', 'process.exit(7)', '--'] },
      build: '',
    });
    await expect(attempt).rejects.toMatchObject({ code: 'engineUnreachable', details: { reason: 'The process ended with code 7.' } });
  });

  it('outlives the process that started it', async () => {
    const data = freshFolder();
    const starter = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `const { attachEngine } = await import(${JSON.stringify(join(import.meta.dirname, 'attach.ts'))});
         await attachEngine({ dataFolder: ${JSON.stringify(data)}, host: 'cli', command: { file: process.execPath, args: [${JSON.stringify(script)}] }, build: 'test' });
         process.exit(0);`,
      ],
      { stdio: 'inherit' },
    );
    expect(await new Promise((done) => starter.on('exit', done))).toBe(0);
    const found = await findEngine(data, 'cli');
    expect(found).toBeDefined();
    if (found) pids.add(found.engine.pid);
    expect(readFileSync(join(data, 'engine.log'), 'utf8')).toBe('');
  });
});
