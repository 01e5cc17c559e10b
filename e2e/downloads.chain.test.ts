import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { enginePid, sealdeck } from './cli.ts';
import { mc, type SeenLab } from './foreignTools.ts';
import { type OwnLab, startOwnLab } from './ownLab.ts';

let own: OwnLab;
let dir = '';
let lab: SeenLab;
const at = (...parts: string[]): string => join(own.folder, ...parts);

beforeAll(async () => {
  own = await startOwnLab();
  ({ dir, lab } = own);
  await mc(lab, 'mb', '--with-versioning', 'lab/take');
  await mc(lab, 'encrypt', 'set', 'sse-kms', 'minio-default', 'lab/take');
}, 240_000);
afterAll(() => own?.end());

const download = (...args: string[]) => sealdeck(['download', '--dir', dir, '--bucket', 'take', '--json', ...args]);
const isPart = (name: string): boolean => name.startsWith('.sealdeck-');

it('takes versions by their id, under names that are not the current one’s', async () => {
  await mkdir(at('source'));
  const ids: string[] = [];
  for (const text of ['old', 'new']) {
    await writeFile(at('source', 'report.txt'), text);
    await mc(lab, 'cp', '--quiet', at('source', 'report.txt'), 'lab/take/d/report.txt');
    const { versionID } = JSON.parse(await mc(lab, 'stat', '--json', 'lab/take/d/report.txt')) as { versionID: string };
    ids.push(versionID);
  }
  const [old = ''] = ids;
  const taken = await download('--to', at('versions'), '--prefix', 'd/', '--version-id', old, '--on-conflict', 'replace', 'd/report.txt');
  expect(taken.code, taken.stderr).toBe(0);
  expect((await download('--to', at('versions'), '--prefix', 'd/', '--on-conflict', 'replace', 'd/report.txt')).code).toBe(0);
  expect(await readFile(at('versions', `report (version ${old}).txt`), 'utf8')).toBe('old');
  expect(await readFile(at('versions', 'report.txt'), 'utf8')).toBe('new');
  expect(await readdir(at('versions'))).toHaveLength(2);

  const none = await download('--to', at('versions'), '--version-id', '00000000-0000-4000-8000-000000000000', 'd/report.txt');
  expect([none.code, none.lines[0]]).toMatchObject([3, { failed: [{ key: 'd/report.txt', error: { code: 'objectMissing' } }] }]);
  for (const names of [[], ['a', 'b']]) expect((await download('--to', at('x'), '--version-id', old, ...names)).code).toBe(2);
});

it('leaves nothing half when the engine is killed: the next one removes what it was filling, and the file comes whole', async () => {
  const size = 192 * 1024 ** 2;
  await writeFile(at('source', 'large'), randomBytes(size));
  await mc(lab, 'cp', '--quiet', at('source', 'large'), 'lab/take/deep/large');
  await mkdir(at('here'));
  await writeFile(at('here', '.sealdeck-of-somebody.part'), 'theirs');
  const found = async (): Promise<string[]> => (await readdir(at('here'), { recursive: true })).map((path) => path.split('/').at(-1) ?? '');
  const engine = enginePid(join(dir, '.sealdeck')) ?? 0;
  const child = spawn(
    process.execPath,
    [join('bin', 'sealdeck.js'), 'download', '--dir', dir, '--bucket', 'take', '--to', at('here'), 'deep/large'],
    {
      stdio: 'ignore',
    },
  );
  const ended = new Promise((done) => child.once('close', done));
  while ((await found()).filter(isPart).length < 2 && child.exitCode === null) await sleep(2);
  process.kill(engine, 'SIGKILL');
  expect(await ended).toBe(1);
  expect((await found()).filter(isPart)).toHaveLength(2);
  expect(await found()).not.toContain('large');

  const again = await download('--to', at('here'), 'deep/large');
  expect(again.code, again.stderr).toBe(0);
  await expect.poll(async () => (await found()).sort()).toEqual(['.sealdeck-of-somebody.part', 'deep', 'large']);
  expect(await sha256(at('here', 'deep', 'large'))).toBe(await sha256(at('source', 'large')));
});

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
