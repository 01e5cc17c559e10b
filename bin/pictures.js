#!/usr/bin/env node
// Pictures of each step of the guided set-up, in both languages: see e2e/pictures.ts.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './bootstrap.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
await prepare({ root, build: true });
const script = spawn(process.execPath, [join(root, 'e2e', 'pictures.ts'), ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
// It ends what it started before it goes.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => script.kill(signal));
script.on('exit', (code) => process.exit(code ?? 1));
