// Plain JavaScript for Node 18 and newer: this runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const windows = process.platform === 'win32';
const sourceFolders = ['shared', 'electron', 'renderer', 'servers'];
const sourceFiles = ['package.json', 'package-lock.json', 'tsconfig.json', 'bin/build.js'];

/**
 * Says what it will fetch, runs `npm ci` when needed, re-runs the calling script on the pinned Node (never returns then),
 * and with `build: true` builds dist when its sources are newer. Nothing is printed to standard output.
 */
export async function prepare({ root, build }) {
  install(root);
  await rerunOnPinnedNode(root);
  if (build) buildWhenStale(root);
}

function install(root) {
  if (!existsSync(join(root, 'package-lock.json')) || isInstalled(root)) return;
  const release = takeLock(root);
  try {
    // Another command may have installed while this one waited.
    if (isInstalled(root)) return;
    say('Installing packages with npm (about 250 MB to fetch, 900 MB on disk, 1 to 3 minutes) ...');
    const started = Date.now();
    const npm = npmCommand();
    const result = spawnSync(npm.file, [...npm.args, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      stdio: ['ignore', 2, 2],
      shell: npm.shell,
      windowsHide: true,
    });
    if (result.status !== 0) {
      const why = result.error ? ` (${result.error.message})` : '';
      fail(`npm ci failed${why}. Its messages are above; run it again when the network is back.`);
    }
    say(`Packages installed in ${seconds(started)} s.`);
  } finally {
    release();
  }
}

/**
 * npm writes what it really installed into a lock file of its own, last of all. It must agree with ours; only packages
 * for other platforms may be absent. So neither a torn installation nor a changed pin goes unnoticed, and a new line
 * about a foreign platform installs nothing.
 */
function isInstalled(root) {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const found = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (!wanted || !found || !existsSync(pinnedNode(root))) return false;
  const agrees = Object.entries(wanted).every(
    ([path, entry]) => path === '' || (found[path] ? found[path].version === entry.version : entry.optional),
  );
  return agrees && Object.keys(found).every((path) => wanted[path] && existsSync(join(root, path)));
}

function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** npm ci begins by removing everything, so two of them at once leave a ruin. The lock of a dead command is taken over. */
function takeLock(root) {
  const path = join(tmpdir(), `sealdeck-install-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`);
  for (let told = false; ; ) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx', mode: 0o600 });
      const release = () => rmSync(path, { force: true });
      process.once('exit', release);
      return release;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!holderLives(path)) rmSync(path, { force: true });
    else {
      if (!told) say('Another command is installing the packages; waiting for it ...');
      told = true;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    }
  }
}

/** Whether the command that holds a lock lives. A lock that is still empty is being written, unless that was long ago. */
export function holderLives(path) {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    if (!pid) return Date.now() - statSync(path).mtimeMs < 5000;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** npm's own script beside this Node where it can be found, so that no shell is between; else `npm` of PATH. */
function npmCommand() {
  const beside = dirname(process.execPath);
  const candidates = [
    process.env.npm_execpath,
    join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  const script = candidates.find((path) => path?.endsWith('npm-cli.js') && existsSync(path));
  if (script) return { file: process.execPath, args: [script], shell: false };
  return { file: windows ? 'npm.cmd' : 'npm', args: [], shell: windows };
}

export function pinnedNode(root) {
  return join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');
}

async function rerunOnPinnedNode(root) {
  const node = pinnedNode(root);
  const wanted = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies?.node;
  const again = process.env.SEALDECK_RERUN === '1';
  delete process.env.SEALDECK_RERUN;
  if (process.versions.node === wanted || again || !existsSync(node)) return requireNode24();
  const path = `${dirname(node)}${windows ? ';' : ':'}${process.env.PATH ?? ''}`;
  await runInstead(node, process.argv.slice(1), { ...process.env, SEALDECK_RERUN: '1', PATH: path });
}

/** Runs a program in place of this one and never returns. A terminal's Ctrl-C reaches both; other signals are handed on. */
export function runInstead(file, args, env = process.env) {
  const child = spawn(file, args, { stdio: 'inherit', env, windowsHide: true });
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`${file} could not be started: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 1)));
  return new Promise(() => undefined);
}

function requireNode24() {
  if (Number(process.versions.node.split('.')[0]) < 24)
    fail(`Sealdeck runs on Node 24; this is ${process.versions.node}. Run npm ci, which brings it along.`);
}

/** One hash over all sources: a check-out or a touch that changes nothing builds nothing. */
export function sourceHash(root) {
  const files = sourceFiles.map((name) => join(root, name)).filter(existsSync);
  for (const folder of sourceFolders) collect(join(root, folder), files);
  return hashOf(files, root);
}

function collect(folder, files) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) collect(path, files);
    else if (!/\.test\.tsx?$/.test(entry.name)) files.push(path);
  }
}

function buildWhenStale(root) {
  const stamp = read(join(root, 'dist', 'stamp'));
  if (!existsSync(join(root, 'electron')) || stamp === sourceHash(root)) return;
  say('Building Sealdeck (about 15 s) ...');
  const started = Date.now();
  const result = spawnSync(process.execPath, [join(root, 'bin', 'build.js')], { cwd: root, stdio: ['ignore', 2, 2], windowsHide: true });
  if (result.status !== 0) fail('The build failed; its messages are above.');
  say(`Built in ${seconds(started)} s.`);
}

function hashOf(files, root = '') {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function seconds(started) {
  return Math.round((Date.now() - started) / 1000);
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function fail(line) {
  say(line);
  process.exit(1);
}
