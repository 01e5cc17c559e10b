import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureServers } from '../servers/get.ts';
import { kesInput } from '../shared/kes.ts';
import { Secret } from '../shared/secret.ts';
import type { Stack, StackNode } from '../shared/stacks.ts';
import { prepareInput } from '../shared/vault.ts';
import { startTestChain, type TestChain, testServers } from './clients/chain.testSupport.ts';
import { withKes } from './clients/kes/forStack.ts';
import { makeTestIdentity } from './clients/kes/kes.testSupport.ts';
import { withS3 } from './clients/s3/forStack.ts';
import { readAppRole, vaultFor, vaultTokenFor } from './clients/vault/forStack.ts';
import { clusterView } from './jobs/clusterView.ts';
import type { StackServers, StepContext } from './jobs/step.ts';
import { freePort } from './platform/ports.ts';
import { kesStep } from './services/kes/kesStep.ts';
import { keyStep } from './services/kes/keyStep.ts';
import { replaceSecretId } from './services/kes/secretId.ts';
import { startKes } from './services/kes/start.ts';
import { createMinioStep } from './services/minio/minioStep.ts';
import { createPrepareStep } from './services/vault/prepareStep.ts';

// Two MinIO, each with its own KES, on one Vault: the second, with two KES nodes, is set up by the same steps through its view of the stack.
let chain: TestChain;
let first: StepContext;
let second: StepContext;
let stopSecond: () => Promise<void>;

beforeAll(async () => {
  chain = await startTestChain();
  const { context } = chain;
  const ports = { vault: 1, vaultCluster: 1, kes: await freePort(), minio: await freePort(), minioConsole: await freePort() };
  const processes = testServers(context.folder.path('clusters/minio-2'), await ensureServers(['kes', 'minio']), ports);
  stopSecond = processes.stopAll;
  const at = (node: string | undefined): StackServers => (/-[23]$/.test(node ?? '') ? processes.servers : context.servers);
  const servers: StackServers = {
    binary: context.servers.binary,
    start: (kind, program, spec, node) => at(node).start(kind, program, spec, node),
    stop: (kind, node) => at(node).stop(kind, node),
    status: (kind, node) => at(node).status(kind, node),
    lastLines: (kind, count, node) => at(node).lastLines(kind, count, node),
  };
  const [kesServer, minioServer, client] = [
    await makeTestIdentity('server'),
    await makeTestIdentity('server'),
    await makeTestIdentity('client'),
  ];
  let stack = added(context.stack, { ...ports, kesSecond: await freePort() }, client.hash);
  const whole: StepContext = {
    ...context,
    get stack() {
      return stack;
    },
    update: async (change) => {
      stack = change(stack);
    },
    servers,
  };
  first = clusterView(whole, 'minio');
  const key = 'b-default';
  const place = { ...context.inputs.place, ports: { ...context.inputs.place.ports, ...ports }, key };
  second = Object.assign(clusterView(whole, 'minio-2'), { inputs: { ...context.inputs, place, key: { name: key } } });
  const trust = `${await context.folder.read('certs/ca.crt')}${kesServer.cert}${minioServer.cert}`;
  await context.folder.write('certs/ca.crt', trust, 0o600);
  const files: [string, string][] = [
    ['certs/kes.crt', kesServer.cert],
    ['certs/kes.key', kesServer.key.reveal()],
    ['certs/minio-client.crt', client.cert],
    ['certs/minio-client.key', client.key.reveal()],
    ['minio/certs/public.crt', minioServer.cert],
    ['minio/certs/private.key', minioServer.key.reveal()],
    ['minio/certs/CAs/ca.crt', trust],
  ];
  for (const [path, content] of files) await second.folder.write(path, content, 0o600);

  await kesStep(chain).apply(first, kesInput.parse({ cacheAny: '2s', cacheUnused: '2s' }));
  await keyStep({ vaultToken: vaultTokenFor }).apply(first, { name: 'minio-default' });
  await chain.startMinio();
}, 120_000);
afterAll(async () => {
  await stopSecond();
  await chain.stop();
});

function added(stack: Stack, ports: { kes: number; kesSecond: number; minio: number }, hash: string): Stack {
  const [kes, minio, identity] = [stack.kesClusters[0], stack.minioClusters[0], stack.identities[0]];
  if (!kes || !minio || !identity) throw new Error('no cluster');
  const node = (id: string, port: number) => ({ id, url: `https://127.0.0.1:${port}`, way: 'here' as const });
  const placeInStore = {
    engine: { mount: 'kv', version: 2 as const, prefix: 'minio-2' },
    appRole: { mount: 'approle', role: 'kes-2', policy: 'minio-2-key-policy' },
  };
  return {
    ...stack,
    identities: [...stack.identities, { ...identity, id: 'minio-2', hash, certFile: 'clusters/minio-2/certs/minio-client.crt' }],
    kesClusters: [kes, { ...kes, id: 'kes-b', nodes: [node('kes-2', ports.kes), node('kes-3', ports.kesSecond)], placeInStore }],
    minioClusters: [
      minio,
      { ...minio, id: 'minio-2', kes: 'kes-b', identity: 'minio-2', nodes: [node('minio-2', ports.minio)], defaultKey: 'b-default' },
    ],
  };
}

const write = (context: StepContext, name: string): Promise<void> =>
  withS3(context, (s3) =>
    s3.putObject('work', name, Readable.from(['hello']), {
      length: 5,
      sse: { kind: 'sse-kms', key: context.stack.minioClusters[0]?.defaultKey ?? '' },
    }),
  );
const kesNodes = (context: StepContext): StackNode[] => context.stack.kesClusters[0]?.nodes ?? [];
async function calls(context: StepContext): Promise<number> {
  const counts = kesNodes(context).map(({ id }) => withKes(context, 'operator', (kes) => kes.requestCount(), id));
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

test('the steps of the set-up make the second cluster, with a role, a policy, a configuration and a root user of its own', async () => {
  const prepare = createPrepareStep();
  const input = prepareInput.parse({ prefix: 'minio-2', role: 'kes-2', policy: 'minio-2-key-policy' });
  await prepare.apply(second, input);
  await prepare.check(second, input);
  const step = kesStep(chain);
  const own = kesInput.parse({ policy: 'minio-2', keyPrefix: 'b-', cacheAny: '2s', cacheUnused: '2s' });
  await step.apply(second, own);
  expect((await step.plan(second, own)).warnings.map(({ code }) => code)).toEqual(['kesPlanOneVault']);
  expect((await step.check(second, own)).map(({ text: { code } }) => code)).toContain('kesNodeSame');
  await keyStep({ vaultToken: vaultTokenFor }).apply(second, { name: 'b-default' });
  const minio = createMinioStep({ kesKeyExists: async () => true, kesWorks: async () => true, kesFromHere: async () => 'minio' });
  await minio.apply(second, { defaultKey: 'b-default', autoEncryption: false });
  await minio.check(second, { defaultKey: 'b-default', autoEncryption: false });

  const [one = '', two = ''] = await Promise.all(['kes/kes.yaml', 'kes/kes-3.yaml'].map((path) => second.folder.read(path)));
  const differ = one.split('\n').filter((line, at) => line !== two.split('\n')[at]);
  expect(differ.map((line) => line.split(':')[0])).toEqual(['address']);
  const endpoints = kesNodes(second).map(({ url }) => url);
  expect(await second.folder.read('minio/minio.env')).toContain(`MINIO_KMS_KES_ENDPOINT=${endpoints.join(',')}`);

  expect(await chain.vault.kvList('kv', 2, 'minio-2')).toEqual(['b-default']);
  expect(await chain.vault.kvList('kv', 2, 'minio')).toEqual(['minio-default']);
  expect(second.secrets.get('minio.root')?.reveal()).not.toBe(first.secrets.get('minio.root')?.reveal());
  for (const context of [first, second]) await withS3(context, (s3) => s3.createBucket('work'));
}, 90_000);

test('each KES sees the calls of its own MinIO only', async () => {
  for (const [writer, other] of [
    [first, second],
    [second, first],
  ] as const) {
    const before = [await calls(writer), await calls(other)];
    for (let at = 0; at < 5; at += 1) await write(writer, `object-${at}`);
    const after = [await calls(writer), await calls(other)];
    // What asks for the count is counted, too.
    expect((after[0] ?? 0) - (before[0] ?? 0)).toBeGreaterThanOrEqual(5);
    expect((after[1] ?? 0) - (before[1] ?? 0)).toBeLessThan(5);
  }
});

test('the role of one cluster is refused in the prefix of the other', async () => {
  for (const [context, own, foreign] of [
    [first, 'minio/minio-default', 'minio-2/b-default'],
    [second, 'minio-2/b-default', 'minio/minio-default'],
  ] as const) {
    const login = readAppRole(context);
    const anonymous = await vaultFor(context);
    const { token } = await anonymous.appRoleLogin('approle', login?.roleId ?? '', new Secret(login?.secretId ?? ''));
    await anonymous.close();
    const client = await vaultFor(context, token);
    try {
      expect(await client.kvRead('kv', 2, own)).toBeDefined();
      await expect(client.kvRead('kv', 2, foreign)).rejects.toMatchObject({ code: 'vaultPermissionDenied' });
    } finally {
      await client.close();
    }
  }
});

test('while the KES of one stands still the other writes on', async () => {
  await first.servers.stop('kes');
  await write(second, 'meanwhile');
  await expect(write(first, 'meanwhile')).rejects.toMatchObject({ code: 'kmsUnavailable' });
  expect((await second.servers.status('kes')).state).toBe('running');
}, 60_000);

test('the one with two KES writes on while one of them stands still, and both take another secret ID one after the other', async () => {
  const [used] = kesNodes(second).map(({ id }) => id);
  await second.servers.stop('kes', used);
  for (let at = 0; at < 5; at += 1) await write(second, `without-${at}`);
  expect(await startKes(second)).toEqual({ started: [kesNodes(second)[0]?.url] });

  const { secretId } = readAppRole(second) ?? { secretId: '' };
  const fresh = await chain.vault.createSecretId('approle', 'kes-2', {});
  const refused: unknown[] = [];
  let ended = false;
  // MinIO passes over a KES that was stopped for up to 30 s, the new one in its place, too: when the other one stops meanwhile,
  // a write may be answered 500 once. S3 clients send it again, and then it is taken.
  const writing = (async () => {
    for (let at = 0; !ended; at += 1) {
      const again = () => write(second, `rotating-${at}`);
      await again()
        .catch(again)
        .catch((error: unknown) => refused.push(error));
    }
  })();
  await replaceSecretId(second, new Secret(secretId), fresh.secretId, second);
  ended = true;
  await writing;
  expect(refused).toEqual([]);
  for (const path of ['kes/kes.yaml', 'kes/kes-3.yaml']) expect(await second.folder.read(path)).toContain(fresh.secretId.reveal());
}, 60_000);
