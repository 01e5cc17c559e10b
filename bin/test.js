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
let current;

const stages = [
  { name: 'check', minutes: 1, run: check },
  { name: 'servers', minutes: '1 warm, 16 cold', run: servers },
  { name: 'services', minutes: 9, run: () => vitest('services') },
  { name: 'chain', minutes: 11, run: () => vitest('chain') },
  { name: 'window', minutes: 7, run: playwright },
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

async function check() {
  for (const [name, ...command] of staticChecks(root)) count((await run(command)) === 0, name);
  await vitest('unit');
}

async function servers() {
  const wanted = ['openbao', 'vault', 'vault-full', 'kes', 'minio', 'mc', 'actionlint', 'age', 'seaweedfs'];
  count((await run([join(root, 'servers', 'ensure.ts'), ...wanted])) === 0, 'servers built or found');
}

function count(ok, name) {
  totals[ok ? 'passed' : 'failed'] += 1;
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}`);
}

async function vitest(project) {
  const file = join(results, `${project}.json`);
  const reporters = ['--reporter', 'default', '--reporter', 'json', '--outputFile.json', file];
  const code = await run([tool(root, 'vitest', 'vitest.mjs'), 'run', '--project', project, ...reporters]);
  const report = readReport(file);
  if (!report) return count(false, `${project}: no report was written (exit ${code})`);
  totals.passed += report.numPassedTests;
  totals.failed += report.numFailedTests;
  totals.skipped += report.numPendingTests + (report.numTodoTests ?? 0);
  if (code !== 0 && report.numFailedTests === 0) count(false, `${project}: vitest ended with ${code}`);
}

async function playwright() {
  const found =
    process.env.SEALDECK_TEST_CHROMIUM ??
    (process.platform === 'linux' ? browsers.find((name) => output('sh', ['-c', `command -v ${name}`])) : 'own');
  if (found === undefined) {
    console.log('skipped: no Chromium browser is installed');
    totals.skipped += 1;
    return;
  }
  const file = join(results, 'window.json');
  const env = { ...plain, PLAYWRIGHT_JSON_OUTPUT_NAME: file };
  const code = await run([tool(root, 'playwright', 'cli.js'), 'test', '-c', 'e2e/playwright.config.ts', '--reporter=list,json'], env);
  const report = readReport(file);
  if (!report) return count(false, `window: no report was written (exit ${code})`);
  totals.passed += report.stats.expected + report.stats.flaky;
  totals.failed += report.stats.unexpected;
  totals.skipped += report.stats.skipped;
  if (code !== 0 && report.stats.unexpected === 0) count(false, `window: playwright ended with ${code}`);
}

function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** Logs of machines stay plain. */
const plain = process.stdout.isTTY ? process.env : { ...process.env, NO_COLOR: '1' };

function run(args, env = plain) {
  return new Promise((resolve) => {
    current = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env });
    current.on('exit', (code) => resolve(code ?? 1));
    current.on('error', () => resolve(1));
  });
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
    current?.kill(signal);
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
for (const stage of stages) {
  if (only.length > 0 && !only.includes(stage.name)) continue;
  const started = Date.now();
  const before = { ...totals };
  console.log(`\n== ${stage.name} (about ${stage.minutes} min) ==`);
  await stage.run();
  const minutes = ((Date.now() - started) / 60_000).toFixed(1);
  const stagePassed = totals.passed - before.passed;
  console.log(
    `== ${stage.name}: ${stagePassed} passed, ${totals.failed - before.failed} failed, ${totals.skipped - before.skipped} skipped in ${minutes} min`,
  );
}
console.log('');
end();
