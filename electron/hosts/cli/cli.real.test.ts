import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { processStart } from '../../platform/processStart.ts';
import { findEngine } from '../engine/attach.ts';

const script = join(import.meta.dirname, '..', 'smallCli.testSupport.ts');
const folder = mkdtempSync(join(tmpdir(), 'sealdeck-cli-'));
const data = join(folder, 'data');
const page = join(folder, 'window');
mkdirSync(page);
writeFileSync(join(page, 'index.html'), '<p>Sealdeck</p>');

interface Ended {
  code: number | null;
  out: string;
  err: string;
}
interface Sent {
  input?: string;
  silentInput?: boolean;
  env?: Record<string, string>;
  fd3?: string;
  interruptAfterMs?: number;
  interruptOn?: RegExp;
}

function sealdeck(args: string[], { input, silentInput, env = {}, fd3, interruptAfterMs, interruptOn }: Sent = {}): Promise<Ended> {
  return new Promise((done) => {
    const clean = {
      ...process.env,
      LANG: 'C',
      LC_ALL: '',
      DISPLAY: '',
      WAYLAND_DISPLAY: '',
      SEALDECK_DATA: data,
      TEST_WINDOW: page,
      ...env,
    };
    const child = spawn(process.execPath, [script, ...args], {
      env: clean,
      stdio: [input === undefined && !silentInput ? 'ignore' : 'pipe', 'pipe', 'pipe', fd3 === undefined ? 'ignore' : 'pipe'],
    });
    if (!silentInput) child.stdin?.end(input);
    if (fd3 !== undefined) (child.stdio[3] as NodeJS.WritableStream).end(fd3);
    let [out, err] = ['', ''];
    child.stdout?.on('data', (chunk) => {
      out += String(chunk);
      if (interruptOn?.test(out)) child.kill('SIGINT');
    });
    child.stderr?.on('data', (chunk) => {
      err += String(chunk);
    });
    if (interruptAfterMs) setTimeout(() => child.kill('SIGINT'), interruptAfterMs);
    child.on('close', (code) => done({ code, out, err }));
  });
}
const lines = (out: string): unknown[] =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

afterAll(async () => {
  await sealdeck(['quit', '--force']);
  rmSync(folder, { recursive: true, force: true });
});

describe('sealdeck call', () => {
  it('takes JSON from standard input or a file and prints the answer', async () => {
    const one = await sealdeck(['call', 'app.info', '--json'], { input: '{}' });
    expect(one).toMatchObject({ code: 0, err: '' });
    expect(lines(one.out)).toEqual([expect.objectContaining({ host: 'cli', dataFolder: data })]);
    writeFileSync(join(folder, 'input.json'), '{}');
    expect((await sealdeck(['call', 'app.info', `@${join(folder, 'input.json')}`])).code).toBe(0);
    expect((await sealdeck(['call', 'app.info', '-'], { input: ' ' })).code).toBe(0);
    expect((await sealdeck(['call', 'app.info'])).code).toBe(0);
  });

  it('does not wait for ever for input that it does not need on a pipe that stays open', async () => {
    const answer = await sealdeck(['call', 'app.info', '--json'], { silentInput: true });
    expect(answer).toMatchObject({ code: 0, err: expect.stringContaining('standard input') });
    expect(lines(answer.out)).toEqual([expect.objectContaining({ host: 'cli' })]);
  });

  it('refuses JSON on the command line without repeating it', async () => {
    const secret = 'TRACER-cli-argument';
    const answer = await sealdeck(['call', 'store.unlock', `{"passphrase":"${secret}"}`, '--json']);
    expect(answer.code).toBe(2);
    expect(answer.err).toMatch(/^usage: .+\n$/);
    expect(answer.out + answer.err).not.toContain(secret);
  });

  it('passes a typed secret inward and never back', async () => {
    const wrong = 'TRACER-wrong-passphrase';
    expect((await sealdeck(['call', 'store.unlock', '-'], { input: '{"passphrase":"correct horse"}' })).code).toBe(0);
    const answer = await sealdeck(['call', 'store.unlock', '-', '--json'], { input: JSON.stringify({ passphrase: wrong }) });
    expect(answer.code).toBe(1);
    expect(answer.err).toMatch(/^storeWrongKey: .+\. .+\n$/);
    expect(answer.out + answer.err).not.toContain(wrong);
    const torn = await sealdeck(['call', 'store.unlock', '-'], { input: `{"passphrase":"${wrong}` });
    expect(torn.code).toBe(1);
    expect(torn.out + torn.err).not.toContain(wrong);
    for (const name of readdirSync(data)) expect(readFileSync(join(data, name), 'utf8')).not.toContain(wrong);
  });

  it('says in one line what was wrong, with the code and the next step', async () => {
    expect(await sealdeck(['call', 'no.such'])).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^unknownProcedure: .*sealdeck procedures.*\n$/),
    });
    expect((await sealdeck(['call', '__proto__'])).err).toMatch(/^unknownProcedure: /);
    expect(await sealdeck(['call', 'app.open', '-'], { input: '{"port":70000}' })).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^invalidInput: .*port/),
    });
    const chinese = await sealdeck(['call', 'app.open', '-', '--lang', 'zh-CN'], { input: '{"port":70000}' });
    expect(chinese.err).toMatch(/^invalidInput: 输入被拒绝/);
    const json = await sealdeck(['call', 'app.open', '-', '--json'], { input: '{"nope":1}' });
    expect(lines(json.out)).toEqual([{ error: expect.objectContaining({ code: 'invalidInput', next: expect.any(String) }) }]);
  });

  it('waits for a job and returns its result, or fails with its error', async () => {
    const good = await sealdeck(['call', 'lab.get', '-', '--json'], { input: '{"programs":["kes","minio"]}' });
    expect(good.code).toBe(0);
    expect(lines(good.out)).toEqual([{ got: ['kes', 'minio'] }]);
    const bad = await sealdeck(['call', 'lab.get', '-'], { input: '{"programs":["vault"]}' });
    expect(bad).toMatchObject({ code: 1, err: expect.stringMatching(/^notProven: /) });
  });

  it('cancels the job on Ctrl-C', async () => {
    const programs = Array.from({ length: 100 }, () => 'kes');
    const answer = await sealdeck(['call', 'lab.get', '-'], { input: JSON.stringify({ programs }), interruptAfterMs: 1500 });
    expect(answer).toMatchObject({ code: 1, err: expect.stringMatching(/^cancelled: /) });
    const jobs = await sealdeck(['call', 'jobs.list', '--json']);
    expect(jobs.out).toContain('"state":"cancelled"');
  });
});

describe('the other commands', () => {
  it('lists every procedure with schemas, and marks the fields that take a secret', async () => {
    const answer = await sealdeck(['procedures', '--json']);
    const all = lines(answer.out) as { name: string; job: boolean; input: { properties?: Record<string, { secret?: boolean }> } }[];
    expect(all.length).toBeGreaterThan(40);
    expect(all.find((one) => one.name === 'store.unlock')?.input.properties?.passphrase?.secret).toBe(true);
    expect(all.find((one) => one.name === 'setup.express')?.job).toBe(true);
    expect((await sealdeck(['procedures', 'nope'])).code).toBe(1);
  });

  it.each([
    [['nonsense']],
    [['status', '--nonsense']],
    [['status', '--practice']],
    [['up']],
    [['call']],
    [['quit', 'now']],
    [['help', '--lang', 'fr']],
    [['open', '--port', 'x']],
  ])('ends with 2 for %j, which it does not understand', async (args) => {
    const answer = await sealdeck(args);
    expect(answer).toMatchObject({ code: 2, out: '' });
    expect(answer.err).toMatch(/^usage: [^\n]+\n$/);
  });

  it('makes no folder for an up that it refuses', async () => {
    const dir = join(folder, 'refused');
    for (const wrong of [
      ['--key-store', 'x'],
      ['--kv', '3'],
      ['--storage', 'x'],
      ['--passphrase-file', 'x'],
    ])
      expect((await sealdeck(['up', '--dir', dir, '--practice', ...wrong])).code).toBe(2);
    expect(existsSync(dir)).toBe(false);
  });

  it('helps in both languages', async () => {
    expect((await sealdeck(['help'])).out).toContain('from nothing to a proof');
    expect((await sealdeck([], { env: { LANG: 'zh_CN.UTF-8' } })).out).toContain('从零开始');
  });

  it('unlocks with a passphrase from a file or a descriptor only', async () => {
    const file = join(folder, 'passphrase');
    writeFileSync(file, 'correct horse\n', { mode: 0o600 });
    expect((await sealdeck(['unlock', '--passphrase-file', file])).code).toBe(0);
    expect((await sealdeck(['unlock', '--passphrase-fd', '3'], { fd3: 'correct horse' })).code).toBe(0);
    expect((await sealdeck(['unlock', '--passphrase-fd', '3'], { fd3: 'wrong' })).err).toMatch(/^storeWrongKey: /);
    expect((await sealdeck(['unlock', '--passphrase-file', join(folder, 'absent')])).code).toBe(2);
  });

  it('prints a one-time address without a display or when told to', async () => {
    const answer = await sealdeck(['open', '--no-open', '--json']);
    expect(lines(answer.out)).toEqual([{ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/) }]);
    expect((await sealdeck(['open'])).out).toMatch(/\nhttp:\/\/127\.0\.0\.1:\d+\/#token=/);
  });

  it.skipIf(process.platform !== 'linux')(
    'starts a browser on a private file that leads to the address, never with the token, and removes the file after use',
    async () => {
      const bin = join(folder, 'bin');
      mkdirSync(bin);
      // A browser for the test: it notes its arguments, opens the file, and exchanges the token as the page would.
      writeFileSync(
        join(bin, 'chromium'),
        `#!${process.execPath}
const fs = require('node:fs');
const argument = process.argv.find((each) => each.startsWith('--app=file://'));
const path = new URL(argument.slice(6)).pathname;
const modes = [fs.statSync(path), fs.statSync(require('node:path').dirname(path))].map((found) => (found.mode & 0o777).toString(8));
const url = new URL(/location.replace\\("([^"]+)"\\)/.exec(fs.readFileSync(path, 'utf8'))[1]);
fs.writeFileSync(${JSON.stringify(join(folder, 'seen.json'))}, JSON.stringify({ argv: process.argv, path, modes, token: url.hash.slice(7) }));
fetch(url.origin + '/session', { method: 'POST', headers: { origin: url.origin, 'content-type': 'application/json' }, body: JSON.stringify({ token: url.hash.slice(7) }) });
`,
      );
      chmodSync(join(bin, 'chromium'), 0o755);
      const answer = await sealdeck(['open', '--json'], { env: { DISPLAY: ':99', PATH: bin } });
      expect(lines(answer.out)).toEqual([{ opened: true }]);
      const seen = JSON.parse(readFileSync(join(folder, 'seen.json'), 'utf8')) as {
        argv: string[];
        path: string;
        modes: string[];
        token: string;
      };
      expect(seen.argv.join(' ')).not.toContain(seen.token);
      expect(seen.modes).toEqual(['600', '700']);
      expect(() => readFileSync(seen.path)).toThrow('ENOENT');
    },
  );

  it('quits the engine, and says so when there is none', async () => {
    await sealdeck(['call', 'app.info']);
    const engine = await findEngine(data, 'cli');
    engine?.pipe.close();
    expect(lines((await sealdeck(['quit', '--json'])).out)).toEqual([{ quit: true, ran: true }]);
    expect(await processStart(engine?.engine.pid ?? 0)).toBeUndefined();
    expect(lines((await sealdeck(['quit', '--json'])).out)).toEqual([{ quit: true, ran: false }]);
  });
});
