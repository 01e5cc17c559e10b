#!/usr/bin/env node
// Opens Sealdeck: on the desktop where a trial shows that Electron runs here, else in the browser, saying why.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare, runInstead } from './bootstrap.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const known = { '--data': true, '--port': true, '--lang': true, '--no-open': false, '--json': false, '--desktop': false };
const trialMs = Number(process.env.SEALDECK_TRIAL_SECONDS ?? 20) * 1000;

const args = readArguments(process.argv.slice(2));
await prepare({ root, build: true });

const reason = noDesktop();
if (reason === undefined) {
  await runInstead(electronProgram(), [root, ...passOn(['--data'])], electronEnv());
} else {
  if (reason !== '') process.stderr.write(`The desktop window is not used: ${reason}\n`);
  const open = [join(root, 'dist', 'cli.cjs'), 'open', ...passOn(['--data', '--port', '--lang', '--no-open', '--json'])];
  await runInstead(process.execPath, open);
}

function readArguments(given) {
  const found = {};
  for (let at = 0; at < given.length; at++) {
    const [name, inline] = given[at].split(/=(.*)/s);
    if (!(name in known)) usage(`npm start does not know ${name}`);
    found[name] = known[name] ? (inline ?? given[++at]) : true;
    if (found[name] === undefined) usage(`${name} lacks its value`);
  }
  return found;
}

function usage(line) {
  process.stderr.write(`usage: ${line}. It takes ${Object.keys(known).join(', ')}, after --\n`);
  process.exit(2);
}

function passOn(names) {
  return names.flatMap((name) => (args[name] === undefined ? [] : args[name] === true ? [name] : [name, args[name]]));
}

/** Why the desktop host is not used; empty when it was not wanted; `undefined` when the trial went well. */
function noDesktop() {
  if (args['--no-open'] || args['--port']) return '';
  if (process.getuid?.() === 0 && !args['--desktop']) return 'as root it would run without its sandbox (--desktop tries it all the same)';
  const program = electronProgram();
  if (!program) return "Electron's program is not here; npx install-electron fetches it (about 120 MB)";
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return 'there is no display';
  // What hangs does not listen to a polite signal either.
  const limits = { timeout: trialMs, killSignal: 'SIGKILL' };
  const trial = spawnSync(program, [root, '--trial'], { ...limits, encoding: 'utf8', env: electronEnv(), windowsHide: true });
  if (trial.status === 0 && /^sealdeck trial: /m.test(trial.stdout)) return undefined;
  if (trial.error?.code === 'ETIMEDOUT') return `the trial window gave no sign within ${trialMs / 1000} s`;
  const lines = `${trial.stdout ?? ''}\n${trial.stderr ?? ''}`.split('\n').filter((line) => line.trim() !== '');
  const telling = lines.find((line) => /sandbox|shared librar|display|cannot open/i.test(line)) ?? lines.pop();
  return (telling ?? trial.error?.message ?? `the trial ended with ${trial.signal ?? `code ${trial.status}`}`).trim().slice(0, 300);
}

/** The same places as the electron package, but without its download. */
function electronProgram() {
  const folder = join(root, 'node_modules', 'electron');
  const name = existsSync(join(folder, 'path.txt')) ? readFileSync(join(folder, 'path.txt'), 'utf8').trim() : platformName();
  const program = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'), name);
  return existsSync(program) ? program : undefined;
}

function platformName() {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
}

/** Left over from a tool that runs Electron as plain Node, it would do so here. */
function electronEnv() {
  const env = { ...process.env };
  delete env.ELECTRON_RUN_AS_NODE;
  return env;
}
