import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { operatorOf } from './auditBuckets.ts';
import { call, enginePid, sealdeck } from './cli.ts';
import { mc, type SeenLab } from './foreignTools.ts';
import { type OwnLab, startOwnLab } from './ownLab.ts';

const seed = Number(process.env.SEALDECK_SEED ?? Date.now() % 1_000_000);
const kills = Number(process.env.SEALDECK_KILLS ?? 3);
let own: OwnLab;
let dir = '';
let lab: SeenLab;
let data: string[] = [];

/** A folder of small files, sent up by one real `mc`. */
async function fill(bucket: string, count: number): Promise<void> {
  const folder = join(own.folder, `files-${bucket}`);
  for (let at = 0; at < 10; at += 1) await mkdir(join(folder, `d${at}`), { recursive: true });
  await Promise.all(Array.from({ length: count }, (_, at) => writeFile(join(folder, `d${at % 10}`, `${at}.txt`), `object ${at}`)));
  await mc(lab, 'cp', '--recursive', '--quiet', `${folder}/`, `lab/${bucket}/`);
}

beforeAll(async () => {
  own = await startOwnLab();
  ({ dir, lab } = own);
  data = ['--data', join(dir, '.sealdeck')];
  for (const bucket of ['open', 'sealed']) await mc(lab, 'mb', `lab/${bucket}`);
  await mc(lab, 'encrypt', 'set', 'sse-kms', 'minio-default', 'lab/sealed');
  await fill('open', 1500);
  await fill('sealed', 2000);
}, 240_000);
afterAll(() => own?.end());

const audit = (...args: string[]) => sealdeck(['audit', '--dir', dir, '--json', ...args]);
const list = async () => (await call(data, 'audit.list', { stackId: 'lab' })).audits as { id: string; state: string; requests: number }[];

/** Waits until the newest run reads: its file says so before any command could. */
async function listing(): Promise<void> {
  const folder = join(dir, '.sealdeck', 'stacks', 'lab', 'audits');
  for (const until = Date.now() + 30_000; Date.now() < until; await sleep(50)) {
    const newest =
      readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .sort()
        .at(-1) ?? '';
    const { state, phase } = JSON.parse(readFileSync(join(folder, newest), 'utf8')) as { state: string; phase: string };
    if (state === 'running' && phase === 'listing') return;
  }
  throw new Error('no run began to read');
}

it('tells by its exit code what it found, and writes it where it was asked to', async () => {
  const out = join(own.folder, 'sealed.jsonl');
  const sealed = await audit('--bucket', 'sealed', '--bucket', 'first-bucket', '--out', out);
  expect(sealed.code, sealed.stderr).toBe(0);
  expect(sealed.lines).toHaveLength(1);
  expect(sealed.lines[0]).toMatchObject({ state: 'finished', plaintext: 0, unclear: 0, current: { 'sse-kms': { objects: 2001 } } });
  const rows = readFileSync(out, 'utf8').trim().split('\n');
  expect(rows).toHaveLength(2001);
  expect(JSON.parse(rows[0] ?? '')).toMatchObject({ bucket: 'first-bucket', state: 'sse-kms' });

  const everything = await audit('--out', join(own.folder, 'summary.json'));
  expect(everything.code, everything.stderr).toBe(3);
  expect(everything.lines[0]).toMatchObject({
    plaintext: 1500,
    unclear: 0,
    current: { plaintext: { objects: 1500 }, 'sse-kms': { objects: 2001 } },
  });
  expect(JSON.parse(readFileSync(join(own.folder, 'summary.json'), 'utf8'))).toEqual(everything.lines[0]);
  const missing = await audit('--bucket', 'no-such-bucket');
  expect(missing.code).toBe(1);
  expect(missing.lines[0]).toMatchObject({ error: { code: 'bucketMissing' } });
});

it('writes every version that it read, and of one state or as keys what is current', async () => {
  await mc(lab, 'mb', '--with-versioning', 'lab/kept');
  for (let version = 0; version < 3; version++) await mc(lab, 'cp', '--quiet', join(own.folder, 'files-open', 'd0', '0.txt'), 'lab/kept/a');
  const written = async (name: string, ...args: string[]) => {
    const out = join(own.folder, name);
    const run = await sealdeck(['audit', ...args, '--dir', dir, '--json', '--out', out]);
    expect([0, 3], run.stdout + run.stderr).toContain(run.code);
    return readFileSync(out, 'utf8');
  };
  expect((await written('kept.csv', '--bucket', 'kept', '--versions')).trim().split('\r\n')).toHaveLength(1 + 3);
  expect((await written('kept.jsonl', 'export')).match(/"latest":false/g)).toHaveLength(2);
  expect((await written('plain.jsonl', 'export', '--state', 'plaintext')).trim().split('\n')).toHaveLength(1);
  expect(await written('kept.keys', 'export')).toBe('a\0');
});

it('weighs what cannot be read more than plaintext, and prints both counts', async () => {
  await mc(lab, 'mb', 'lab/lost');
  const kes = await operatorOf(lab, join(dir, '.sealdeck'), 'lab');
  await kes.createKey('minio-lost');
  await mc(lab, 'encrypt', 'set', 'sse-kms', 'minio-lost', 'lab/lost');
  await fill('lost', 5);
  await kes.deleteKey('minio-lost');
  await kes.close();
  const run = await audit('--bucket', 'open', '--bucket', 'lost');
  expect(run.code, run.stderr).toBe(4);
  expect(run.lines[0]).toMatchObject({ plaintext: 1500, unclear: 5, current: { unreadable: { objects: 5 } } });
  const { findings } = run.lines[0] as { findings: { what: string }[] };
  expect(findings.filter(({ what }) => /lost/.test(what))).toHaveLength(1);
  const told = await sealdeck(['audit', 'list', '--dir', dir]);
  expect(told.stdout).toMatch(/plaintext 1,500, unknown or unreadable 5/);
});

it('compares two runs, and says who may decrypt an object', async () => {
  const ids = async () => (await list()).map(({ id }) => id);
  expect((await audit('--bucket', 'sealed')).code).toBe(0);
  const [before = ''] = await ids();
  await mc(lab, 'rm', 'lab/sealed/d0/0.txt');
  expect((await audit('--bucket', 'sealed')).code).toBe(0);
  const [after = ''] = await ids();
  const diff = await sealdeck(['audit', 'diff', before, after, '--dir', dir, '--json']);
  expect(diff.lines[0]).toMatchObject({ counts: { gone: 1 }, rows: [{ change: 'gone', before: { key: 'd0/0.txt' } }] });
  const look = await call(data, 'audit.look', { stackId: 'lab', id: after, row: 1 });
  expect(look).toMatchObject({ keyInKes: true, opens: { answer: 'yes' } });
  expect(look.mayDecrypt).toEqual(expect.arrayContaining([expect.stringMatching(/^MinIO \(/)]));
  await mc(lab, 'cp', '--quiet', join(own.folder, 'files-sealed', 'd0', '0.txt'), 'lab/sealed/d0/0.txt');
});

it('writes a report that verify finds intact, and names the file that was altered in it', async () => {
  const [{ id = '' } = {}] = await list();
  const { folder } = (await call(data, 'audit.report', { stackId: 'lab', id })) as { folder: string };
  const intact = await sealdeck(['audit', 'verify', folder, '--dir', dir, '--json']);
  expect(intact.code, intact.stderr).toBe(0);
  expect(intact.lines[0]).toMatchObject({ result: 'intact', signedBy: 'lab' });
  // In a data folder that has not its key: whoever signed it may be anybody.
  const elsewhere = await sealdeck(['audit', 'verify', folder, '--data', join(own.folder, 'another'), '--json']);
  expect(elsewhere.code, elsewhere.stderr).toBe(3);
  await sealdeck(['quit', '--data', join(own.folder, 'another')]);
  await appendFile(join(folder, 'objects.csv'), 'one more line\r\n');
  const altered = await sealdeck(['audit', 'verify', folder, '--dir', dir]);
  expect(altered.code).toBe(1);
  expect(altered.stdout).toMatch(/✗ objects\.csv · altered/);
});

it('is cancelled by Ctrl-C with 130, keeps its state, and resumes to the same totals', async () => {
  const slow = ['--gentle', '2', '--bucket', 'sealed', '--bucket', 'open'];
  const child = spawn(process.execPath, ['bin/sealdeck.js', 'audit', '--dir', dir, '--json', ...slow], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
  const ended = new Promise<number | null>((done) => child.on('close', done));
  await listing();
  await sleep(1_500);
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  expect(JSON.parse(out)).toMatchObject({ state: 'cancelled', exitCode: 130 });
  const resumed = await audit('resume');
  expect(resumed.code, resumed.stderr).toBe(3);
  expect(resumed.lines[0]).toMatchObject({ plaintext: 1500, current: { plaintext: { objects: 1500 }, 'sse-kms': { objects: 2000 } } });
});

it(`comes to the same totals after each of ${kills} kills of its engine at random times`, { timeout: kills * 60_000 }, async () => {
  process.stdout.write(`kills: ${kills}, seed ${seed} (SEALDECK_SEED repeats it)\n`);
  let state = seed;
  const random = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
  for (let count = 1; count <= kills; count += 1) {
    const after = Math.floor(random() * 4_000);
    const begun = audit('--gentle', '4', '--bucket', 'sealed', '--bucket', 'open');
    await sleep(400 + after);
    const pid = enginePid(join(dir, '.sealdeck'));
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    await begun;
    const [last] = await list();
    const told = `kill ${count}, seed ${seed}: after ${400 + after} ms, ${JSON.stringify(last?.state)}`;
    if (last?.state === 'finished') continue;
    expect(last?.state, told).toBe('interrupted');
    const resumed = await audit('resume');
    expect(resumed.code, `${told}\n${resumed.stderr}`).toBe(3);
    expect(resumed.lines[0], told).toMatchObject({
      audit: last?.id,
      unclear: 0,
      current: { plaintext: { objects: 1500 }, 'sse-kms': { objects: 2000 } },
    });
  }
});
