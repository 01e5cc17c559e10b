import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '..', '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'sealdeck-packed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const archive = createRequire(import.meta.url)('@electron/asar') as {
  extractAll(from: string, to: string): void;
  listPackage(from: string): string[];
};

describe.skipIf(process.platform !== 'linux')('the packed desktop app', () => {
  it('has its fuses set, holds only what it needs, and runs its commands from what was packed', async () => {
    const { stdout } = await run(process.execPath, [join(root, 'bin', 'pack.js')], { cwd: root, timeout: 120_000 });
    expect(stdout).toContain('off\tRunAsNode');
    expect(stdout).toContain('off\tEnableNodeOptionsEnvironmentVariable');
    expect(stdout).toContain('off\tEnableNodeCliInspectArguments');
    expect(stdout).toContain('on\tOnlyLoadAppFromAsar');
    expect(stdout).toContain('off\tGrantFileProtocolExtraPrivileges');
    const resources = join(root, 'dist', 'packed', process.arch === 'arm64' ? 'linux-arm64-unpacked' : 'linux-unpacked', 'resources');
    const asar = join(resources, 'app.asar');
    const top = new Set(archive.listPackage(asar).map((path) => path.split('/')[1]));
    expect([...top].sort()).toEqual(['dist', 'node_modules', 'package.json', 'servers']);
    expect(
      archive.listPackage(asar).filter((path) => path.includes('.test.') || path.endsWith('.ts') || path.startsWith('/node_modules/node')),
    ).toEqual([]);
    expect(readdirSync(`${asar}.unpacked`, { recursive: true }).some((name) => String(name).endsWith('.node'))).toBe(true);

    const unpacked = join(folder, 'app');
    archive.extractAll(asar, unpacked);
    const electron = join(unpacked, 'node_modules', 'electron');
    mkdirSync(electron);
    writeFileSync(join(electron, 'package.json'), '{"name":"electron","main":"index.cjs"}');
    await build({
      entryPoints: [join(import.meta.dirname, 'electronStandIn.ts')],
      outfile: join(electron, 'index.cjs'),
      bundle: true,
      platform: 'node',
      format: 'cjs',
    });
    const data = ['--data', join(folder, 'data')];
    const env = { ...process.env, SEALDECK_IDLE_SECONDS: '20' };
    const selfcheck = await run(process.execPath, [unpacked, 'call', 'app.selfcheck', '--json', ...data], { env });
    // Whatever the keychain of this machine says: its native module was found outside the archive and asked.
    expect(selfcheck.stdout).toMatch(/"name":"keychain"/);
    expect(selfcheck.stdout).not.toMatch(/Cannot find|MODULE_NOT_FOUND/);
    await run(process.execPath, [unpacked, 'quit', ...data], { env });
  });
});
