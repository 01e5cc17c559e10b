import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureServers } from '../servers/get.ts';
import { auditStates } from '../shared/audit.ts';
import { clusterInput } from '../shared/clusters.ts';
import { journalEntry } from '../shared/journal.ts';
import { placeInput } from '../shared/setup.ts';
import { createApp } from './app.ts';
import { readEnvironment } from './clients/minioAdmin/environmentFile.ts';
import { createJobRunner, type JobRunner } from './jobs/jobRunner.ts';
import { createFileStore } from './platform/files.ts';
import { createLog } from './platform/log.ts';
import { freePort } from './platform/ports.ts';
import type { AllHandlers } from './rpc/connection.ts';
import { createEventHub } from './rpc/eventHub.ts';

// Two clusters of one stack, both with a bucket `work`. What is done to the second through the engine is asked of each by mc.
const call = { signal: new AbortController().signal, host: 'cli' } as const;
const clusters = ['minio', 'minio-2'] as const;
const run = promisify(execFile);
let folder: string;
let jobs: JobRunner;
let handlers: AllHandlers;
let close: () => Promise<void>;
let stackId: string;
const env: NodeJS.ProcessEnv = { ...process.env };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealdeck-each-'));
  const log = createLog(join(folder, 'engine.log'));
  const hub = createEventHub();
  jobs = createJobRunner(hub.publish, log);
  const hostPorts = { openWindow: () => Promise.reject(new Error('no window')), requestQuit: async () => undefined, version: 'test' };
  ({ handlers, close } = await createApp({ dataFolder: join(folder, 'data'), files: createFileStore(), log, hub, jobs, hostPorts }));
  await handlers['store.create']({ mode: 'practice' }, call);
  const lab = join(folder, 'lab');
  const { place } = await handlers['setup.propose']({ name: 'lab', folder: lab }, call);
  const names = ['vault', 'vaultCluster', 'kes', 'minio', 'minioConsole'] as const;
  const ports = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await freePort()] as const)));
  const wanted = { place: placeInput.parse({ ...place, ports, product: 'openbao' }), mode: 'express' as const };
  ({ stackId } = await handlers['setup.create'](wanted, call));
  await done(handlers['setup.express']({ stackId, inputs: {} }, call));
  const { input } = await handlers['clusters.propose']({ stackId }, call);
  await done(handlers['clusters.add']({ stackId, input: clusterInput.parse(input) }, call));

  const { minioClusters } = await handlers['stacks.get']({ id: stackId }, call);
  env.SSL_CERT_FILE = join(lab, 'certs/ca.crt');
  env.MC_CONFIG_DIR = join(folder, 'mc');
  for (const { id, nodes } of minioClusters) {
    const own = id === 'minio' ? lab : join(lab, 'clusters', id);
    const file = readEnvironment(await readFile(join(own, 'minio/minio.env'), 'utf8'));
    const login = `${file.get('MINIO_ROOT_USER')}:${encodeURIComponent(file.get('MINIO_ROOT_PASSWORD') ?? '')}`;
    env[`MC_HOST_${alias(id)}`] = `https://${login}@${new URL(nodes?.[0]?.url ?? '').host}`;
    await mc('mb', `${alias(id)}/work`);
  }
}, 200_000);
afterAll(async () => {
  await done(handlers['lab.stop']({ stackId }, call));
  await close();
  await rm(folder, { recursive: true, force: true });
});

const alias = (id: string): string => id.replace('-', '');
async function mc(...args: string[]): Promise<string> {
  const { mc: binary } = await ensureServers(['mc']);
  return run(binary, args, { env }).then(
    ({ stdout }) => stdout,
    (error: { stdout: string; stderr: string }) => `failed ${error.stdout}${error.stderr}`,
  );
}
async function done(started: Promise<{ jobId: string }>): Promise<unknown> {
  const job = await jobs.wait((await started).jobId);
  if (job.state !== 'succeeded') throw new Error(`${job.title.code} ${job.state}: ${JSON.stringify(job.error)}`);
  return job.result;
}
/** The same question about each of the two. */
function each<T>(ask: (cluster: (typeof clusters)[number]) => Promise<T>): Promise<T[]> {
  return Promise.all(clusters.map(ask));
}

test('a rule of the second is set in the second and can be undone there alone', async () => {
  const changes = [{ bucket: 'work', from: { kind: 'none' as const }, to: { kind: 'sse-s3' as const } }];
  const { undo } = await handlers['buckets.apply']({ stackId, cluster: 'minio-2', changes }, call);
  const rules = await each((id) => mc('encrypt', 'info', `${alias(id)}/work`));
  expect(rules.map((said) => /sse-s3/i.test(said))).toEqual([false, true]);
  const undos = await each((cluster) => handlers['buckets.undos']({ stackId, cluster }, call));
  expect(undos.map((one) => one.undos.map(({ id }) => id))).toEqual([[], [undo]]);
  // An undo of the second is unknown to the first, and to whoever names none and so means the first.
  for (const cluster of ['minio', undefined])
    await expect(handlers['buckets.undo']({ stackId, cluster, id: undo ?? '' }, call)).rejects.toMatchObject({ code: 'bucketUndoUnknown' });
  expect(await handlers['buckets.undos']({ stackId }, call)).toEqual(undos[0]);
  const lines = (await readFile(join(folder, 'data/journal.jsonl'), 'utf8')).trimEnd().split('\n');
  const ruled = lines.map((line) => journalEntry.parse(JSON.parse(line)).action).filter(({ params }) => params?.bucket === 'work');
  expect(ruled.map(({ params }) => params?.cluster)).toEqual(['minio-2']);
}, 60_000);

test('an upload to the second lands in the second, as its rule says, and is listed there alone', async () => {
  const file = join(folder, 'letter.txt');
  await writeFile(file, 'to the second');
  const { id, cluster } = await handlers['uploads.stage']({ stackId, cluster: 'minio-2', bucket: 'work', prefix: '' }, call);
  expect(cluster).toBe('minio-2');
  await handlers['uploads.addPaths']({ stackId, id, paths: [file] }, call);
  await done(handlers['uploads.start']({ stackId, id, choice: { kind: 'rule' }, onConflict: 'skip' }, call));
  const stats = await each((one) => mc('stat', '--json', `${alias(one)}/work/letter.txt`));
  expect(stats.map((said) => /AES256|SSE-S3/i.test(said))).toEqual([false, true]);
  const uploads = await each((one) => handlers['uploads.list']({ stackId, cluster: one }, call));
  expect(uploads.map((one) => one.uploads.map((upload) => upload.id))).toEqual([[], [id]]);

  const at = { bucket: 'work', key: 'letter.txt' };
  expect(await handlers['objects.stat']({ stackId, cluster: 'minio-2', ...at }, call)).toMatchObject({ encryption: { state: 'sse-s3' } });
  await expect(handlers['objects.stat']({ stackId, ...at }, call)).rejects.toMatchObject({ code: 'objectMissing' });
  expect((await handlers['objects.card']({ stackId, cluster: 'minio-2', ...at }, call)).row.encryption.state).toBe('sse-s3');
}, 60_000);

test('an audit of the second counts the objects of the second and is no run of the first', async () => {
  const scope = { buckets: ['work'], prefix: '', versions: false };
  const { id, ...job } = await handlers['audit.start']({ stackId, cluster: 'minio-2', scope, options: {} as never }, call);
  await done(Promise.resolve(job));
  const { audit } = await handlers['audit.get']({ stackId, id }, call);
  expect([audit.cluster, audit.stackName]).toEqual(['minio-2', 'lab, minio-2']);
  expect(audit.current.objects[auditStates.indexOf('sse-s3')]).toBe(1);
  const listed = await each((cluster) => handlers['audit.list']({ stackId, cluster }, call));
  expect(listed.map(({ audits }) => audits.map((one) => one.id))).toEqual([[], [id]]);
  const buckets = await each((cluster) => handlers['buckets.list']({ stackId, cluster }, call));
  expect(buckets.map((one) => one.buckets.find(({ name }) => name === 'work')?.plaintext?.auditId)).toEqual([undefined, id]);
  // Its rows are no work for the first.
  const plan = { scope: { from: 'audit', auditId: id, filter: {} as never } as const, target: { kind: 'sse-s3' } as const };
  await expect(done(handlers['inPlace.plan']({ stackId, ...plan, mode: 'current' }, call))).rejects.toThrow('auditUnknown');
}, 60_000);

test('encryption in place of the second changes the second', async () => {
  for (const id of clusters) {
    await mc('encrypt', 'clear', `${alias(id)}/work`);
    await mc('cp', join(folder, 'letter.txt'), `${alias(id)}/work/plain.txt`);
  }
  const scope = { from: 'objects' as const, bucket: 'work', objects: [{ key: 'plain.txt' }] };
  const planned = await handlers['inPlace.plan']({ stackId, cluster: 'minio-2', scope, target: { kind: 'sse-s3' }, mode: 'current' }, call);
  await done(Promise.resolve(planned));
  await done(handlers['inPlace.start']({ stackId, id: planned.id }, call));
  const stats = await each((id) => mc('stat', '--json', `${alias(id)}/work/plain.txt`));
  expect(stats.map((said) => /AES256|SSE-S3/i.test(said))).toEqual([false, true]);
  const runs = await each((cluster) => handlers['inPlace.list']({ stackId, cluster }, call));
  expect(runs.map((one) => one.runs.map(({ id }) => id))).toEqual([[], [planned.id]]);
}, 60_000);

test('keys, the secret ID and a proof of the second are those of its own KES', async () => {
  await handlers['kes.createKey']({ stackId, cluster: 'minio-2', name: 'minio-2-extra', again: false }, call);
  const lists = await each((cluster) => handlers['kes.keyList']({ stackId, cluster }, call));
  expect(lists.map(({ keys }) => keys.some(({ name }) => name === 'minio-2-extra'))).toEqual([false, true]);
  const files = ['kes/kes.yaml', 'clusters/minio-2/kes/kes.yaml'].map((name) => join(folder, 'lab', name));
  const before = await Promise.all(files.map((name) => readFile(name, 'utf8')));
  await done(handlers['vault.rotateSecretId']({ stackId, cluster: 'minio-2' }, call));
  const after = await Promise.all(files.map((name) => readFile(name, 'utf8')));
  expect(after.map((text, at) => text === before[at])).toEqual([true, false]);
  await done(handlers['proof.run']({ stackId, cluster: 'minio-2', level: 'rule', bucket: 'first-bucket' }, call));
  const proofs = await each((cluster) => handlers['proof.list']({ stackId, cluster }, call));
  expect(proofs.map((one) => one.proofs.map(({ stackName }) => stackName))).toEqual([[expect.any(String)], ['lab, minio-2']]);
  const states = await handlers['minio.status']({ stackId }, call);
  expect(states.nodes.map(({ node, state }) => [node, state])).toEqual([
    ['minio-1', 'working'],
    ['minio-2', 'working'],
  ]);
}, 90_000);

test('an object that is removed in the second stays in the first', async () => {
  await handlers['objects.remove']({ stackId, cluster: 'minio-2', bucket: 'work', key: 'plain.txt' }, call);
  const stats = await each((id) => mc('stat', `${alias(id)}/work/plain.txt`));
  expect(stats.map((said) => said.startsWith('failed'))).toEqual([false, true]);
});
