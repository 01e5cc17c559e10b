import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort, portAnswers, portIsFree } from './ports.ts';
import { endProcess, type ProcessIdentity, seeOurs, startDetached } from './processes.ts';
import { lookAt } from './processLook.ts';

let folder: string;
const started: ProcessIdentity[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealdeck-processes-'));
});
afterEach(async () => {
  for (const identity of started.splice(0)) await endProcess(identity, { graceMs: 0 });
  await rm(folder, { recursive: true, force: true });
});

const idle = 'setInterval(() => undefined, 1000)';

async function start(script: string, env: Record<string, string> = {}, record?: (identity: ProcessIdentity) => Promise<void>) {
  return startDetached({
    binary: process.execPath,
    args: ['-e', script],
    env,
    cwd: folder,
    logFile: join(folder, 'logs', 'one.log'),
    record: async (identity) => {
      started.push(identity);
      await record?.(identity);
    },
  });
}

async function until(what: () => Promise<boolean> | boolean, limitMs = 10_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await what())) {
    if (Date.now() > end) throw new Error('it did not come about');
    await wait(50);
  }
}

const log = () => readFile(join(folder, 'logs', 'one.log'), 'utf8');

describe('a detached process', () => {
  it('runs in a group of its own, logs to a 0600 file and inherits next to nothing', async () => {
    process.env.SEALDECK_TRACER = 'must-not-arrive';
    const { identity } = await start(`console.log(JSON.stringify(process.env)); ${idle}`, { SERVER_SETTING: 'given' });
    delete process.env.SEALDECK_TRACER;
    await until(async () => (await log()).includes('\n'));
    const env = JSON.parse(await log()) as Record<string, string>;
    expect(env.SERVER_SETTING).toBe('given');
    expect(env.PATH).toBe(process.env.PATH);
    expect(env.SEALDECK_TRACER).toBeUndefined();
    expect((await seeOurs(identity))?.group).toBe(identity.pid);
    expect((await stat(join(folder, 'logs', 'one.log'))).mode & 0o777).toBe(0o600);
  });

  it('does not begin before its identity is recorded', async () => {
    const mark = join(folder, 'began');
    let begunEarly = true;
    await start(`require('fs').writeFileSync(${JSON.stringify(mark)}, ''); ${idle}`, {}, async () => {
      await wait(600);
      begunEarly = existsSync(mark);
    });
    expect(begunEarly).toBe(false);
    await until(() => existsSync(mark));
  });

  it('never begins when the record cannot be written', async () => {
    const mark = join(folder, 'began');
    const refused = start(`require('fs').writeFileSync(${JSON.stringify(mark)}, '')`, {}, () => Promise.reject(new Error('disk full')));
    await expect(refused).rejects.toThrow('disk full');
    const [identity] = started;
    await until(async () => identity !== undefined && (await seeOurs(identity)) === undefined);
    expect(existsSync(mark)).toBe(false);
  });

  it('never begins when the engine is killed between the start and the record', async () => {
    const mark = join(folder, 'began');
    const pidFile = join(folder, 'pid');
    const engine = join(folder, 'engine.mjs');
    await writeFile(
      engine,
      `import { writeFileSync } from 'node:fs';
       import { startDetached } from ${JSON.stringify(join(import.meta.dirname, 'processes.ts'))};
       await startDetached({
         binary: process.execPath, args: ['-e', ${JSON.stringify(`require('fs').writeFileSync(${JSON.stringify(mark)}, ''); ${idle}`)}],
         env: {}, cwd: ${JSON.stringify(folder)}, logFile: ${JSON.stringify(join(folder, 'one.log'))},
         record: async ({ pid }) => { writeFileSync(${JSON.stringify(pidFile)}, String(pid)); await new Promise(() => setInterval(() => {}, 1000)); },
       });`,
    );
    const child = spawn(process.execPath, [engine], { stdio: 'ignore' });
    await until(async () => (await readFile(pidFile, 'utf8').catch(() => '')) !== '');
    const pid = Number(await readFile(pidFile, 'utf8'));
    expect(await lookAt(pid)).toBeDefined();
    child.kill('SIGKILL');
    await once(child, 'exit');
    await until(async () => (await lookAt(pid)) === undefined);
    expect(existsSync(mark)).toBe(false);
  });

  it('outlives the engine that started it, and a later engine knows and ends it', async () => {
    const idFile = join(folder, 'identity.json');
    const engine = join(folder, 'engine.mjs');
    await writeFile(
      engine,
      `import { writeFileSync } from 'node:fs';
       import { startDetached } from ${JSON.stringify(join(import.meta.dirname, 'processes.ts'))};
       await startDetached({
         binary: process.execPath, args: ['-e', ${JSON.stringify(idle)}],
         env: {}, cwd: ${JSON.stringify(folder)}, logFile: ${JSON.stringify(join(folder, 'one.log'))},
         record: async (identity) => writeFileSync(${JSON.stringify(idFile)}, JSON.stringify(identity)),
       });`,
    );
    await once(spawn(process.execPath, [engine], { stdio: 'ignore' }), 'exit');
    const identity = JSON.parse(await readFile(idFile, 'utf8')) as ProcessIdentity;
    started.push(identity);
    await until(async () => (await seeOurs(identity))?.exe === process.execPath);
    expect(await endProcess(identity)).toBe(true);
    expect(await lookAt(identity.pid)).toBeUndefined();
  });

  it('tells how it ended', async () => {
    const { ended } = await start('console.error("cannot read the file"); process.exit(3)');
    expect(await ended).toBe('exit code 3');
    expect(await log()).toContain('cannot read the file');
  });

  it('is killed when it ignores the request to end', async () => {
    const { identity, ended } = await start(`process.on('SIGTERM', () => console.log('no')); console.log('ready'); ${idle}`);
    await until(async () => (await log()).includes('ready'));
    expect(await endProcess(identity, { graceMs: 300 })).toBe(true);
    expect(await ended).toBe('signal SIGKILL');
    expect(await log()).toContain('no');
  });

  it('says that the log cannot be written', async () => {
    await writeFile(join(folder, 'logs'), 'a file where the folder should be');
    await expect(start(idle)).rejects.toMatchObject({ code: 'fileNotWritable' });
  });
});

describe('a process that is not ours', () => {
  it('is never signalled when only its pid is the recorded one', async () => {
    const { identity } = await start(idle);
    await until(async () => (await seeOurs(identity))?.exe === process.execPath);
    expect(await endProcess({ ...identity, startTime: 'an earlier boot:1' }, { graceMs: 200, killMs: 200 })).toBe(true);
    expect(await endProcess({ ...identity, exe: '/usr/bin/another' }, { graceMs: 200, killMs: 200 })).toBe(true);
    expect(await seeOurs(identity)).toBeDefined();
  });

  it('counts as ended when its pid is free', async () => {
    const { identity, ended } = await start('');
    await ended;
    expect(await seeOurs(identity)).toBeUndefined();
    expect(await endProcess(identity)).toBe(true);
  });
});

describe('a port', () => {
  it('is free until somebody listens', async () => {
    const port = await freePort();
    expect(await portIsFree(port)).toBe(true);
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    expect(await portIsFree(port)).toBe(false);
    expect(await portAnswers('127.0.0.1', port)).toBe(true);
    await new Promise((resolve) => server.close(resolve));
    expect(await portAnswers('127.0.0.1', port)).toBe(false);
  });

  it('is in use when somebody listens on all addresses', async () => {
    const server = createServer().listen(0, '0.0.0.0');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    expect(await portIsFree(port)).toBe(false);
    await new Promise((resolve) => server.close(resolve));
  });
});
