import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sentence } from '../../../shared/messages.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { testSecrets } from '../../clients/chain.testSupport.ts';
import { customerKeysOf } from '../../clients/s3/customerKeys.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { createLog } from '../../platform/log.ts';
import { createSealedStore } from '../../platform/sealedStore.ts';
import { createEventHub } from '../../rpc/eventHub.ts';
import { isBackupName } from './backupFormat.ts';
import { createStacks, type Stacks } from './handlers.ts';
import { bury, finishRemovals, partsThatStay, removalFacts, requireOwnFolder } from './removal.ts';
import { readStackFile, writeStackFile } from './stackFile.ts';
import { deleteOwn, walkOwn } from './stackTree.ts';

let folder: string;
let stacks: Stacks;
const versionOne = join(import.meta.dirname, '../../dataOfVersionOne/stacks/local-lab/stack.json');
const certificate = join(import.meta.dirname, 'testCa.pem');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealdeck-keeping-'));
  const log = createLog(join(folder, 'engine.log'));
  stacks = createStacks({
    dataFolder: folder,
    store: createSealedStore({ folder, log }),
    publish: createEventHub().publish,
    log,
    journal: async () => undefined,
  });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const done = () => {
  const told: string[] = [];
  return {
    told,
    deps: { forget: async (id: string) => void told.push(`forget ${id}`), removed: async (id: string) => void told.push(`removed ${id}`) },
  };
};

test('a removal that was killed after its moment is finished by the next engine; the id is nobody’s until then', async () => {
  const stack = await stacks.create({ name: 'lab', folder: join(folder, 'place') });
  await mkdir(join(folder, 'place/certs'), { recursive: true });
  await writeFile(join(folder, 'place/certs/vault.key'), 'x');
  await bury(join(folder, 'stacks'), stack, 'delete');
  // Killed here: the stack is gone, its files and secrets not yet.
  expect(await stacks.list()).toEqual([]);
  expect((await stacks.create({ name: 'lab' })).id).toBe('lab-2');
  const { told, deps } = done();
  await finishRemovals(join(folder, 'stacks'), deps);
  await finishRemovals(join(folder, 'stacks'), deps);
  expect(told).toEqual(['forget lab', 'removed lab']);
  expect(await readdir(folder)).not.toContain('place');
  expect((await stacks.create({ name: 'lab' })).id).toBe('lab');
});

test('a removal that cannot be finished keeps no other one from it, and is named only where it counts', async () => {
  const root = join(folder, 'stacks');
  for (const name of ['first', 'second', 'third']) await bury(root, await stacks.create({ name, folder: join(folder, name) }), 'delete');
  await writeFile(join(root, '.removed-first/removal.json'), '{}');
  const { told, deps } = done();
  await finishRemovals(root, deps, 'second');
  expect(told).toEqual(['forget second', 'removed second', 'forget third', 'removed third']);
  await expect(finishRemovals(root, deps)).rejects.toMatchObject({ code: 'fileDamaged' });
});

test('files that shall be kept and cannot be put aside are not deleted with the rest', async () => {
  const root = join(folder, 'stacks');
  const stack = await stacks.create({ name: 'lab' });
  await mkdir(join(stack.folder, 'certs'), { recursive: true });
  await writeFile(join(stack.folder, 'certs/ca.crt'), 'kept');
  await bury(root, stack, 'keep');
  // A name that is too long stands in for every reason why the folder cannot be renamed.
  const grave = join(root, `.removed-${'x'.repeat(240)}`);
  await rename(join(root, '.removed-lab'), grave);
  await expect(finishRemovals(root, done().deps)).rejects.toMatchObject({ code: 'fileNotWritable' });
  expect(await readFile(join(grave, 'files/certs/ca.crt'), 'utf8')).toBe('kept');
});

test('a removal that was killed before its moment leaves the whole stack', async () => {
  const stack = await stacks.create({ name: 'lab' });
  await writeFile(join(folder, 'stacks/lab/removal.json'), '{"version":1,"name":"lab","folder":"/","files":"delete"}');
  const { told, deps } = done();
  await finishRemovals(join(folder, 'stacks'), deps);
  expect(told).toEqual([]);
  expect(await stacks.get('lab')).toEqual(stack);
});

test('the facts name each customer’s key that goes, which of them have no export, and where parts of uploads stay', async () => {
  const stack = await stacks.create({ name: 'lab', folder: join(folder, 'place') });
  await mkdir(stack.folder);
  const access = { stack, secrets: testSecrets() } as unknown as StackAccess;
  expect((await removalFacts(access)).lost).toEqual([]);
  const keys = customerKeysOf(access);
  const exported = await keys.make('payroll 2025');
  await keys.make('scans');
  await keys.exported([exported.id]);
  const { lost } = await removalFacts(access);
  expect(lost.map((text) => sentence('en', text))).toEqual([
    'SSE-C keys: payroll 2025, scans. Objects encrypted with them are lost unless an export is kept',
    'Of these keys there is no export: scans',
  ]);
  for (let n = 0; n < 60; n++) await keys.make(`key ${String(n).padStart(2, '0')}`);
  expect((await removalFacts(access)).lost[0]?.params).toMatchObject({ count: 62, names: expect.stringMatching(/, key 49, … \(\+12\)$/) });
  expect(partsThatStay(new Map())).toEqual([]);
  const [stays] = partsThatStay(
    new Map([
      ['letters', 2],
      ['archive', 1],
    ]),
  );
  expect(stays?.params).toEqual({ count: 3, buckets: 'archive, letters' });
});

test('only a folder with the stack’s own CA is deleted: not a link, not another stack’s, not one without a mark', async () => {
  const place = join(folder, 'place');
  const pem = await readFile(certificate, 'utf8');
  const { X509Certificate } = await import('node:crypto');
  const fingerprint = new X509Certificate(pem).fingerprint256.toLowerCase();
  const ca = { id: 'local', kind: 'file' as const, subject: 'CN=x', fingerprint, file: 'certs/ca.crt' };
  const stack: Stack = await stacks.create({ name: 'lab', folder: place, fill: (plain) => ({ ...plain, cas: [ca] }) });
  await expect(requireOwnFolder(stack)).resolves.toBeUndefined();
  await mkdir(join(place, 'certs'), { recursive: true });
  await expect(requireOwnFolder(stack)).resolves.toBeUndefined();
  await writeFile(join(place, 'certs/vault.key'), 'somebody’s');
  await expect(requireOwnFolder(stack)).rejects.toMatchObject({ code: 'stackFolderForeign' });
  await writeFile(join(place, 'certs/ca.crt'), pem);
  await expect(requireOwnFolder(stack)).resolves.toBeUndefined();
  await expect(requireOwnFolder({ ...stack, cas: [{ ...ca, fingerprint: 'aa:bb' }] })).rejects.toMatchObject({
    code: 'stackFolderForeign',
  });
  await symlink(place, join(folder, 'link'));
  await expect(requireOwnFolder({ ...stack, folder: join(folder, 'link') })).rejects.toMatchObject({ code: 'stackFolderForeign' });
});

async function savedStack(): Promise<Stack> {
  return { ...JSON.parse(await readFile(versionOne, 'utf8')), draft: false, readOnly: false, version: 2 } as Stack;
}

async function exported(stack: Stack): Promise<string> {
  const secret = `${await readFile(certificate, 'utf8')}-----BEGIN PRIVATE KEY-----\ntracer\n-----END PRIVATE KEY-----\n`;
  return writeStackFile({ stack, folder: { read: async () => secret } as never });
}

test('a stack file says where servers are and whom to believe, and nothing of this machine or of log-ins', async () => {
  const stack = await savedStack();
  const content = await exported(stack);
  expect(content).not.toContain('tracer');
  expect(content).not.toContain(stack.folder);
  const { stack: read, certificates } = readStackFile(content);
  expect(read).toMatchObject({ origin: 'connected', draft: true, readOnly: true, identities: [], name: 'local-lab' });
  expect(read.keyStores[0]).toMatchObject({ ca: 'vault', nodes: [{ way: 'api', url: stack.keyStores[0]?.nodes[0]?.url }] });
  expect(read.keyStores[0]?.operator).toBeUndefined();
  expect([...certificates.keys()]).toEqual(['connect/vault-ca.pem', 'connect/kes-ca.pem', 'connect/minio-ca.pem']);
  // The fingerprint is of what came, not of what the file claims.
  const lying = JSON.parse(content) as { stack: { cas: { fingerprint: string }[] } };
  for (const one of lying.stack.cas) one.fingerprint = 'aa:bb';
  expect(readStackFile(JSON.stringify(lying)).stack.cas[0]?.fingerprint).toBe(read.cas[0]?.fingerprint);
});

test('a stack file says which key store KES has, and nothing of who logs in there', async () => {
  const { keyStores: _, ...stack } = await savedStack();
  const values = { endpoint: 'https://keys.example.net', vault_id: 'v', box_id: 'b', 'credentials.username': 'tracer-user' };
  const content = await exported({
    ...stack,
    keyStores: [],
    otherKeyStores: [{ id: 'keyStore', kind: 'entrust', values, ca: 'keyStore' }],
  });
  expect(content).not.toContain('tracer-user');
  expect(readStackFile(content).stack.otherKeyStores).toEqual([
    { id: 'keyStore', kind: 'entrust', values: { endpoint: 'https://keys.example.net', vault_id: 'v', box_id: 'b' } },
  ]);
  const lying = content.replace('https://keys.example.net', 'ftp://keys.example.net');
  expect(() => readStackFile(lying)).toThrow(expect.objectContaining({ code: 'stackFileRefused' }));
});

test('of what somebody put between the certificates of a stack file nothing is kept', async () => {
  const file = JSON.parse(await exported(await savedStack())) as { certificates: { vault: string } };
  file.certificates.vault += '-----BEGIN PRIVATE KEY-----\ntracer\n-----END PRIVATE KEY-----\n';
  const kept = readStackFile(JSON.stringify(file)).certificates.get('connect/vault-ca.pem');
  expect(kept).toContain('BEGIN CERTIFICATE');
  expect(kept).not.toContain('tracer');
});

test.each<[string, (stack: Stack) => Stack]>([
  ['a name that no form takes', (stack) => ({ ...stack, name: 'x'.repeat(41) })],
  ['a name that moves the cursor', (stack) => ({ ...stack, name: 'lab\u001b[2J' })],
  ['a name that turns text around', (stack) => ({ ...stack, name: 'lab\u202e' })],
  ['a prefix that ends a policy and begins another', (stack) => withEngine(stack, { prefix: '"}\npath "*" {' })],
  [
    'a place in the key store that ends a policy and begins another',
    (stack) => ({
      ...stack,
      kesClusters: stack.kesClusters.map((one) => ({
        ...one,
        placeInStore: {
          engine: { mount: 'kv', version: 2, prefix: '"}\npath "*" {' },
          appRole: { mount: 'approle', role: 'kes', policy: 'p' },
        },
      })),
    }),
  ],
  ['a mount that leads elsewhere', (stack) => withEngine(stack, { mount: '../sys' })],
  [
    'a pattern that is two lines',
    (stack) => ({ ...stack, kesClusters: stack.kesClusters.map((one) => ({ ...one, policy: { name: 'minio', pattern: '*\n- /v1/*' } })) }),
  ],
  [
    'a key that KES cannot have',
    (stack) => ({ ...stack, minioClusters: stack.minioClusters.map((one) => ({ ...one, defaultKey: 'a/b' })) }),
  ],
  [
    'a port that there is not',
    (stack) => ({
      ...stack,
      kesClusters: stack.kesClusters.map((one) => ({ ...one, nodes: [{ id: 'x', url: 'https://kes:99999', way: 'api' }] })),
    }),
  ],
])('a stack file with %s is refused before anything is made', async (_what, change) => {
  const file = JSON.parse(await exported(await savedStack())) as { stack: Stack };
  expect(() => readStackFile(JSON.stringify({ ...file, stack: change(file.stack) }))).toThrow(
    expect.objectContaining({ code: 'stackFileRefused' }),
  );
});

test.each([
  ['{', 'stackFileRefused'],
  ['{"version":1}', 'stackFileRefused'],
  ['{"format":"sealdeck-stack","version":2}', 'fileNewer'],
  ['{"format":"sealdeck-stack","version":1,"exportedAt":"","certificates":{},"stack":{"version":3}}', 'fileNewer'],
  ['{"format":"sealdeck-stack","version":1,"exportedAt":"","certificates":{},"stack":{"version":2}}', 'stackFileRefused'],
])('what is no stack file of ours is refused: %s', (content, code) => {
  expect(() => readStackFile(content)).toThrow(expect.objectContaining({ code }));
});

test('of a folder of logs only the logs of servers are deleted', async () => {
  const place = join(folder, 'place');
  await mkdir(join(place, 'logs'), { recursive: true });
  for (const name of ['vault.log', 'minio.log', 'minio-2.log', 'vault.logbook', 'theirs.log'])
    await writeFile(join(place, 'logs', name), 'x');
  await deleteOwn(place);
  expect(await readdir(join(place, 'logs'))).toEqual(['theirs.log', 'vault.logbook']);
});

test('of a stack’s folder goes all that Sealdeck wrote, its clusters’ too, and nothing of anybody else', async () => {
  const place = join(folder, 'place');
  for (const path of ['certs/ca.crt', 'buckets/undos.json', 'clusters/minio-2/kes/kes.yaml', 'clusters/minio-2/buckets/undos.json']) {
    await mkdir(join(place, path, '..'), { recursive: true });
    await writeFile(join(place, path), 'ours');
  }
  await mkdir(join(place, 'clusters/minio-3/theirs'), { recursive: true });
  const { entries } = await walkOwn(place);
  expect(entries.filter(({ type }) => type === 'file').every(({ path }) => isBackupName(`files/${path}`))).toBe(true);
  expect(entries.filter(({ type }) => type === 'file')).toHaveLength(4);
  await deleteOwn(place);
  expect(await readdir(place, { recursive: true })).toEqual(['clusters', 'clusters/minio-3', 'clusters/minio-3/theirs']);
});

function withEngine(stack: Stack, change: Partial<Stack['keyStores'][number]['engine']>): Stack {
  return { ...stack, keyStores: stack.keyStores.map((one) => ({ ...one, engine: { ...one.engine, ...change } })) };
}
