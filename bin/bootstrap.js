// Plain JavaScript for Node 18 and newer: this runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
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
  rerunOnPinnedNode(root);
  if (build) buildWhenStale(root);
}

function install(root) {
  if (!existsSync(join(root, 'package-lock.json'))) return;
  const wanted = hashOf([join(root, 'package-lock.json')]);
  const stamp = join(root, 'node_modules', '.sealdeck-installed');
  if (read(stamp) === wanted) return;
  // What was installed by hand from this lock file is as good; npm leaves its own record of it.
  const hidden = join(root, 'node_modules', '.package-lock.json');
  if (read(stamp) === undefined && existsSync(pinnedNode(root)) && isNewer(hidden, join(root, 'package-lock.json'))) {
    writeFileSync(stamp, wanted);
    return;
  }
  say('Installing packages with npm (about 250 MB to fetch, 900 MB on disk, 1 to 3 minutes) ...');
  const started = Date.now();
  const npm = npmCommand();
  const result = spawnSync(npm.file, [...npm.args, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: npm.shell,
    windowsHide: true,
  });
  if (result.status !== 0)
    fail(
      `npm ci failed${result.error ? ` (${result.error.message})` : ''}. Its messages are above; run it again when the network is back.`,
    );
  writeFileSync(stamp, wanted);
  say(`Packages installed in ${seconds(started)} s.`);
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

function rerunOnPinnedNode(root) {
  const node = pinnedNode(root);
  const wanted = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies?.node;
  if (process.versions.node === wanted || process.env.SEALDECK_RERUN === '1' || !existsSync(node)) return requireNode24();
  const [, script, ...args] = process.argv;
  const env = { ...process.env, SEALDECK_RERUN: '1', PATH: `${dirname(node)}${windows ? ';' : ':'}${process.env.PATH ?? ''}` };
  // Signals of the terminal reach both processes of the group; the parent waits for the child's own way out.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);
  const result = spawnSync(node, [script, ...args], { stdio: 'inherit', env, windowsHide: true });
  if (result.error) fail(`The pinned Node could not be started: ${result.error.message}`);
  process.exit(result.status ?? 1);
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

function isNewer(one, other) {
  return existsSync(one) && statSync(one).mtimeMs >= statSync(other).mtimeMs;
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
