import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../../shared/secret.ts';
import { type Stack, stack as stackSchema } from '../../../shared/stacks.ts';
import { sealStream } from '../../platform/ageStream.ts';
import { createLog } from '../../platform/log.ts';
import { createSealedStore } from '../../platform/sealedStore.ts';
import { createEventHub } from '../../rpc/eventHub.ts';
import { createStacks, type Stacks } from './handlers.ts';
import type { KeepingDeps } from './keepingDeps.ts';
import { runRestore } from './restore.ts';

const word = new Secret('correct horse battery');
let folder: string;
let stacks: Stacks;
let deps: KeepingDeps;
let document: Stack;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealdeck-restore-'));
  const log = createLog(join(folder, 'engine.log'));
  const store = createSealedStore({ folder, log });
  await store.create('practice');
  stacks = createStacks({ dataFolder: folder, store, publish: createEventHub().publish, log, journal: async () => undefined });
  // Nothing of these backups runs here, so no server is asked for.
  deps = { stacks, store, journal: async () => undefined, open: async (id: string) => ({ stack: await stacks.get(id) }) } as never;
  const old = await readFile(join(import.meta.dirname, '../../dataOfVersionOne/stacks/local-lab/stack.json'), 'utf8');
  const elsewhere = (text: string): string => text.replaceAll('"way": "here"', '"way": "api"');
  document = stackSchema.parse({ ...JSON.parse(elsewhere(old)), version: 2, draft: false, readOnly: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const head = { format: 'sealdeck-backup', version: 1, stackId: 'lab', name: 'lab', madeAt: '', vault: 'none', objects: false };

async function backupOf(more: [name: string, content: string][] = [], changed: Partial<Stack> = {}): Promise<string> {
  const parts = [
    ['backup.json', JSON.stringify(head)],
    ['stack.json', JSON.stringify({ ...document, ...changed })],
    ['secrets.json', '{"version":1,"secrets":{"ca.key":"tracer-secret"}}'],
    ['files/certs/ca.crt', 'a certificate'],
    ...more,
  ] as const;
  const named = parts.map(([path, content]) => ({
    path,
    bytes: Buffer.byteLength(content),
    sha256: createHash('sha256').update(content).digest('hex'),
    mode: 0o755,
  }));
  const tar = pack();
  for (const [name, content] of parts) tar.entry({ name, mode: 0o755 }, content);
  tar.entry({ name: 'manifest.json' }, JSON.stringify({ version: 1, parts: named }));
  tar.finalize();
  const file = join(folder, 'a.sealdeck.age');
  await writeFile(file, await buffer(await sealStream(tar as unknown as AsyncIterable<Uint8Array>, word, 10)));
  return file;
}

const restore = (file: string, to: string, told: () => void = () => undefined) =>
  runRestore({ file, folder: to, passphrase: word }, deps, told, new AbortController().signal);

test('two restores into one folder, however it is written: one succeeds and keeps its files, the other is refused', async () => {
  const file = await backupOf();
  const to = join(folder, 'place');
  const both = await Promise.allSettled([restore(file, to), restore(file, `${to}/../place/`)]);
  const [refused] = both.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(refused?.reason).toMatchObject({ code: 'restoreFolderUsed' });
  expect(await readFile(join(to, 'certs/ca.crt'), 'utf8')).toBe('a certificate');
  expect((await stacks.list()).map((stack) => stack.folder)).toEqual([to]);
});

test('files that somebody put into the folder while it was unpacked stay, and nothing is restored over them', async () => {
  const file = await backupOf();
  const to = join(folder, 'place');
  let begun: Promise<unknown> | undefined;
  const elsewhere = async (): Promise<void> => {
    await mkdir(join(to, 'certs'), { recursive: true });
    await writeFile(join(to, 'certs/theirs.key'), 'theirs');
  };
  await expect(restore(file, to, () => (begun ??= elsewhere()))).rejects.toMatchObject({ code: 'restoreFolderUsed' });
  await begun;
  expect(await readFile(join(to, 'certs/theirs.key'), 'utf8')).toBe('theirs');
  expect(await readdir(to)).toEqual(['certs']);
  expect(await stacks.list()).toEqual([]);
});

test('a backup says neither which programs this machine starts, nor brings one', async () => {
  const steps = [{ id: 'servers', state: 'proven', evidence: [], input: { picked: { kes: '/tmp/evil' }, lockMemory: 'off' } }];
  const setup = { version: 1, stackId: 'lab', mode: 'express', steps };
  const file = await backupOf([
    ['files/vault/evil', '#!/bin/sh'],
    ['setup.json', JSON.stringify(setup)],
  ]);
  const to = join(folder, 'place');
  const { stackId } = await restore(file, to);
  expect((await stat(join(to, 'vault/evil'))).mode & 0o777).toBe(0o644);
  const kept = JSON.parse(await readFile(join(stacks.stateFolder(stackId), 'setup.json'), 'utf8')) as typeof setup;
  expect(kept.steps[0]?.input).toEqual({ picked: {}, lockMemory: 'off' });
});

test('each further server that runs here gets a port of its own, in the document and in what is kept of its cluster', async () => {
  const [kes, minio] = [document.kesClusters[0], document.minioClusters[0]];
  if (!kes || !minio) throw new Error('no cluster');
  const node = (id: string, port: number) => [{ id, url: `https://127.0.0.1:${port}`, way: 'here' as const }];
  const changed = {
    kesClusters: [kes, { ...kes, id: 'kes-minio-2', nodes: node('kes-2', 7383) }],
    minioClusters: [minio, { ...minio, id: 'minio-2', kes: 'kes-minio-2', nodes: node('minio-2', 9010) }],
  };
  const names = { prefix: 'minio-2', role: 'kes-minio-2', policy: 'p', keyPrefix: 'minio-2-', key: 'minio-2-default' };
  const ports = { kes: 7383, kesSecond: 7384, minio: 9010, minioConsole: 9011 };
  const record = { version: 1, input: { id: 'minio-2', ports, ...names }, step: 'proof', startedAt: 'then', finishedAt: 'now' };
  const place = { name: 'lab', folder: '/old', hosts: ['127.0.0.1'], product: 'openbao' };
  const usual = { vault: 8200, vaultCluster: 8201, kes: 7373, minio: 9000, minioConsole: 9001 };
  const setup = {
    version: 1,
    stackId: 'lab',
    mode: 'express',
    steps: [{ id: 'place', state: 'proven', evidence: [], input: { ...place, ports: usual } }],
  };
  const file = await backupOf(
    [
      ['setup.json', JSON.stringify(setup)],
      ['clusters/minio-2.json', JSON.stringify(record)],
      ['files/clusters/minio-2/kes/kes.yaml', 'lines'],
    ],
    changed,
  );
  Object.assign(deps, {
    freePorts: async () => usual,
    freePort: async (wanted: number, taken: ReadonlySet<number>) => [wanted + 1, wanted + 2].find((port) => !taken.has(port)),
  });
  const { stackId } = await restore(file, join(folder, 'place'));
  const restored = await stacks.get(stackId);
  expect(restored.kesClusters[1]?.nodes[0]?.url).toBe('https://127.0.0.1:7384');
  expect(restored.minioClusters[1]?.nodes[0]?.url).toBe('https://127.0.0.1:9011');
  const kept = JSON.parse(await readFile(join(stacks.stateFolder(stackId), 'clusters/minio-2.json'), 'utf8')) as typeof record;
  expect(kept.input.ports).toEqual({ kes: 7384, kesSecond: 7385, minio: 9011, minioConsole: 9012 });
  // Whatever stops its steps here, as a Vault that waits for its shares: they can be gone on with.
  expect(kept.finishedAt).toBeUndefined();
  expect(await readFile(join(folder, 'place/clusters/minio-2/kes/kes.yaml'), 'utf8')).toBe('lines');
});
