import { glob, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Contract, procedures } from '../shared/contract.ts';
import { placeInput } from '../shared/setup.ts';
import { takesCluster } from '../shared/takesCluster.ts';
import { createApp } from './app.ts';
import { createJobRunner } from './jobs/jobRunner.ts';
import { createFileStore } from './platform/files.ts';
import { createLog } from './platform/log.ts';
import type { AllHandlers } from './rpc/connection.ts';
import { createEventHub } from './rpc/eventHub.ts';

// A call that names a cluster which the stack does not have must find that out before it asks any server: so it opened that one.
const call = { signal: new AbortController().signal, host: 'cli' } as const;
const services = join(import.meta.dirname, 'services');
const aboutOne = ['minio', 'proof', 'buckets', 'objects', 'audit', 'uploads', 'inPlace', 'kes/keys', 'kes/config'];
let folder: string;
let handlers: AllHandlers;
let stackId: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealdeck-other-'));
  const log = createLog(join(folder, 'engine.log'));
  const hub = createEventHub();
  const hostPorts = { openWindow: () => Promise.reject(new Error('no window')), requestQuit: async () => undefined, version: 'test' };
  const parts = { dataFolder: folder, files: createFileStore(), log, hub, jobs: createJobRunner(hub.publish, log), hostPorts };
  ({ handlers } = await createApp(parts));
  await handlers['store.create']({ mode: 'practice' }, call);
  const { place } = await handlers['setup.propose']({ name: 'lab', folder: join(folder, 'lab') }, call);
  ({ stackId } = await handlers['setup.create']({ place: placeInput.parse(place), mode: 'guided' }, call));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A value for each field that a call may want. */
const some: Readonly<Record<string, unknown>> = {
  ...{ bucket: 'work', key: 'a', name: 'minio-a', prefix: 'a/', typed: 'a', folder: '/nowhere', bytes: 1, ids: ['0'.repeat(32)] },
  ...{ buckets: ['work'], rule: { kind: 'sse-s3' }, changes: [{ bucket: 'work', to: { kind: 'sse-s3' } }], mode: { kind: 'anyHeader' } },
  ...{ objects: [{ key: 'a' }], names: ['minio-a'], config: {}, from: { kind: 'server' }, draft: 'none', value: 'v', given: 'g' },
  ...{
    id: '20261122T120000-0123abcd',
    passphrase: 'long enough words',
    content: 'x',
    target: { kind: 'sse-s3' },
    source: 'none',
    place: 0,
  },
  ...{ material: 'A'.repeat(44), backedUp: true, copy: false, encrypt: { kind: 'sse-s3' } },
};
const special: Readonly<Record<string, Record<string, unknown>>> = {
  'objects.customerKeyUse': { id: '0'.repeat(32) },
  'objects.removeCustomerKey': { id: '0'.repeat(32) },
  'objects.takeCustomerKey': { key: 'A'.repeat(44) },
  'inPlace.plan': { scope: { from: 'prefix', bucket: 'work', prefix: '' }, mode: 'current' },
  'audit.start': { scope: {} },
  'audit.estimate': { scope: {} },
  'kes.keepConfigSecret': { name: 'KES_A' },
  'kes.identityOf': { given: '0'.repeat(64) },
  // From the first cluster of the same stack.
  'minio.planCopy': { from: 'lab' },
  'minio.copyFrom': { from: 'lab' },
};
/** Nothing of a server: what was read stays in memory, or the list of another cluster is a list of none. */
const listsOnly = ['proof.list', 'audit.list', 'uploads.list', 'inPlace.list'];

type Shape = Record<string, { safeParse(value: unknown): { success: boolean } }>;
const shapeOf = (name: keyof Contract): Shape =>
  'shape' in procedures[name].input ? (procedures[name].input.shape as unknown as Shape) : {};
const about = (Object.keys(procedures) as (keyof Contract)[]).filter(takesCluster);

test.each(about)('%s asks the cluster that it names and no other', async (name) => {
  const wanted = Object.entries(shapeOf(name)).filter(([field, schema]) => field in some && !schema.safeParse(undefined).success);
  const raw = { ...Object.fromEntries(wanted.map(([field]) => [field, some[field]])), ...special[name], stackId, cluster: 'nowhere' };
  const handler = handlers[name] as (input: unknown, context: typeof call) => Promise<unknown>;
  const parsed = procedures[name].input.safeParse(raw);
  // A draft of a configuration is a large thing; no cluster is asked for it either.
  const answer = handler(parsed.success ? parsed.data : raw, call);
  if (listsOnly.includes(name)) expect(Object.values((await answer) as Record<string, unknown[]>).flat()).toEqual([]);
  else await expect(answer).rejects.toMatchObject({ code: 'minioClusterUnknown' });
});

test('what is about one cluster opens no stack without saying which', async () => {
  const found: string[] = [];
  for await (const file of glob('**/*.ts', { cwd: services })) {
    if (/\.(test|testSupport)\.ts$/.test(file) || !aboutOne.some((part) => dirname(`${file}`).startsWith(part))) continue;
    const text = await readFile(join(services, file), 'utf8');
    for (const [opened] of text.matchAll(/\bopen\((?:stackId|id|head\.stackId|about\.stackId|audit\.stackId)\)/g))
      found.push(`${file}: ${opened}`);
  }
  // Whose key signed a report is asked of every stack; the state of all nodes of all clusters.
  expect(found.sort()).toEqual(['audit/handlers.ts: open(id)', 'minio/handlers.ts: open(stackId)']);
});
