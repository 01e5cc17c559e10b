import { type ChildProcess, spawn } from 'node:child_process';
import { appendFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stopProcess, waitUntil } from '../electron/clients/kes/kes.testSupport.ts';
import { freePort } from '../electron/platform/ports.ts';
import { ensureServers } from '../servers/get.ts';
import type { Proof } from '../shared/proof.ts';
import type { StepStatus } from '../shared/setup.ts';
import type { Stack } from '../shared/stacks.ts';
import { call, enginePid, sealdeck, temporaryFolder } from './cli.ts';
import { type ForeignServers, startForeignServers } from './foreignServers.ts';
import { openPracticeLab } from './foreignTools.ts';
import { processesNaming } from './processes.ts';
import { leaks } from './tracers.ts';

/** Servers that somebody else started; both stacks below use them, each in its own way. */
let theirs: ForeignServers;
let place: Awaited<ReturnType<typeof temporaryFolder>>;
let data: string[];

beforeAll(async () => {
  theirs = await startForeignServers({ kms: false });
  place = await temporaryFolder();
  data = ['--data', join(place.folder, 'data')];
  await call(data, 'store.create', { mode: 'practice' });
});
afterAll(async () => {
  await sealdeck(['quit', ...data, '--json']);
  await place.remove();
  await theirs.stop();
});

async function makeStack(name: string, servers: unknown): Promise<{ stackId: string; folder: string }> {
  const folder = join(place.folder, name);
  const proposed = (await call(data, 'setup.propose', { folder, name, product: 'openbao' })) as { place: object };
  // The usual ports are those of every other stack on this machine, too.
  const names = ['vault', 'vaultCluster', 'kes', 'minio', 'minioConsole'];
  const ports = Object.fromEntries(await Promise.all(names.map(async (port) => [port, await freePort()] as const)));
  const { stackId } = await call(data, 'setup.create', { place: { ...proposed.place, ports, servers } });
  return { stackId: String(stackId), folder };
}

async function save(stackId: string, kind: string, credential: object, more: object = {}): Promise<void> {
  const trust = { kind: 'file', pem: await readFile(theirs.file('ca.crt'), 'utf8') };
  await call(data, 'connect.save', { stackId, kind, trust, credential, ...more });
}

/** What the keeper of that KES does: one more identity in the policy, and a reload. */
async function letInAtKes(identity: string): Promise<void> {
  const config = JSON.parse(await readFile(theirs.file('kes.yaml'), 'utf8')) as { policy: { minio: { identities: string[] } } };
  config.policy.minio.identities.push(identity);
  await writeFile(theirs.file('kes.yaml'), JSON.stringify(config));
  const kes = processesNaming(theirs.folder).find(({ args }) => args.includes(theirs.file('kes.yaml')));
  process.kill(kes?.pid ?? 0, 'SIGHUP');
}

async function identityOf(stackId: string, who: 'minio' | 'operator'): Promise<string> {
  const { identities } = (await call(data, 'stacks.get', { id: stackId })) as Stack;
  return identities.find(({ purpose }) => purpose === who)?.hash ?? '';
}

async function stepOf(stackId: string, id: string): Promise<StepStatus | undefined> {
  const { steps } = (await call(data, 'setup.state', { stackId })) as { steps: StepStatus[] };
  return steps.find((step) => step.id === id);
}

async function newestProof(stackId: string): Promise<Proof | undefined> {
  const { proofs } = (await call(data, 'proof.list', { stackId })) as { proofs: Proof[] };
  return proofs[0];
}

describe('servers by API that were started outside Sealdeck: the five steps of the SSE-S3 page', () => {
  let stackId: string;
  let folder: string;
  const apply = (step: string, input: object = {}) => call(data, 'setup.apply', { stackId, step, input });
  const codes = async (step: string) => (await stepOf(stackId, step))?.evidence.map(({ text }) => text.code);

  beforeAll(async () => {
    const { urls, operator, minio } = theirs;
    const api = (url: string) => ({ way: 'api', url });
    ({ stackId, folder } = await makeStack('theirs', { vault: api(urls.vault), kes: api(urls.kes), minio: api(urls.minio) }));
    // A login that may do no more than a proof needs: entries below the keys' prefix.
    await writeFile(
      theirs.file('proof.hcl'),
      'path "kv/data/minio/*" { capabilities = ["create", "read"] }\npath "kv/metadata/minio/*" { capabilities = ["list", "delete"] }\n',
    );
    await theirs.bao(['policy', 'write', 'proof', theirs.file('proof.hcl')]);
    const made = JSON.parse(await theirs.bao(['token', 'create', '-policy=proof', '-format=json'])) as { auth: { client_token: string } };
    await save(
      stackId,
      'vault',
      { kind: 'vaultToken', token: made.auth.client_token },
      { engine: { mount: 'kv', version: 2, prefix: 'minio' } },
    );
    const [cert, key] = await Promise.all([readFile(operator.cert, 'utf8'), readFile(operator.key, 'utf8')]);
    await save(stackId, 'kes', { kind: 'kesCertificate', cert, key });
    await save(stackId, 'minio', { kind: 'minioKeys', accessKey: minio.user, secretKey: minio.password });
    await call(data, 'connect.finish', { stackId });
  });

  it('changes nothing on them until the stack is no longer read-only', async () => {
    const refused = await sealdeck(['call', 'setup.apply', '-', ...data, '--json'], { input: JSON.stringify({ stackId, step: 'key' }) });
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('read-only');
    await call(data, 'stacks.readOnly', { id: stackId, readOnly: false });
  });

  it('asks KES what it allows, and names the identity and the lines that its keeper has to add', async () => {
    for (const step of ['place', 'certificates', 'vault', 'unseal'])
      if ((await stepOf(stackId, step))?.state !== 'skipped') await apply(step);
    await expect(apply('kes', { cacheAny: '2s', cacheUnused: '2s' })).rejects.toThrow(/MinIO may not generate, decrypt keys yet/);
    const minio = await identityOf(stackId, 'minio');
    expect((await stepOf(stackId, 'kes'))?.error?.details).toMatchObject({
      identity: minio,
      lines: expect.stringContaining('/v1/key/decrypt/minio-*'),
    });

    await letInAtKes(minio);
    await waitUntil(async () => (await apply('kes', { cacheAny: '2s', cacheUnused: '2s' })) !== undefined);
    expect(await codes('kes')).toEqual(expect.arrayContaining(['kesStatusSeenBuilt', 'kesMay', 'kesNoCertificate']));
  });

  it('1: makes the key through KES and sees it in Vault', async () => {
    await apply('key', { name: 'minio-page' });
    expect(await codes('key')).toEqual(['keyDescribed', 'keyInStore', 'keyDataKeyOperator', 'keyDataKey', 'kesMinioOutside']);
  });

  it('2 and 3: hands the variables over, waits, and restarts MinIO through the admin API', async () => {
    const host = theirs.file('kes-files');
    expect(await call(data, 'minio.status', { stackId })).toMatchObject({ nodes: [{ state: 'noKms' }] });
    expect(await call(data, 'kes.status', { stackId })).toMatchObject({ nodes: [{ state: 'keyMissing' }] });
    const applying = apply('minio', { defaultKey: 'minio-page', folder: host });
    const handed = join(folder, 'handover', 'minio');
    await waitUntil(async () => (await readFile(join(handed, 'COMMANDS.txt'), 'utf8')) !== '');
    const lines = await readFile(join(handed, 'minio.env'), 'utf8');
    expect(lines).toContain('MINIO_KMS_KES_KEY_NAME=minio-page');
    expect(lines).not.toContain('ROOT');
    expect(await readFile(join(handed, 'COMMANDS.txt'), 'utf8')).toContain(theirs.file('minio.env'));
    // What its keeper does on that host.
    await mkdir(host);
    for (const name of ['kes-client.crt', 'kes-client.key', 'kes-ca.crt']) await cp(join(handed, name), join(host, name));
    await appendFile(theirs.file('minio.env'), lines);

    const plan = (await call(data, 'minio.restartPlan', { stackId })) as { safe: boolean; evidence: { text: { code: string } }[] };
    expect(plan.safe).toBe(true);
    expect(plan.evidence.map(({ text }) => text.code)).toContain('minioRestartFromHere');
    const restarted = JSON.stringify(await call(data, 'minio.restart', { stackId }));
    expect(Number(/"downMs":(\d+)/.exec(restarted)?.[1])).toBeGreaterThan(0);
    await applying;
    expect(await call(data, 'minio.status', { stackId })).toMatchObject({ nodes: [{ state: 'working', defaultKey: 'minio-page' }] });
    expect(await call(data, 'kes.status', { stackId })).toMatchObject({ nodes: [{ state: 'working' }] });
    expect(await codes('minio')).toEqual(
      expect.arrayContaining(['minioProofKms', 'minioProofKey', 'minioProofNodesSame', 'minioProofUsers']),
    );
  });

  it('finds nothing to hand over when it is run again', async () => {
    const { plan } = (await call(data, 'setup.plan', { stackId, step: 'minio', input: {} })) as { plan: { changes: { code: string }[] } };
    expect(plan.changes.map(({ code }) => code)).toEqual(['minioPlanWorks']);
  });

  it('4 and 5: sets the bucket’s rule and uploads an object that follows it', async () => {
    await apply('bucket', { bucket: 'page', rule: 'sse-s3' });
    await apply('object', { bucket: 'page' });
    const checked = JSON.stringify(await call(data, 'objects.check', { stackId, bucket: 'page' }));
    expect(checked).toContain('"counts":{"sse-s3":1}');
    expect(checked).toContain('"opens":"yes"');
  });

  it('ends in the proof of the whole chain, which the login for Vault reaches', async () => {
    await apply('proof');
    expect(await newestProof(stackId)).toMatchObject({ level: 'chain', result: 'proven', bucket: 'page' });
    expect(await theirs.bao(['kv', 'list', 'kv/minio'])).not.toContain('proof-');
  });

  it('proves less when that login may do less, and says why', async () => {
    await theirs.bao(['policy', 'delete', 'proof']);
    const { plan } = (await call(data, 'setup.plan', { stackId, step: 'proof', input: {} })) as { plan: { warnings: { code: string }[] } };
    expect(plan.warnings.map(({ code }) => code)).toContain('proofWhyVaultRight');
    await call(data, 'proof.run', { stackId });
    expect(await newestProof(stackId)).toMatchObject({ level: 'dependency', result: 'proven' });
  });
});

describe('a stack without a Vault that is known: KES by API, MinIO here', () => {
  it('ends in the proof of the dependency, through KES alone', async () => {
    const { stackId } = await makeStack('no-vault', {
      vault: { way: 'none' },
      kes: { way: 'api', url: theirs.urls.kes },
      minio: { way: 'here' },
    });
    const [cert, key] = await Promise.all([readFile(theirs.operator.cert, 'utf8'), readFile(theirs.operator.key, 'utf8')]);
    await save(stackId, 'kes', { kind: 'kesCertificate', cert, key });
    const express = () =>
      call(data, 'setup.express', { stackId, inputs: { servers: { get: true }, kes: { cacheAny: '2s', cacheUnused: '2s' } } });
    await expect(express()).rejects.toThrow(/MinIO may not/);
    await letInAtKes(await identityOf(stackId, 'minio'));
    await waitUntil(async () => (await express()) !== undefined, 60_000);
    expect((await stepOf(stackId, 'key'))?.evidence.map(({ text }) => text.code)).toContain('keyStoreNotAsked');
    expect(await newestProof(stackId)).toMatchObject({ level: 'dependency', result: 'proven' });
    await call(data, 'lab.stop', { stackId });
  });
});

describe('a restart that is set for later', () => {
  it('is told in the journal as lost when its engine is killed before', async () => {
    const { stacks } = (await call(data, 'stacks.list')) as { stacks: { id: string }[] };
    const stackId = stacks[0]?.id;
    const journal = async () => {
      const { entries } = (await call(data, 'journal.list', { stackId, limit: 5 })) as { entries: { action: { code: string } }[] };
      return entries.map(({ action }) => action.code);
    };
    const waiting = call(data, 'minio.restart', { stackId, at: new Date(Date.now() + 3_600_000).toISOString() });
    waiting.catch(() => undefined);
    await waitUntil(async () => (await journal())[0] === 'minioRestartSet');
    process.kill(enginePid(join(place.folder, 'data')) ?? 0, 'SIGKILL');
    await expect(waiting).rejects.toThrow();
    await waitUntil(async () => (await journal())[0] === 'minioRestartLost');
  });
});

describe('a mixed stack: Vault by API, KES handed over, MinIO here', () => {
  let kes: ChildProcess | undefined;
  afterAll(async () => {
    if (kes) await stopProcess(kes);
  });

  it('waits for the host of KES, and ends in a proof', async () => {
    const host = join(place.folder, 'kes-host');
    const url = `https://127.0.0.1:${await freePort()}`;
    const servers = {
      vault: { way: 'api', url: theirs.urls.vault },
      kes: { way: 'handedOver', url, folder: host },
      minio: { way: 'here' },
    };
    const { stackId, folder } = await makeStack('mixed', servers);
    await save(
      stackId,
      'vault',
      { kind: 'vaultToken', token: theirs.vault.token },
      { engine: { mount: 'kv', version: 2, prefix: 'mixed' } },
    );
    const inputs = {
      servers: { get: true },
      prepare: { policy: 'mixed-key-policy', role: 'mixed-role' },
      kes: { cacheAny: '2s', cacheUnused: '2s' },
    };
    const express = call(data, 'setup.express', { stackId, inputs });
    express.catch(() => undefined);

    // What the keeper of that host does: files as they are, then the command that is named.
    const handed = join(folder, 'handover', 'kes');
    await waitUntil(async () => (await readFile(join(handed, 'COMMANDS.txt'), 'utf8')).includes(`${host}/kes.yaml`), 120_000);
    await cp(handed, host, { recursive: true });
    const { kes: binary } = await ensureServers(['kes']);
    kes = spawn(binary, ['server', '--config', join(host, 'kes.yaml')], {
      cwd: host,
      env: { PATH: process.env.PATH ?? '' },
      stdio: 'ignore',
    });

    await express;
    expect(await newestProof(stackId)).toMatchObject({ level: 'chain', result: 'proven' });
    const { nodes } = (await call(data, 'kes.status', { stackId })) as { nodes: unknown[] };
    expect(nodes).toMatchObject([{ state: 'working', url }]);
    await call(data, 'lab.stop', { stackId });

    const { secrets } = await openPracticeLab(folder, join(place.folder, 'data'), stackId);
    expect(secrets.all.length).toBeGreaterThan(3);
    expect(leaks(folder, secrets.all)).toEqual([]);
    expect(leaks(folder, secrets.all, []).map(({ file }) => file)).toContain('handover/kes/kes.yaml');
  });
});
