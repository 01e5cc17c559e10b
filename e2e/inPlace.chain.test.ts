import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { enginePid, sealdeck } from './cli.ts';
import { mc, type SeenLab } from './foreignTools.ts';
import { type OwnLab, startOwnLab } from './ownLab.ts';

let own: OwnLab;
let dir = '';
let lab: SeenLab;
const count = 300;

/** Small files, sent up by one real `mc`; `round` is part of their content. */
async function fill(bucket: string, files: number, round = 0): Promise<void> {
  const folder = join(own.folder, `files-${bucket}-${round}`);
  await mkdir(join(folder, 'd'), { recursive: true });
  await Promise.all(Array.from({ length: files }, (_, at) => writeFile(join(folder, 'd', `${at}.txt`), `object ${at}, ${round}`)));
  await mc(lab, 'cp', '--recursive', '--quiet', '--attr', 'owner=me', `${folder}/`, `lab/${bucket}/`);
}

beforeAll(async () => {
  own = await startOwnLab();
  ({ dir, lab } = own);
  await mc(lab, 'mb', 'lab/open');
  await mc(lab, 'mb', '--with-lock', 'lab/past');
  await fill('open', count);
  for (const round of [0, 1, 2]) await fill('past', 20, round);
  await mc(lab, 'retention', 'set', 'governance', '30d', 'lab/past/d/0.txt');
  await mc(lab, 'legalhold', 'set', 'lab/past/d/1.txt');
  await mc(lab, 'rm', 'lab/past/d/2.txt');
}, 240_000);
afterAll(() => own?.end());

const encrypt = (...args: string[]) => sealdeck(['encrypt', '--dir', dir, '--json', ...args]);
const toDefault = ['--sse', 'kms:minio-default'];
/** State of the newest run as its own file says, before any command could. */
function newestState(): string {
  const folder = join(dir, '.sealdeck', 'stacks', 'lab', 'inPlace');
  const file = readdirSync(folder)
    .filter((name) => name.endsWith('.sqlite'))
    .sort()
    .at(-1);
  const db = new DatabaseSync(join(folder, file ?? ''), { readOnly: true });
  try {
    const about = db.prepare("SELECT value FROM meta WHERE name = 'about'").get();
    return (JSON.parse(String(about?.value)) as { state: string }).state;
  } finally {
    db.close();
  }
}

async function audit(bucket: string): Promise<{ id: string; current: number; noncurrent: number }> {
  const run = await sealdeck(['audit', '--dir', dir, '--json', '--bucket', bucket, '--versions']);
  const [told] = run.lines as {
    audit: string;
    current: Record<string, { objects: number }>;
    noncurrent: Record<string, { objects: number }>;
  }[];
  if (!told) throw new Error(run.stderr);
  return { id: told.audit, current: told.current.plaintext?.objects ?? -1, noncurrent: told.noncurrent.plaintext?.objects ?? -1 };
}

it('refuses what it does not understand, and history without consent, before anything runs', async () => {
  for (const args of [[], ['--bucket', 'open'], ['--bucket', 'open', '--sse', 'x'], ['--bucket', 'open', '--history', ...toDefault]])
    expect((await encrypt(...args)).code, args.join(' ')).toBe(2);
});

it('is cancelled by Ctrl-C with 130, survives a kill of its engine, and resumes until nothing current is plaintext', async () => {
  const before = await audit('open');
  expect(before.current).toBe(count);
  const looked = await encrypt('--audit', before.id, '--plan-only', ...toDefault);
  expect(looked.code, looked.stderr).toBe(0);
  expect(looked.lines[0]).toMatchObject({ plan: { objects: count, leftOut: [] } });
  expect((await audit('open')).current).toBe(count);

  const args = ['bin/sealdeck.js', 'encrypt', '--dir', dir, '--json', '--audit', before.id, '--at-most', '40', ...toDefault];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
  const ended = new Promise<number | null>((done) => child.on('close', done));
  while (!out.includes('"plan"')) await sleep(50);
  await sleep(1_500);
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  expect(JSON.parse(out.trim().split('\n').at(-1) ?? '')).toMatchObject({ run: { state: 'cancelled' }, exitCode: 130 });

  const resumed = encrypt('resume');
  while (newestState() !== 'running') await sleep(50);
  await sleep(500);
  const pid = enginePid(join(dir, '.sealdeck'));
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
  expect((await resumed).code).toBe(1);
  const again = await encrypt('resume');
  expect(again.code, again.stderr).toBe(0);
  expect(again.lines.at(-1)).toMatchObject({ run: { state: 'ended', counts: { done: count } }, left: 0 });
  expect(await audit('open')).toMatchObject({ current: 0 });
  expect(await mc(lab, 'cat', 'lab/open/d/7.txt')).toBe('object 7, 0');
  expect(await mc(lab, 'stat', 'lab/open/d/7.txt')).toMatch(/SSE-KMS[\s\S]*minio-default|minio-default[\s\S]*SSE-KMS/);
  expect(await mc(lab, 'stat', 'lab/open/d/7.txt')).toMatch(/Owner\s*:\s*me/i);
});

it('encrypts current objects and counts older plaintext, then rewrites history but for what is locked', async () => {
  expect(await audit('past')).toMatchObject({ current: 19, noncurrent: 41 });
  const current = await encrypt('--bucket', 'past', ...toDefault);
  // The one below a delete marker is left, and said.
  expect(current.code, current.stderr).toBe(3);
  expect(current.lines.at(-1)).toMatchObject({ run: { counts: { done: 19 } }, left: 0, leftOut: 1 });
  expect(await audit('past')).toMatchObject({ current: 0, noncurrent: 60 });

  const history = await encrypt('--bucket', 'past', '--history', '--yes-delete-old-versions', ...toDefault);
  expect(history.code, history.stderr).toBe(3);
  expect(history.lines.at(-1)).toMatchObject({ run: { state: 'ended', counts: { done: 58, locked: 2 }, deleted: 58 } });
  expect(await audit('past')).toMatchObject({ current: 0, noncurrent: 2 });
  expect(await mc(lab, 'cat', 'lab/past/d/5.txt')).toBe('object 5, 2');
  await expect(mc(lab, 'cat', 'lab/past/d/2.txt')).rejects.toThrow();
  // The bucket has no rule: the plan says so, and the end of the run once more.
  await fill('open', 1, 9);
  const told = await sealdeck(['encrypt', '--dir', dir, '--bucket', 'open', ...toDefault]);
  expect(told.code, told.stderr).toBe(0);
  expect(told.stdout.match(/^! New uploads to open .* stay plaintext until the bucket has a rule/gm)).toHaveLength(2);
  // What came to nothing is said, and not kept.
  const nothing = await encrypt('--bucket', 'open', ...toDefault);
  expect(nothing.code, nothing.stderr).toBe(0);
  expect(nothing.lines).toMatchObject([{ plan: { objects: 0 } }]);
  const words = (await sealdeck(['encrypt', '--dir', dir, '--bucket', 'open', '--plan-only', ...toDefault])).stdout;
  expect(words).toContain('New uploads to open without an encryption header stay plaintext until the bucket has a rule');
  expect(words).toContain('$ mc encrypt set sse-kms minio-default sealdeck/open');
  const runs = await encrypt('list');
  expect(runs.lines.map(({ run }) => (run as { total: number }).total)).not.toContain(0);
  expect(runs.lines.map(({ run }) => (run as { state: string }).state)).toEqual(expect.arrayContaining(['ended', 'planned']));
});
