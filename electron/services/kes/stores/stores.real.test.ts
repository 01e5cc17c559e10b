import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../../shared/secret.ts';
import type { KesClient } from '../../../clients/kes/client.ts';
import { deathOf, refusalOf } from '../death.ts';
import { azureEndpoint, startAzure } from './azureStandIn.testSupport.ts';
import { startCipherTrust } from './cipherTrustStandIn.testSupport.ts';
import { startEntrust } from './entrustStandIn.testSupport.ts';
import { startFortanix } from './fortanixStandIn.testSupport.ts';
import { googleAccount, startGoogle } from './googleStandIn.testSupport.ts';
import { startKesOn } from './kesOnStore.testSupport.ts';
import { startMoto } from './moto.testSupport.ts';
import type { StandIn } from './standIn.testSupport.ts';

/** Real KES v0.24.0 with the file that the product writes; the key stores are moto and stand-ins of ours. */

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
type Begun = StandIn & { secrets: ReadonlyMap<string, unknown> };
type Kes = Awaited<ReturnType<typeof startKesOn>>;

async function start(...args: Parameters<typeof startKesOn>): Promise<Kes> {
  const kes = await startKesOn(...args);
  open.push(kes.stop);
  return kes;
}
/** Closed at the end of the test, unless the test did it already. */
async function opened<T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const found = await starting;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= found.close();
    return closing;
  };
  open.push(close);
  return { ...found, close };
}

/** Creates, reads, lists and deletes a key; what a round trip through the key store cannot fake is that a second KES opens it. */
async function uses(
  kes: KesClient,
  { lists = true, deletesTwice = 'kesKeyNotFound' }: { lists?: boolean; deletesTwice?: string } = {},
): Promise<string> {
  await kes.createKey('minio-a');
  await expect(kes.createKey('minio-a')).rejects.toMatchObject({ code: 'kesKeyExists' });
  await expect(kes.describeKey('minio-none')).rejects.toMatchObject({ code: 'kesKeyNotFound' });
  if (lists) expect(await kes.listKeys()).toEqual(['minio-a']);
  await kes.createKey('minio-b');
  const again = await kes.deleteKey('minio-b').then(() =>
    kes.deleteKey('minio-b').then(
      () => 'done',
      (error: { code: string }) => error.code,
    ),
  );
  expect(again).toBe(deletesTwice);
  // Deletion is believed only when the key store says that it is gone.
  await expect(kes.describeKey('minio-b')).rejects.toMatchObject({ code: 'kesKeyNotFound' });
  return kes.encrypt('minio-a', new Secret(Buffer.from('known text').toString('base64')));
}
const opens = async (kes: KesClient, sealed: string): Promise<string> =>
  Buffer.from((await kes.decrypt('minio-a', sealed)).reveal(), 'base64').toString();

describe.each([
  {
    kind: 'gemalto' as const,
    begin: (): Promise<Begun> => startCipherTrust({ token: 'refresh-token', domain: 'storage' }),
    values: (url: string) => ({ endpoint: url, 'credentials.token': 'refresh-token', 'credentials.domain': 'storage' }),
    wrong: { 'credentials.token': 'stale' },
    answer: /401 Unauthorized: NCERRInvalidCredentials/,
    kept: 'done',
  },
  {
    kind: 'entrust' as const,
    begin: (): Promise<Begun> => startEntrust({ vaultId: 'vault-1', boxId: 'box-1', username: 'kes', password: 'right' }),
    values: (url: string) => ({
      endpoint: url,
      vault_id: 'vault-1',
      box_id: 'box-1',
      'credentials.username': 'kes',
      'credentials.password': 'right',
    }),
    wrong: { 'credentials.password': 'wrong' },
    answer: /Invalid username or password/,
    kept: 'kesKeyNotFound',
  },
  {
    kind: 'fortanix' as const,
    begin: (): Promise<Begun> => startFortanix({ key: 'YXBwOnJpZ2h0', groupId: 'group-1' }),
    values: (url: string) => ({ endpoint: url, group_id: 'group-1', 'credentials.key': 'YXBwOnJpZ2h0' }),
    wrong: { 'credentials.key': 'YXBwOndyb25n' },
    answer: /authentication failed/,
    kept: 'kesKeyNotFound',
  },
])('KES on the stand-in for $kind', ({ kind, begin, values, wrong, answer, kept }) => {
  it('creates, reads and deletes keys, and another KES opens what it sealed', async () => {
    const store = await opened(begin());
    const first = await start({ kind, values: values(store.url) }, { ca: store.ca });
    const sealed = await uses(first.client, { lists: kind !== 'fortanix', deletesTwice: kept });
    expect([...store.secrets.keys()]).toEqual(['minio-a']);
    const second = await start({ kind, values: values(store.url) }, { ca: store.ca });
    expect(await opens(second.client, sealed)).toBe('known text');
  });

  it('says which of log-in, certificate and way is wrong when KES ends', async () => {
    const store = await opened(begin());
    const refused = await start({ kind, values: { ...values(store.url), ...wrong } }, { ca: store.ca });
    expect(refused.died).toBe(true);
    expect(deathOf(refused.lines, kind)).toMatchObject({ code: 'keyStoreRefused', details: { reason: expect.stringMatching(answer) } });
    const unknown = await start({ kind, values: values(store.url) });
    expect(deathOf(unknown.lines, kind)).toMatchObject({
      code: 'keyStoreTrust',
      details: { reason: expect.stringContaining('unknown authority') },
    });
    await store.close();
    const away = await start({ kind, values: values(store.url) }, { ca: store.ca });
    expect(deathOf(away.lines, kind)).toMatchObject({
      code: 'keyStoreAway',
      details: { reason: expect.stringContaining('connection refused') },
    });
  });
});

it('Fortanix: KES asks for the first page of the list for ever, so no page of ours asks for it', async () => {
  const store = await opened(startFortanix({ key: 'YXBwOnJpZ2h0' }));
  const kes = await start({ kind: 'fortanix', values: { endpoint: store.url, 'credentials.key': 'YXBwOnJpZ2h0' } }, { ca: store.ca });
  expect(await kes.client.listKeys()).toEqual([]);
  await kes.client.createKey('minio-a');
  const listing = kes.client.listKeys().catch((error: { code: string }) => error.code);
  const pages = (): number => store.calls.filter((call) => call === 'GET /crypto/v1/keys').length;
  await expect.poll(pages, { timeout: 10_000 }).toBeGreaterThan(50);
  await kes.stop();
  await listing;
}, 30_000);

describe('KES on the stand-in for Azure Key Vault, by Azure’s own names behind a proxy', () => {
  const login = { tenantId: '11111111-2222-3333-4444-555555555555', clientId: 'kes', clientSecret: 'right' };
  const values = (secret = login.clientSecret) => ({
    endpoint: azureEndpoint,
    'credentials.tenant_id': login.tenantId,
    'credentials.client_id': login.clientId,
    'credentials.client_secret': secret,
  });

  it('creates, reads, lists, deletes and purges keys with a token of the tenant', async () => {
    const azure = await opened(startAzure(login));
    const env = { HTTPS_PROXY: azure.proxy, SSL_CERT_FILE: await rootsOf(azure.ca) };
    const first = await start({ kind: 'azure', values: values() }, { env });
    const sealed = await uses(first.client, { deletesTwice: 'done' });
    // A deleted name is free again at once: KES purges it.
    await first.client.createKey('minio-b');
    const second = await start({ kind: 'azure', values: values() }, { env });
    expect(await opens(second.client, sealed)).toBe('known text');
    expect(new Set(azure.asked)).toEqual(new Set(['sealdeck.vault.azure.net:443', 'login.microsoftonline.com:443']));
  });

  it('starts with a wrong secret, and every call then fails with the answer of the token endpoint in the log', async () => {
    const azure = await opened(startAzure(login));
    const kes = await start(
      { kind: 'azure', values: values('wrong') },
      { env: { HTTPS_PROXY: azure.proxy, SSL_CERT_FILE: await rootsOf(azure.ca) } },
    );
    expect(kes.died).toBe(false);
    await expect(kes.client.createKey('minio-a')).rejects.toMatchObject({ code: 'kesKeyStore' });
    await expect
      .poll(() => refusalOf(kes.lines))
      .toMatch(/azure: failed to create 'minio-a'.*ClientSecretCredential authentication failed/);
  });

  it('starts, too, where the certificate is not believed, and says so in the log only', async () => {
    const azure = await opened(startAzure(login));
    const kes = await start({ kind: 'azure', values: values() }, { env: { HTTPS_PROXY: azure.proxy } });
    expect((await kes.client.status()).keystore_unreachable).toBe(true);
  });
});

describe('KES on the stand-in for GCP Secret Manager, by Google’s own names behind a proxy', () => {
  const account = googleAccount('project-1');
  const values = (key = account.privateKey) => ({
    project_id: account.project,
    'credentials.client_email': account.clientEmail,
    'credentials.client_id': account.clientId,
    'credentials.private_key_id': account.keyId,
    'credentials.private_key': key.replaceAll('\n', '\\n'),
  });

  it('creates, reads, lists and deletes keys by gRPC, as the account of the project', async () => {
    const google = await opened(startGoogle(account));
    const env = { HTTPS_PROXY: google.proxy, SSL_CERT_FILE: await rootsOf(google.ca) };
    const first = await start({ kind: 'gcp', values: values() }, { env });
    const sealed = await uses(first.client);
    const second = await start({ kind: 'gcp', values: values() }, { env });
    expect(await opens(second.client, sealed)).toBe('known text');
    expect([...google.secrets.keys()]).toEqual(['minio-a']);
  });

  it('starts with the key of another account, which then may do nothing', async () => {
    const google = await opened(startGoogle(account));
    const env = { HTTPS_PROXY: google.proxy, SSL_CERT_FILE: await rootsOf(google.ca) };
    const kes = await start({ kind: 'gcp', values: values(googleAccount('project-1').privateKey) }, { env });
    await expect(kes.client.createKey('minio-a')).rejects.toMatchObject({ code: 'kesKeyStore' });
    await expect.poll(() => refusalOf(kes.lines)).toMatch(/Unauthenticated|invalid authentication|invalid_grant/i);
  });

  it('takes the file and fails at the network only, without a proxy; an endpoint, which would break it, is not written', async () => {
    const kes = await start({ kind: 'gcp', values: values() });
    expect(deathOf(kes.lines, 'gcp')).toMatchObject({
      code: 'keyStoreAway',
      details: { reason: expect.stringContaining('secretmanager.googleapis.com') },
    });
    const endpoint = { ...values(), endpoint: 'secretmanager.googleapis.com:443' };
    await expect(start({ kind: 'gcp', values: endpoint })).rejects.toMatchObject({ code: 'kesConfigRefused' });
  });
});

describe('KES on AWS Secrets Manager (moto)', () => {
  const values = (url: string, region = 'us-east-1') => ({
    endpoint: url,
    region,
    'credentials.accesskey': 'AKIATEST',
    'credentials.secretkey': 'secret',
  });

  it('creates, reads, lists and deletes keys; the service lists the same, and another region does not', async () => {
    const moto = await startMoto();
    open.push(moto.stop);
    const first = await start({ kind: 'aws', values: values(moto.url) });
    const sealed = await uses(first.client, { deletesTwice: 'done' });
    expect(await moto.secrets()).toEqual(['minio-a']);
    const second = await start({ kind: 'aws', values: values(moto.url) });
    expect(await opens(second.client, sealed)).toBe('known text');
    const elsewhere = await start({ kind: 'aws', values: values(moto.url, 'eu-west-1') });
    await expect(elsewhere.client.describeKey('minio-a')).rejects.toMatchObject({ code: 'kesKeyNotFound' });
    await moto.stop();
    const away = await start({ kind: 'aws', values: values(moto.url) });
    expect(deathOf(away.lines, 'aws')).toMatchObject({ code: 'keyStoreAway' });
  }, 90_000);

  it('starts with a key that AWS does not know, and says in its log what AWS answered', async () => {
    const moto = await startMoto({ authorise: true });
    open.push(moto.stop);
    const kes = await start({ kind: 'aws', values: values(moto.url) });
    await expect(kes.client.createKey('minio-a')).rejects.toMatchObject({ code: 'kesKeyStore' });
    await expect.poll(() => refusalOf(kes.lines)).toMatch(/aws: failed to create 'minio-a': .*status code: 403/);
  }, 60_000);
});

describe('KES on files', () => {
  it('keeps one file for each key, and says which folder it cannot use', async () => {
    const base = await mkdtemp(join(tmpdir(), 'sealdeck-files-'));
    open.push(() => rm(base, { recursive: true, force: true }));
    const folder = join(base, 'keys');
    const own = await start({ kind: 'fs', values: { path: folder } });
    const sealed = await uses(own.client);
    expect(await readdir(folder)).toEqual(['minio-a']);
    expect(await opens(own.client, sealed)).toBe('known text');
    await writeFile(join(base, 'taken'), '');
    const refused = await start({ kind: 'fs', values: { path: join(base, 'taken') } });
    expect(deathOf(refused.lines, 'fs')).toMatchObject({ code: 'kesDied', details: { reason: expect.stringContaining('taken') } });
  });
});

/** Go reads its roots from this file instead of the system's. */
async function rootsOf(ca: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sealdeck-roots-'));
  open.push(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'roots.pem');
  await writeFile(file, ca);
  return file;
}
