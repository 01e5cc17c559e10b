#!/usr/bin/env node
// Makes the unpacked desktop app in dist/packed with electron-builder, and reads its fuses back. Where Electron's program
// is not at hand, a stand-in folder takes its place: everything but the program itself is then as in a release.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './bootstrap.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
await prepare({ root, build: true });

const own = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(root, 'node_modules', 'electron', 'dist');
const standIn = existsSync(own) && readdirSync(own).length > 0 ? undefined : makeStandIn();
const builder = join(root, 'node_modules', 'electron-builder', 'cli.js');
const result = spawnSync(process.execPath, [builder, '--dir', '--linux', `--config.electronDist=${standIn ?? own}`], {
  cwd: root,
  stdio: 'inherit',
});
if (standIn) rmSync(standIn, { recursive: true, force: true });
if (result.status !== 0) process.exit(result.status ?? 1);

const folder = join(root, 'dist', 'packed', process.arch === 'arm64' ? 'linux-arm64-unpacked' : 'linux-unpacked');
const { getCurrentFuseWire, FuseV1Options } = await import('@electron/fuses');
const wire = await getCurrentFuseWire(join(folder, 'sealdeck'));
const fuses = Object.entries(FuseV1Options).filter(([name]) => Number.isNaN(Number(name)));
for (const [name, at] of fuses) console.log(`${{ 48: 'off', 49: 'on' }[wire[at]] ?? 'absent'}\t${name}`);
console.log(`${folder}${standIn ? ' (with a stand-in for the Electron program)' : ''}`);

/** The names electron-builder looks for, and a program that holds nothing but the place where fuses are written. */
function makeStandIn() {
  const made = mkdtempSync(join(tmpdir(), 'sealdeck-electron-'));
  const fuseCount = 9;
  const wire = Buffer.concat([Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'), Buffer.from([1, fuseCount]), Buffer.alloc(fuseCount, '1')]);
  writeFileSync(
    join(made, 'electron'),
    Buffer.concat([Buffer.from('#!/bin/sh\necho "a stand-in, not Electron" >&2\nexit 1\n# '), wire, Buffer.from('\n')]),
  );
  chmodSync(join(made, 'electron'), 0o755);
  for (const name of [
    'chrome_crashpad_handler',
    'chrome-sandbox',
    'LICENSE',
    'LICENSES.chromium.html',
    'version',
    'resources.pak',
    'icudtl.dat',
  ]) {
    writeFileSync(join(made, name), '');
  }
  mkdirSync(join(made, 'resources'));
  mkdirSync(join(made, 'locales'));
  writeFileSync(join(made, 'locales', 'en-US.pak'), '');
  return made;
}
