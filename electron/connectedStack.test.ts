import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Secret } from '../shared/secret.ts';
import { createApp } from './app.ts';
import { createJobRunner } from './jobs/jobRunner.ts';
import { createFileStore } from './platform/files.ts';
import { createLog } from './platform/log.ts';
import { listen, makeAuthority } from './platform/tls.testSupport.ts';
import type { AllHandlers } from './rpc/connection.ts';
import { createEventHub } from './rpc/eventHub.ts';

// A stack of servers that run elsewhere, through the whole engine. A TLS server without a protocol stands in for MinIO.
const call = { signal: new AbortController().signal, host: 'cli' } as const;
const none = { way: 'none' } as const;
const files = createFileStore();
let folder: string;
let server: Server;
let url: string;
let ca: string;
let handlers: AllHandlers;
let stackId: string;
/** Nothing is answered before it is over. */
let silence: Promise<unknown> = Promise.resolve();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealdeck-elsewhere-'));
  const authority = await makeAuthority();
  const made = await authority.issue('server');
  server = createServer({ cert: made.cert, key: made.key.reveal() }, (_, answer) => void silence.then(() => answer.writeHead(404).end()));
  url = `https://127.0.0.1:${await listen(server)}`;
  ca = authority.ca;
  const log = createLog(join(folder, 'engine.log'));
  const hub = createEventHub();
  const hostPorts = { openWindow: () => Promise.reject(new Error('no window')), requestQuit: async () => undefined, version: 'test' };
  const app = await createApp({ dataFolder: folder, files, log, hub, jobs: createJobRunner(hub.publish, log), hostPorts });
  handlers = app.handlers;
  await handlers['store.create']({ mode: 'practice' }, call);
  const { place } = await handlers['setup.propose']({ name: 'elsewhere', folder: join(folder, 'files') }, call);
  ({ stackId } = await handlers['setup.create'](
    {
      place: { ...place, servers: { vault: none, kes: { way: 'api', url: 'https://127.0.0.1:1' }, minio: none } },
      mode: 'guided',
    } as never,
    call,
  ));
});
afterAll(async () => {
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

const wayOf = async (kind: string): Promise<unknown> => {
  const place = (await handlers['setup.state']({ stackId }, call)).steps[0]?.input as { servers: Record<string, unknown> };
  return place.servers[kind];
};
const send = async (content: string): Promise<string> => {
  const bytes = Buffer.from(content);
  const { token } = await handlers['files.announce']({ name: 'config.json', size: bytes.length }, call);
  void files.receive(token, Readable.from([bytes])).catch(() => undefined);
  return token;
};

test('a server is saved with a login from mc, and the guided steps know it', async () => {
  const file = await send(
    JSON.stringify({ version: '10', aliases: { prod: { url, accessKey: 'operator', secretKey: 'tracer-secret-key' } } }),
  );
  const { source, aliases } = await handlers['connect.aliases']({ file }, call);
  expect(aliases).toEqual([{ name: 'prod', url, accessKey: 'operator' }]);
  const credential = { kind: 'imported', source, alias: 'prod' } as const;
  await handlers['connect.save']({ stackId, kind: 'minio', url, trust: { kind: 'file', pem: ca }, credential }, call);
  expect(await wayOf('minio')).toEqual({ way: 'api', url });
  for (const name of await readdir(folder, { recursive: true })) {
    const content = await readFile(join(folder, name), 'utf8').catch(() => '');
    expect(content.includes('tracer-secret-key'), name).toBe(false);
  }
});

test('a read-only stack is asked, and nothing else: no call that may change a server gets through', async () => {
  const { lights } = await handlers['connect.test']({ stackId, kind: 'minio' }, call);
  // The test's CA ends in ten days, which is soon.
  expect(lights.slice(0, 3).map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'warn']);
  const refusal = { code: 'stackReadOnly', details: { name: 'elsewhere' } };
  await expect(handlers['setup.apply']({ stackId, step: 'place', input: {} }, call)).rejects.toMatchObject(refusal);
  await handlers['stacks.readOnly']({ id: stackId, readOnly: false }, call);
  const { jobId } = await handlers['setup.apply']({ stackId, step: 'place', input: {} }, call);
  await expect.poll(async () => (await handlers['jobs.list']({}, call)).jobs.find(({ id }) => id === jobId)?.state).not.toBe('running');
  await handlers['stacks.readOnly']({ id: stackId, readOnly: true }, call);
  await expect(handlers['setup.express']({ stackId, inputs: {} }, call)).rejects.toMatchObject(refusal);
});

test('what cannot be believed or reached changes nothing', async () => {
  const before = await handlers['stacks.get']({ id: stackId }, call);
  const pin = { kind: 'pin', fingerprint: Array(32).fill('00').join(':') } as const;
  await expect(handlers['connect.save']({ stackId, kind: 'minio', trust: pin }, call)).rejects.toMatchObject({ code: 'connectPinDiffers' });
  const closed = { stackId, kind: 'kes', trust: pin } as const;
  await expect(handlers['connect.save'](closed, call)).rejects.toMatchObject({ code: 'networkRefused' });
  const credential = { kind: 'minioKeys', accessKey: 'operator', secretKey: new Secret('another-secret') } as const;
  await expect(handlers['connect.replace']({ stackId, kind: 'minio', credential }, call)).rejects.toMatchObject({ code: 's3Error' });
  expect(await handlers['stacks.get']({ id: stackId }, call)).toEqual(before);
});

test('a server is taken out of a draft with its login, and the guided steps forget it', async () => {
  expect(await wayOf('kes')).toEqual({ way: 'api', url: 'https://127.0.0.1:1' });
  const apiKey = new Secret(`kes:v1:${Buffer.concat([Buffer.of(0), randomBytes(32)]).toString('base64')}`);
  await handlers['connect.save']({ stackId, kind: 'kes', credential: { kind: 'kesApiKey', apiKey } }, call);
  expect((await handlers['stacks.get']({ id: stackId }, call)).identities).toHaveLength(1);
  await handlers['connect.forget']({ stackId, kind: 'kes' }, call);
  const stack = await handlers['stacks.get']({ id: stackId }, call);
  expect({ kes: stack.kesClusters, identities: stack.identities, link: stack.minioClusters[0]?.kes }).toEqual({ kes: [], identities: [] });
  expect(await wayOf('kes')).toEqual({ way: 'none' });
  expect(await readdir(join(folder, 'files', 'connect'))).toEqual(['minio-ca.pem']);
});

test('a draft becomes a stack when its MinIO is known', async () => {
  await handlers['connect.finish']({ stackId }, call);
  expect(await handlers['stacks.get']({ id: stackId }, call)).toMatchObject({ draft: false, readOnly: true });
  const codes = (await handlers['journal.list']({ limit: 50 }, call)).entries.map(({ action }) => action.code);
  expect(codes).toEqual(
    expect.arrayContaining(['connectJournalAddress', 'connectJournalForgot', 'stacksJournalWritable', 'connectJournalFinished']),
  );
});

test('a stack is not made read-only while work changes its servers, which would go on', async () => {
  await handlers['stacks.readOnly']({ id: stackId, readOnly: false }, call);
  const { promise, resolve } = Promise.withResolvers<void>();
  silence = promise;
  const place = { stackId, bucket: 'letters' };
  const isOver = (id: string) => async () => (await handlers['jobs.list']({}, call)).jobs.find((job) => job.id === id)?.state !== 'running';
  try {
    const { jobId } = await handlers['objects.removeMany']({ ...place, objects: [{ key: 'a' }] }, call);
    await expect(handlers['stacks.readOnly']({ id: stackId, readOnly: true }, call)).rejects.toMatchObject({ code: 'stackBusy' });
    resolve();
    await expect.poll(isOver(jobId)).toBe(true);
    silence = new Promise(() => undefined);
    const asked = await handlers['objects.check']({ ...place, prefix: '', limit: 1 }, call);
    await handlers['stacks.readOnly']({ id: stackId, readOnly: true }, call);
    await handlers['jobs.cancel']({ id: asked.jobId }, call);
    await expect.poll(isOver(asked.jobId)).toBe(true);
  } finally {
    resolve();
    silence = Promise.resolve();
    server.closeAllConnections();
  }
});
