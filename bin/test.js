#!/usr/bin/env node
// Gets what the tests need, runs them in stages and counts. The last line is always the totals, also when stopped.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './bootstrap.js';
import { staticChecks, tool } from './checks.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const results = join(root, 'test-results');
const only = process.argv.slice(2).filter((name) => !name.startsWith('-'));
const totals = { passed: 0, failed: 0, skipped: 0 };
const browsers = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const children = new Set();

const stages = [
  { name: 'check', minutes: 2, run: check },
  { name: 'servers', minutes: '1 warm, 16 cold', run: servers },
  { name: 'services', minutes: 10, run: (into) => vitest('services', into) },
  { name: 'chain', minutes: 18, run: (into) => vitest('chain', into) },
  // Both wait for servers more than they work. The log of the second one comes when its turn does.
  { name: 'window', minutes: '14, beside the chain 24', run: playwright, beside: 'chain' },
];

function plan() {
  console.log('Sealdeck tests run in stages. Expected minutes on 2 cores:');
  for (const stage of stages) console.log(`  ${stage.name.padEnd(9)} ${stage.minutes}`);
  console.log('Name stages to run only these: npm test -- services chain\n');
}

/** Tests against real servers cannot do without these; said before anything long begins. */
function requirements() {
  const missing = [];
  const go = output('go', ['env', 'GOVERSION'])?.match(/go(\d+)\.(\d+)/);
  if (!go || Number(go[1]) * 1000 + Number(go[2]) < 1026) missing.push('Go 1.26 or newer');
  if (output(process.platform === 'win32' ? 'python' : 'python3', ['-m', 'pip', '--version']) === undefined)
    missing.push('Python with pip');
  if (missing.length > 0) end(`The tests build real servers and need ${missing.join(' and ')}. Install that and run npm test again.`);
}

/** Browser and keychain daemon: found, else by apt where root, else one sentence; the tests then skip with that reason. */
function tools() {
  const wanted = [
    ['a Chromium browser', browsers, ['chromium', 'fonts-noto-cjk']],
    ['a keychain daemon', ['gnome-keyring-daemon'], ['gnome-keyring', 'dbus']],
    ['a D-Bus daemon', ['dbus-daemon'], ['dbus']],
    ['a gpg', ['gpg'], ['gnupg']],
    ['an etcd', ['etcd'], ['etcd-server']],
  ];
  if (process.platform !== 'linux') return;
  const lacking = wanted.filter(([, names]) => !names.some((name) => output('sh', ['-c', `command -v ${name}`])));
  if (lacking.length === 0) return;
  const packages = [...new Set(lacking.flatMap(([, , names]) => names))];
  if (process.getuid?.() === 0 && output('sh', ['-c', 'command -v apt-get'])) {
    console.log(`Installing ${packages.join(', ')} with apt (about 30 s) ...`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const log = spawnSync('sh', ['-c', `apt-get update -qq && apt-get install -y -qq --no-install-recommends ${packages.join(' ')}`], {
      env,
      encoding: 'utf8',
    });
    if (log.status !== 0) console.log(`apt could not install them: ${(log.stderr ?? '').trim().split('\n').pop()}`);
  } else {
    for (const [what, , names] of lacking)
      console.log(`No ${what.replace(/^an? /, '')} was found. Its tests are skipped; install ${names.join(' ')} to run them.`);
  }
}

function output(command, args) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

async function check(into) {
  for (const [name, ...command] of staticChecks(root)) count((await run(command, into)) === 0, name, into);
  await vitest('unit', into);
}

async function servers(into) {
  const wanted = [
    'openbao',
    'vault',
    'vault-full',
    'kes',
    'kes-legacy',
    'minio',
    'minio-legacy',
    'mc',
    'actionlint',
    'zlint',
    'age',
    'seaweedfs',
    'moto',
  ];
  count((await run([join(root, 'servers', 'ensure.ts'), ...wanted], into)) === 0, 'servers built or found', into);
}

/** `into.log` is there when the stage runs beside another one. */
function say(text, into) {
  if (into.log) into.log.push(text);
  else process.stdout.write(text);
}

function count(ok, name, into) {
  into[ok ? 'passed' : 'failed'] += 1;
  say(`${ok ? 'ok    ' : 'FAILED'} ${name}\n`, into);
}

async function vitest(project, into) {
  const file = join(results, `${project}.json`);
  const reporters = ['--reporter', 'default', '--reporter', 'json', '--outputFile.json', file];
  const code = await run([tool(root, 'vitest', 'vitest.mjs'), 'run', '--project', project, ...reporters], into);
  const report = readReport(file);
  if (!report) return count(false, `${project}: no report was written (exit ${code})`, into);
  into.passed += report.numPassedTests;
  into.failed += report.numFailedTests;
  into.skipped += report.numPendingTests + (report.numTodoTests ?? 0);
  if (code !== 0 && report.numFailedTests === 0) count(false, `${project}: vitest ended with ${code}`, into);
}

async function playwright(into) {
  const found =
    process.env.SEALDECK_TEST_CHROMIUM ??
    (process.platform === 'linux' ? browsers.find((name) => output('sh', ['-c', `command -v ${name}`])) : 'own');
  if (found === undefined) {
    say('skipped: no Chromium browser is installed\n', into);
    into.skipped += 1;
    return;
  }
  const file = join(results, 'window.json');
  // The chain's tests set up beside it: each has its own range of ports.
  const env = { ...plain, PLAYWRIGHT_JSON_OUTPUT_NAME: file, SEALDECK_PORT_SHIFT: '10000' };
  const code = await run([tool(root, 'playwright', 'cli.js'), 'test', '-c', 'e2e/playwright.config.ts', '--reporter=list,json'], into, env);
  const report = readReport(file);
  if (!report) return count(false, `window: no report was written (exit ${code})`, into);
  into.passed += report.stats.expected + report.stats.flaky;
  into.failed += report.stats.unexpected;
  into.skipped += report.stats.skipped;
  if (code !== 0 && report.stats.unexpected === 0) count(false, `window: playwright ended with ${code}`, into);
}

function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** Logs of machines stay plain. */
const plain = process.stdout.isTTY ? process.env : { ...process.env, NO_COLOR: '1' };

function run(args, into, env = plain) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: into.log ? ['ignore', 'pipe', 'pipe'] : 'inherit', env });
    children.add(child);
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part) => into.log.push(part));
    const ended = (code) => {
      children.delete(child);
      resolve(code ?? 1);
    };
    // Not `close`: a server that outlives its test may hold the pipe open. What was said last comes within that time.
    child.on('exit', (code) => setTimeout(ended, into.log ? 500 : 0, code));
    child.on('error', () => ended(1));
  });
}

/** A stage at work: its counts, how long it took, and what it has to say where it runs beside another one. */
function begin(stage, log) {
  const into = { passed: 0, failed: 0, skipped: 0, log };
  const started = Date.now();
  const ended = stage.run(into).then(() => ((Date.now() - started) / 60_000).toFixed(1));
  return { into, ended };
}

function end(reason) {
  if (reason) {
    console.log(reason);
    totals.failed += 1;
  }
  console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
  process.exit(totals.failed === 0 && totals.passed > 0 ? 0 : 1);
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    for (const child of children) child.kill(signal);
    end(`Stopped by ${signal}.`);
  });
}

plan();
await prepare({ root, build: false });
requirements();
tools();
await prepare({ root, build: true });
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
const chosen = stages.filter(({ name }) => only.length === 0 || only.includes(name));
const early = new Map();
for (const stage of chosen) {
  for (const other of chosen) if (other.beside === stage.name) early.set(other, begin(other, []));
  console.log(`\n== ${stage.name} (about ${stage.minutes} min) ==`);
  const { into, ended } = early.get(stage) ?? begin(stage);
  const minutes = await ended;
  for (const part of into.log ?? []) process.stdout.write(part);
  for (const result of ['passed', 'failed', 'skipped']) totals[result] += into[result];
  console.log(`== ${stage.name}: ${into.passed} passed, ${into.failed} failed, ${into.skipped} skipped in ${minutes} min`);
}
console.log('');
end();
