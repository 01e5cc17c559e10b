#!/usr/bin/env node
// The command line: from a checkout, where it installs and builds what is missing, or from a package with dist in it.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare, runInstead } from './bootstrap.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

if (existsSync(join(root, 'electron'))) await prepare({ root, build: true });
else await rerunOnPackagedNode();
await import(new URL('../dist/cli.cjs', import.meta.url).href);

/** In an installed package the pinned Node is a dependency: beside this package or inside it. */
async function rerunOnPackagedNode() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return;
  let node;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'));
    node = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  } catch {
    node = undefined;
  }
  if (!node || !existsSync(node)) {
    process.stderr.write(`Sealdeck runs on Node 24; this is ${process.versions.node}, and the package node is not installed beside it.\n`);
    process.exit(1);
  }
  await runInstead(node, process.argv.slice(1));
}
