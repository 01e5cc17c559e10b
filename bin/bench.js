#!/usr/bin/env node
// Speed and memory side by side with the peer, as ratios. Nothing here judges: figures of a busy machine are noisy.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './bootstrap.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
await prepare({ root, build: true });
const bench = spawn(process.execPath, [join(root, 'bench', 'main.ts'), ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
// It ends what it started before it goes.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => bench.kill(signal));
bench.on('exit', (code) => process.exit(code ?? 1));
