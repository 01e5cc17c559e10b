import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../../shared/secret.ts';
import { writeJsonFile } from '../../platform/atomicFile.ts';
import { createLog } from '../../platform/log.ts';
import { createSealedStore, type SealedStore } from '../../platform/sealedStore.ts';
import { createEventHub } from '../../rpc/eventHub.ts';
import { createStacks, freeId, type Stacks } from './handlers.ts';

let folder: string;
let store: SealedStore;
let stacks: Stacks;
let changed: string[];
let journal: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealdeck-stacks-'));
  const log = createLog(join(folder, 'engine.log'));
  store = createSealedStore({ folder, log });
  const hub = createEventHub();
  changed = [];
  hub.subscribe((name, payload) => changed.push(`${name} ${JSON.stringify(payload)}`));
  journal = [];
  stacks = createStacks({
    dataFolder: folder,
    store,
    publish: hub.publish,
    log,
    journal: async (id, { code }) => void journal.push(`${id} ${code}`),
  });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a stack is made with an id of its own, saved and listed with its proven steps', async () => {
  const first = await stacks.create({ name: 'Payments EU', origin: 'lab', folder: join(folder, 'elsewhere') });
  const second = await stacks.create({ name: 'payments eu!', origin: 'lab' });
  expect([first.id, second.id]).toEqual(['payments-eu', 'payments-eu-2']);
  await writeJsonFile(join(stacks.stateFolder(first.id), 'setup.json'), {
    version: 1,
    steps: [{ id: 'place', state: 'proven', evidence: [] }, { id: 'servers', state: 'failed' }, ...Array(11).fill({ state: 'todo' })],
  });
  expect((await stacks.list()).map(({ id, setup }) => ({ id, ...setup }))).toEqual([
    { id: 'payments-eu', proven: 1, total: 13 },
    { id: 'payments-eu-2', proven: 0, total: 13 },
  ]);
  expect(changed).toEqual(['stacks.changed {"id":"payments-eu"}', 'stacks.changed {"id":"payments-eu-2"}']);
});

test('a stack whose making was cut off is not there, and its half is in nobody’s way', async () => {
  const cutOff = stacks.create({
    name: 'lab',
    origin: 'lab',
    before: async ({ id }) => {
      await writeJsonFile(join(stacks.stateFolder(id), 'setup.json'), { version: 1, steps: [] });
      throw new Error('killed here');
    },
  });
  await expect(cutOff).rejects.toThrow('killed here');
  expect(await stacks.list()).toEqual([]);
  const whole = await stacks.create({ name: 'lab', origin: 'lab', fill: (document) => ({ ...document, folder: '/srv/lab' }) });
  expect(whole).toMatchObject({ id: 'lab-2', folder: '/srv/lab' });
});

test('stacks made at the same time get different ids', async () => {
  const made = await Promise.all([1, 2, 3].map(() => stacks.create({ name: '环境', origin: 'lab' })));
  expect(made.map(({ id }) => id).sort()).toEqual(['stack', 'stack-2', 'stack-3']);
});

test('names become ids that fit, whatever their length and script', () => {
  const none = new Set<string>();
  expect(freeId('--Čaj & Käse--', none)).toBe('caj-kase');
  expect(freeId('环境', none)).toBe('stack');
  expect(freeId('x'.repeat(200), none)).toHaveLength(48);
});

test('changes of one stack do not overtake each other', async () => {
  const { id } = await stacks.create({ name: 'a', origin: 'lab' });
  await Promise.all([1, 2, 3, 4].map((n) => stacks.update(id, (document) => ({ ...document, name: `${document.name}${n}` }))));
  expect((await stacks.get(id)).name).toBe('a1234');
});

test('an unknown id and one that is a path are unknown stacks', async () => {
  for (const id of ['nothing', '../outside', '']) await expect(stacks.get(id)).rejects.toMatchObject({ code: 'stackUnknown' });
});

test('a damaged document is refused with its reason and does not hide the other stacks', async () => {
  const { id } = await stacks.create({ name: 'good', origin: 'lab' });
  const bad = await stacks.create({ name: 'bad', origin: 'lab' });
  const path = join(stacks.stateFolder(bad.id), 'stack.json');
  for (const [content, refusal] of [
    ['{', { code: 'fileDamaged', details: { path, reason: 'it is not JSON' } }],
    [JSON.stringify({ ...bad, version: 3 }), { code: 'fileNewer', details: { path, version: 3 } }],
    [JSON.stringify({ ...bad, origin: 'moon' }), { code: 'fileDamaged', details: { path, reason: 'origin does not fit' } }],
  ] as const) {
    await writeFile(path, content);
    await expect(stacks.get(bad.id)).rejects.toMatchObject(refusal);
    await expect(stacks.update(bad.id, (document) => document)).rejects.toMatchObject({ code: refusal.code });
    expect(await readFile(path, 'utf8')).toBe(content);
  }
  expect((await stacks.list()).map((one) => one.id)).toEqual([id]);
});

test('files of a stack get their mode, and no path leads out of its folder', async () => {
  const document = await stacks.create({ name: 'files', origin: 'lab' });
  const files = stacks.folderOf(document);
  await files.write('minio/minio.env', 'A=1\n', 0o600);
  await files.makeFolder('vault/data', 0o700);
  expect(await files.read('minio/minio.env')).toBe('A=1\n');
  expect(await files.read('minio/none')).toBeUndefined();
  if (process.platform !== 'win32') {
    expect([await files.mode('minio/minio.env'), await files.mode('vault/data')]).toEqual([0o600, 0o700]);
    expect((await stat(files.path('minio/minio.env'))).mode & 0o077).toBe(0);
  }
  await files.remove('minio/minio.env');
  await files.remove('minio/minio.env');
  expect(await files.mode('minio/minio.env')).toBeUndefined();
  for (const bad of ['../x', 'a/../../x', '/etc/x', 'a//b', './a', '', 'C:/x', 'a\\..\\b', 'a\0b']) {
    await expect(files.write(bad, 'x', 0o600), bad).rejects.toMatchObject({ code: 'pathOutside' });
    expect(() => files.path(bad), bad).toThrow('pathOutside');
  }
});

test('secrets of two stacks are apart, and memory is refused where they must last', async () => {
  await store.create('memory');
  const [one, two] = [stacks.secretsOf('one'), stacks.secretsOf('two')];
  await one.set('ca.key', new Secret('tracer'));
  expect([one.get('ca.key')?.reveal(), two.has('ca.key')]).toEqual(['tracer', false]);
  await one.delete('ca.key');
  expect(one.has('ca.key')).toBe(false);
  expect(() => one.requireDurable('A CA')).toThrow('storeNotDurable');
});

test('a stack is set read-only and freed again, with one journal entry for each change', async () => {
  const { id } = await stacks.create({ name: 'lab' });
  const call = { signal: new AbortController().signal, host: 'cli' as const };
  for (const readOnly of [true, true, false, false]) await stacks.handlers['stacks.readOnly']({ id, readOnly }, call);
  expect((await stacks.get(id)).readOnly).toBe(false);
  expect(journal).toEqual([`${id} stacksJournalReadOnly`, `${id} stacksJournalWritable`]);
});

test.each([
  ['is the folder of another one', 'lab'],
  ['lies in what another one saves and deletes', 'lab/vault/inner'],
  ['holds another one where its own files would be', '.'],
])('no stack is made in a folder that %s', async (_, place) => {
  const other = place === '.' ? 'minio/lab' : 'lab';
  await stacks.create({ name: 'first', folder: join(folder, other) });
  await expect(stacks.create({ name: 'second', folder: join(folder, place) })).rejects.toMatchObject({ code: 'folderUsed' });
  expect(await stacks.list()).toHaveLength(1);
  await stacks.create({ name: 'beside', folder: join(folder, other, '.sealdeck/stacks/beside/files') });
});
