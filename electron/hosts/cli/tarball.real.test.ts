import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '..', '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'sealdeck-tarball-'));
let names: string[];

beforeAll(async () => {
  // Brings dist up to date first: npm's own prepack would do it again.
  await run(process.execPath, [join(root, 'bin', 'sealdeck.js'), 'help'], { cwd: root, timeout: 120_000 });
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
    shell: process.platform === 'win32',
    timeout: 120_000,
  });
  await run('tar', ['-xzf', 'sealdeck-0.1.0.tgz'], { cwd: folder });
  names = (await run('tar', ['-tzf', 'sealdeck-0.1.0.tgz'], { cwd: folder })).stdout.split('\n');
  // What npm would install beside it: the two dependencies.
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the npm package', () => {
  it('holds what runs, and neither sources nor the packed app', () => {
    for (const name of ['bin/sealdeck.js', 'dist/cli.cjs', 'dist/engine.cjs', 'dist/window/index.html', 'servers/kes/go.mod', 'LICENSE']) {
      expect(names).toContain(`package/${name}`);
    }
    expect(names.filter((name) => /^package\/(electron|renderer|shared|e2e|dist\/packed|node_modules)\//.test(name))).toEqual([]);
  });

  it('runs the command line without a checkout, a build or the builder', async () => {
    const script = join(folder, 'package', 'bin', 'sealdeck.js');
    const data = join(folder, 'data');
    const clean = { ...process.env, PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, SEALDECK_IDLE_SECONDS: '20' };
    const info = await run(process.execPath, [script, 'call', 'app.info', '--json', '--data', data], { cwd: tmpdir(), env: clean });
    expect(JSON.parse(info.stdout)).toMatchObject({ version: '0.1.0', host: 'cli' });
    const open = await run(process.execPath, [script, 'open', '--no-open', '--json', '--data', data], { env: clean });
    const { url } = JSON.parse(open.stdout) as { url: string };
    expect((await fetch(new URL('/', url))).status).toBe(200);
    await run(process.execPath, [script, 'quit', '--data', data], { env: clean });
  });
});
