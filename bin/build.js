#!/usr/bin/env node
// Builds dist: engine, command line, desktop main and preload with esbuild, the window with vite.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { holderLives, prepare, sourceHash } from './bootstrap.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
await prepare({ root, build: false });

const { build } = await import('esbuild');
const dist = join(root, 'dist');
const stamp = sourceHash(root);
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
mkdirSync(dist, { recursive: true });
if ((await takeLock(join(dist, 'building'))) && process.argv[2] === undefined && readStamp() === stamp) process.exit(0);
// A half-made dist must not look finished.
rmSync(join(dist, 'stamp'), { force: true });

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  // openpgp is under the LGPL: it stays a file of its own that anyone can replace, and is loaded when the first key is met.
  external: ['electron', '@napi-rs/keyring', 'bufferutil', 'utf-8-validate', 'openpgp'],
  define: {
    'import.meta.dirname': '__dirname',
    'import.meta.filename': '__filename',
    SEALDECK_VERSION: JSON.stringify(version),
    SEALDECK_BUILD: JSON.stringify(stamp.slice(0, 16)),
  },
  legalComments: 'none',
  logLevel: 'warning',
  sourcemap: false,
};
const entries = {
  engine: 'electron/hosts/engine/main.ts',
  cli: 'electron/hosts/cli/main.ts',
  desktop: 'electron/hosts/desktop/main.ts',
  auditReader: 'electron/services/audit/reader/thread.ts',
  auditStore: 'electron/services/audit/store/thread.ts',
};

/** A sandboxed preload may require nothing but electron, so it is a bundle of its own. */
const engine = async () => {
  for (const [name, entry] of Object.entries(entries)) await build({ ...shared, entryPoints: [entry], outfile: join(dist, `${name}.cjs`) });
  await build({ ...shared, entryPoints: ['electron/hosts/desktop/preload.ts'], outfile: join(dist, 'preload.cjs') });
};
const window = async () => {
  const vite = await import('vite');
  await vite.build({ configFile: join(root, 'renderer', 'vite.config.ts'), logLevel: 'warn' });
  const assets = join(dist, 'window', 'assets');
  for (const name of readdirSync(assets)) {
    if (/\.(js|css)$/.test(name)) writeFileSync(join(assets, `${name}.gz`), gzipSync(readFileSync(join(assets, name)), { level: 9 }));
  }
};

const only = process.argv[2];
if (only !== undefined && only !== 'engine' && only !== 'window') {
  process.stderr.write('build takes engine or window, or nothing for both\n');
  process.exit(2);
}
try {
  if (only !== 'window') await engine();
  if (only !== 'engine') await window();
} catch (error) {
  // Its stack is that of the tools.
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
if (only === undefined) writeFileSync(join(dist, 'stamp'), stamp);

function readStamp() {
  try {
    return readFileSync(join(dist, 'stamp'), 'utf8');
  } catch {
    return undefined;
  }
}

/** Several commands may find dist stale at once: one builds, the others wait (then true is returned). The lock of a dead build is taken over. */
async function takeLock(path) {
  process.on('exit', () => {
    if (held) rmSync(path, { force: true });
  });
  let held = false;
  for (let waited = false; ; waited = true) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      held = true;
      return waited;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!holderLives(path)) rmSync(path, { force: true });
    else await new Promise((done) => setTimeout(done, 200));
  }
}
