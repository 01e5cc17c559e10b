import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { mkdir, open, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { call, enginePid, sealdeck } from './cli.ts';
import { mc, type SeenLab } from './foreignTools.ts';
import { type OwnLab, startOwnLab } from './ownLab.ts';

const mebibyte = 1024 ** 2;
const large = 512 * mebibyte;
let own: OwnLab;
let dir = '';
let lab: SeenLab;
let data: string[] = [];
const source = (...parts: string[]): string => join(own.folder, 'source', ...parts);

beforeAll(async () => {
  own = await startOwnLab();
  ({ dir, lab } = own);
  data = ['--data', join(dir, '.sealdeck')];
  await mc(lab, 'mb', 'lab/drop');
  await mc(lab, 'encrypt', 'set', 'sse-kms', 'minio-default', 'lab/drop');
  await mkdir(source('tree', 'deep'), { recursive: true });
  await writeFile(source('tree', 'a.txt'), 'a');
  await writeFile(source('tree', 'deep', 'b.txt'), 'b');
  // Most of it is a hole, but no two parts that a test compares are the same.
  const handle = await open(source('large'), 'w');
  for (let at = 0; at < large; at += 16 * mebibyte) await handle.write(randomBytes(1024), 0, 1024, at);
  await handle.truncate(large);
  await handle.close();
}, 240_000);
afterAll(() => own?.end());

const upload = (...args: string[]) => sealdeck(['upload', '--dir', dir, '--json', ...args]);
const unfinished = async (): Promise<string> => mc(lab, 'ls', '--incomplete', '--recursive', 'lab/drop');

interface Seen {
  id: string;
  phase: string;
}

/** Waits until the newest upload has parts at the server: its file says so before any command could. Returns its id. */
async function sentSome(): Promise<string> {
  const folder = join(dir, '.sealdeck', 'stacks', 'lab', 'uploads');
  const known = new Set(existsSync(folder) ? readdirSync(folder) : []);
  for (const until = Date.now() + 60_000; Date.now() < until; await sleep(10)) {
    const made = existsSync(folder) ? readdirSync(folder).find((name) => name.endsWith('.sqlite') && !known.has(name)) : undefined;
    if (made === undefined) continue;
    const db = new DatabaseSync(join(folder, made), { readOnly: true, timeout: 1000 });
    try {
      if (Number(db.prepare('SELECT count(*) AS parts FROM parts').get()?.parts) > 0) return made.replace('.sqlite', '');
    } catch {
      // It is being made.
    } finally {
      db.close();
    }
  }
  throw new Error('nothing was sent');
}

it('sends files and folders as each choice says, as mc sees it, and tells by its exit code what came of them', async () => {
  const rule = await upload('--bucket', 'drop', '--prefix', 'rule/', source('tree'));
  expect(rule.code, rule.stderr).toBe(0);
  expect(rule.lines).toMatchObject([
    { phase: 'ended', exitCode: 0, files: 2, counts: { done: 2 }, meant: { state: 'sse-kms', key: 'minio-default' } },
  ]);
  expect(await mc(lab, 'stat', 'lab/drop/rule/tree/deep/b.txt')).toMatch(/SSE-KMS \(arn:aws:kms:minio-default\)/);

  await symlink(source('tree', 'a.txt'), source('tree', 'link'));
  const s3 = await upload('--bucket', 'drop', '--prefix', 's3/', '--sse', 's3', source('tree'));
  expect(s3.code, s3.stderr).toBe(1);
  expect(s3.lines[0]).toMatchObject({
    counts: { done: 2, refused: 1 },
    problems: [{ path: 'tree/link', error: { code: 'uploadLink' } }],
  });
  expect(await mc(lab, 'stat', 'lab/drop/s3/tree/a.txt')).toMatch(/SSE-S3/);

  const missing = await upload('--bucket', 'drop', '--sse', 'kms:minio-missing', source('tree'));
  expect(missing.code).toBe(1);
  expect(missing.stderr).toMatch(/^uploadRefusedKey:/);
  expect((await upload('--bucket', 'drop', '--sse', 'aes', source('tree'))).code).toBe(2);
});

it('goes on after the engine was killed, and what landed is byte by byte the file', async () => {
  const some = sentSome();
  const running = upload('--bucket', 'drop', '--prefix', 'killed/', source('large'));
  const id = await some;
  process.kill(enginePid(join(dir, '.sealdeck')) ?? 0, 'SIGKILL');
  expect((await running).code).toBe(1);
  expect(await unfinished()).toMatch(/large/);
  const { uploads } = (await call(data, 'uploads.list', { stackId: 'lab' })) as unknown as { uploads: Seen[] };
  expect(uploads.find((one) => one.id === id)).toMatchObject({ phase: 'paused' });

  const resumed = await upload('resume', id);
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(resumed.lines[0]).toMatchObject({ upload: id, phase: 'ended', counts: { done: 1 }, sent: large });
  expect(await unfinished()).toBe('');
  const back = join(own.folder, 'back');
  await mc(lab, 'cp', '--quiet', 'lab/drop/killed/large', back);
  expect(await sha256(back)).toBe(await sha256(source('large')));
});

it('keeps what was sent at Ctrl-C, and leaves no parts when it is cancelled', async () => {
  const some = sentSome();
  const child = spawn(
    process.execPath,
    [join('bin', 'sealdeck.js'), 'upload', '--dir', dir, '--bucket', 'drop', '--prefix', 'interrupted/', source('large')],
    { stdio: 'ignore' },
  );
  const code = new Promise((done) => child.once('close', done));
  const id = await some;
  child.kill('SIGINT');
  expect(await code).toBe(130);
  expect(await unfinished()).toMatch(/interrupted\/large/);
  expect((await upload('cancel', id)).code).toBe(0);
  expect(await unfinished()).toBe('');
  expect(await mc(lab, 'ls', '--recursive', 'lab/drop')).not.toMatch(/interrupted/);
});

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
