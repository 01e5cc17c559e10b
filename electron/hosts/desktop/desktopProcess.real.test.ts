import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../../rpc/client.ts';
import { attachEngine, findEngine } from '../engine/attach.ts';

// The whole main process, bundled as for release but with the stand-in where Electron would be, and run by Node.
const folder = mkdtempSync(join(tmpdir(), 'sealdeck-main-'));
const children = new Set<ChildProcess>();
const enginePids = new Set<number>();
const main = join(folder, 'dist', 'desktop.cjs');

beforeAll(async () => {
  mkdirSync(join(folder, 'dist', 'window'), { recursive: true });
  writeFileSync(join(folder, 'dist', 'window', 'index.html'), '<p>Sealdeck</p>');
  const shared = {
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
    define: { 'import.meta.dirname': '__dirname', SEALDECK_VERSION: '"1.2.3"', SEALDECK_BUILD: '"test"' },
  } as const;
  const alias = { electron: join(import.meta.dirname, 'electronStandIn.ts') };
  const external = ['@napi-rs/keyring', 'bufferutil', 'utf-8-validate'];
  await build({ ...shared, entryPoints: [join(import.meta.dirname, 'main.ts')], outfile: main, alias, external });
  await build({
    ...shared,
    entryPoints: [join(import.meta.dirname, 'preload.ts')],
    outfile: join(folder, 'dist', 'preload.cjs'),
    external: ['electron'],
  });
});
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  for (const pid of enginePids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // ended by its test
    }
  }
  rmSync(folder, { recursive: true, force: true });
});

function run(args: string[]): {
  child: ChildProcess;
  output(): string;
  ended: Promise<number | null>;
  says(pattern: RegExp): Promise<string>;
} {
  // Where Electron has the folder of the app as its first argument, the bundle stands here.
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...process.env, STAND_IN_PRINTS: '1', SEALDECK_DATA: join(folder, 'default') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let output = '';
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += String(chunk);
      for (const wake of waiting) wake();
    });
  }
  const ended = new Promise<number | null>((done) => child.on('exit', done));
  const says = (pattern: RegExp): Promise<string> =>
    new Promise((done, failed) => {
      const look = (): void => {
        const line = output.split('\n').find((each) => pattern.test(each));
        if (line !== undefined) done(line);
      };
      waiting.add(look);
      look();
      void ended.then(() => {
        look();
        failed(new Error(`ended without it:\n${output}`));
      });
    });
  return { child, output: () => output, ended, says };
}

describe('the desktop process under the stand-in', () => {
  it('answers its trial over the preload pipe, prints one line and leaves nothing', async () => {
    const { ended, output } = run(['--trial']);
    expect(await ended).toBe(0);
    expect(output()).toMatch(/^sealdeck trial: .*\n/);
  });

  it('runs the engine in itself, with its socket for others, and ends cleanly', async () => {
    const data = join(folder, 'own');
    const { child, ended, says } = run(['--data', data]);
    expect(await says(/page heard .*"kind":"result"/)).toContain('"host":"desktop"');
    // Where a dropped file lies, and nothing for one that lies nowhere.
    expect(await says(/page finds/)).toBe('page finds [/home/ops/a.txt,]');
    const other = await findEngine(data, 'cli');
    expect(other?.engine).toMatchObject({ pid: child.pid, version: '1.2.3' });
    other?.pipe.close();
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('joins an engine that runs already and hands its frames through', async () => {
    const data = join(folder, 'joined');
    const script = join(import.meta.dirname, '..', 'smallEngine.testSupport.ts');
    const first = await attachEngine({ dataFolder: data, host: 'cli', command: { file: process.execPath, args: [script] }, build: 'test' });
    enginePids.add(first.engine.pid);
    const { child, ended, says } = run(['--data', data]);
    expect(await says(/page heard .*"kind":"result"/)).toContain('"version":"0.0.0"');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(await createClient(first.pipe).call('app.info', {})).toMatchObject({ version: '0.0.0' });
  });

  it('takes the commands of the command line and starts an engine from its own executable', async () => {
    const { ended, output } = run(['procedures', 'app.open', '--json']);
    expect(await ended).toBe(0);
    expect(JSON.parse(output())).toMatchObject({ name: 'app.open' });
    const wrong = run(['call', 'app.info', '{}']);
    expect(await wrong.ended).toBe(2);
    const data = join(folder, 'engine');
    const engine = run(['--engine', '--data', data, '--idle-seconds', '1']);
    expect(await engine.ended).toBe(0);
  });
});
