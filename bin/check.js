#!/usr/bin/env node
// Types, lint, architecture and unit tests: what must hold before a commit. Under a minute.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './bootstrap.js';
import { staticChecks, tool } from './checks.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
await prepare({ root, build: false });

const checks = [...staticChecks(root), ['unit tests', tool(root, 'vitest', 'vitest.mjs'), 'run', '--project', 'unit']];

const env = process.stdout.isTTY ? process.env : { ...process.env, NO_COLOR: '1' };
let failed = 0;
for (const [name, ...command] of checks) {
  const started = Date.now();
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit', env });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (status !== 0) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
