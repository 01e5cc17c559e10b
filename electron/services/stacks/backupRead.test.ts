import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../../shared/secret.ts';
import { sealStream } from '../../platform/ageStream.ts';
import { readBackup } from './backupRead.ts';

const word = new Secret('correct horse battery');
let folder: string;
let document: unknown;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealdeck-backup-'));
  document = JSON.parse(await readFile(join(import.meta.dirname, '../../dataOfVersionOne/stacks/local-lab/stack.json'), 'utf8'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const head = { format: 'sealdeck-backup', version: 1, stackId: 'lab', name: 'lab', madeAt: '', vault: 'none', objects: false };
type Parts = [name: string, content: string][];
const whole = (): Parts => [
  ['backup.json', JSON.stringify(head)],
  ['stack.json', JSON.stringify(document)],
  ['files/certs/ca.crt', 'a certificate'],
  ['secrets.json', '{"version":1,"secrets":{"ca.key":"tracer-secret"}}'],
];
const manifestOf = (parts: Parts): [string, string] => [
  'manifest.json',
  JSON.stringify({
    version: 1,
    parts: parts.map(([path, content]) => ({
      path,
      bytes: Buffer.byteLength(content),
      sha256: createHash('sha256').update(content).digest('hex'),
      mode: 0o600,
    })),
  }),
];

async function backupOf(parts: Parts): Promise<string> {
  const tar = pack();
  for (const [name, content] of parts) tar.entry({ name }, content);
  tar.finalize();
  const file = join(folder, 'a.sealdeck.age');
  await writeFile(file, await buffer(await sealStream(tar as unknown as AsyncIterable<Uint8Array>, word, 10)));
  return file;
}

async function read(parts: Parts): Promise<{ kept: string[]; backup: Awaited<ReturnType<typeof readBackup>> }> {
  const kept: string[] = [];
  const keep = async ({ name }: { name: string }, body: AsyncIterable<Uint8Array>): Promise<void> => {
    kept.push(name);
    for await (const _ of body);
  };
  const backup = await readBackup(await backupOf(parts), word, keep, () => undefined, new AbortController().signal);
  return { kept, backup };
}

test('a whole backup is read, with a stack of an older version in it', async () => {
  const parts = whole();
  const { kept, backup } = await read([...parts, manifestOf(parts)]);
  expect(kept).toEqual(['files/certs/ca.crt']);
  expect(backup).toMatchObject({ head: { name: 'lab' }, stack: { version: 2, draft: false } });
  expect([...backup.secrets]).toEqual([['ca.key', 'tracer-secret']]);
}, 30_000);

test.each<[string, (parts: Parts) => Parts, string]>([
  ['a file that its manifest does not name', (parts) => [...parts, ['files/certs/more', 'x'], manifestOf(parts)], 'backupDamaged'],
  ['a file that is missing', (parts) => [...parts.filter(([name]) => name !== 'files/certs/ca.crt'), manifestOf(parts)], 'backupDamaged'],
  [
    'a file with other content',
    (parts) => [
      ...parts.map(([name, text]): [string, string] => [name, name.startsWith('files') ? 'another one' : text]),
      manifestOf(parts),
    ],
    'backupDamaged',
  ],
  ['no manifest', (parts) => parts, 'backupDamaged'],
  ['a file outside of its folders', (parts) => [...parts, ['.ssh/authorized_keys', 'x'], manifestOf(parts)], 'backupDamaged'],
  ['a folder of the stack that is not ours', (parts) => [...parts, ['files/.bashrc', 'x'], manifestOf(parts)], 'backupDamaged'],
  ['secrets that are none', (parts) => [...parts.slice(0, 3), ['secrets.json', '{"tracer-secret"'], manifestOf(parts)], 'backupDamaged'],
  ['another archive', (parts) => parts.slice(1), 'backupForeign'],
  ['a newer backup', ([, ...parts]) => [['backup.json', JSON.stringify({ ...head, version: 2 })], ...parts], 'fileNewer'],
  ['an id that is a path', ([, ...parts]) => [['backup.json', JSON.stringify({ ...head, stackId: '../x' })], ...parts], 'backupDamaged'],
])(
  '%s is refused, without a word of the secrets',
  async (_what, change, code) => {
    const error = await read(change(whole())).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code });
    expect(JSON.stringify(error)).not.toContain('tracer');
    expect(await readdir(folder)).toEqual(['a.sealdeck.age']);
  },
  30_000,
);
