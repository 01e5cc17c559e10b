import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureServers } from '../../../../servers/get.ts';
import { Secret } from '../../../../shared/secret.ts';
import { stopProcess, waitUntil } from '../../../clients/kes/kes.testSupport.ts';
import { freePort } from '../../../platform/ports.ts';
import { createTlsClient } from '../../../platform/tlsClient.ts';
import { createTestAuthority, type TestAuthority } from './authority.testSupport.ts';

/** The servers themselves take what was made: Go's X.509 is another judge than OpenSSL. */
const stackId = 'test';
const word = new Secret('correct horse 4711');
const root = 'certs/authority/root.crt';
const leaf = (name: string): string => `certs/made/${name}.crt`;
const keyOf = (name: string): string => `certs/made/${name}.key`;
type Server = 'kes' | 'minio' | 'openbao' | 'vault';
let authority: TestAuthority;
let binaries: Record<Server, string>;
const running: ChildProcess[] = [];
const at = (file: string): string => authority.path(file);

beforeAll(async () => {
  binaries = await ensureServers(['kes', 'minio', 'openbao', 'vault']);
  authority = await createTestAuthority(['127.0.0.1', 'localhost']);
  const hosts = ['127.0.0.1', 'localhost'];
  const issuer = 'certs/authority/intermediate.crt';
  await authority.make({ what: 'authority', name: 'root', subject: { commonName: 'Root' }, pathLength: 1 });
  await authority.make({ what: 'authority', name: 'intermediate', subject: { commonName: 'Intermediate' }, days: 900, issuer: root });
  for (const keyType of ['P-256', 'P-384', 'Ed25519', 'RSA-2048'] as const) {
    const common = { what: 'leaf', keyType, subject: { commonName: '127.0.0.1' }, issuer };
    await authority.make({ ...common, name: `server-${keyType.toLowerCase()}`, use: 'server', hosts });
    await authority.make({ ...common, name: `client-${keyType.toLowerCase()}`, use: 'client' });
  }
  await authority.make({ what: 'leaf', name: 'own', use: 'server', subject: { commonName: 'own' }, hosts });
  const locked = { what: 'leaf', use: 'server', subject: { commonName: 'locked' }, hosts, issuer };
  // The schema takes text and makes the secret of it.
  await authority.make({ ...locked, name: 'client-locked', use: 'client', hosts: [], protection: 'rfc1423', passphrase: word.reveal() });
  for (const protection of ['rfc1423', 'pkcs8'])
    await authority.make({ ...locked, name: protection, protection, passphrase: word.reveal() });
}, 900_000);
afterEach(async () => {
  for (const child of running.splice(0)) await stopProcess(child);
});
afterAll(() => authority.remove());

function run(program: Server, args: string[], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(binaries[program], args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', HOME: at('certs'), ...env },
  });
  child.stdout?.resume();
  running.push(child);
  return child;
}

interface KesOptions {
  name: string;
  auth?: 'on' | 'off';
  password?: string;
  policy?: { allow: string[]; identities: string[] };
}

async function startKes({ name, auth = 'on', password, policy }: KesOptions): Promise<{ url: string; child: ChildProcess }> {
  const port = await freePort();
  const config = {
    version: 'v1',
    address: `127.0.0.1:${port}`,
    admin: { identity: 'disabled' },
    tls: { key: at(keyOf(name)), cert: at(leaf(name)), ca: at(root), auth, ...(password === undefined ? {} : { password }) },
    ...(policy ? { policy: { test: policy } } : {}),
    cache: { expiry: { any: '1s', unused: '1s' } },
    keystore: { fs: { path: at('kes-keys') } },
  };
  await writeFile(at('kes.yaml'), JSON.stringify(config), { mode: 0o600 });
  return { url: `https://127.0.0.1:${port}`, child: run('kes', ['server', '--config', at('kes.yaml')]) };
}

async function get(url: string, ca: string, client?: string): Promise<number> {
  const identity =
    client === undefined ? {} : { cert: await authority.read(leaf(client)), key: new Secret(await authority.read(keyOf(client))) };
  const tls = createTlsClient({ ca: [await authority.read(ca)], ...identity });
  try {
    return (await tls.request({ method: 'GET', url })).status;
  } finally {
    await tls.close();
  }
}

const answers = (url: string, ca: string, client?: string): Promise<void> => waitUntil(async () => (await get(url, ca, client)) > 0);

async function startMinio(name: string, env: Record<string, string> = {}): Promise<{ url: string; child: ChildProcess }> {
  const [port, console_] = [await freePort(), await freePort()];
  const certs = `minio-${name}`;
  await authority.stack.context.folder.makeFolder(certs, 0o700);
  await authority.stack.context.folder.write(`${certs}/public.crt`, await authority.read(leaf(name)), 0o644);
  await authority.stack.context.folder.write(`${certs}/private.key`, await authority.read(keyOf(name)), 0o600);
  const args = [
    'server',
    '--address',
    `127.0.0.1:${port}`,
    '--console-address',
    `127.0.0.1:${console_}`,
    '--certs-dir',
    at(certs),
    at(`${certs}-data`),
  ];
  const child = run('minio', args, { MINIO_ROOT_USER: 'root-user', MINIO_ROOT_PASSWORD: 'root-password', ...env });
  return { url: `https://localhost:${port}/minio/health/live`, child };
}

async function startVault(name: string, program: 'openbao' | 'vault' = 'openbao'): Promise<{ url: string; child: ChildProcess }> {
  const [port, cluster] = [await freePort(), await freePort()];
  const config = `storage "inmem" {}
disable_mlock = true
api_addr = "https://127.0.0.1:${port}"
listener "tcp" {
  address = "127.0.0.1:${port}"
  cluster_address = "127.0.0.1:${cluster}"
  tls_cert_file = ${JSON.stringify(at(leaf(name)))}
  tls_key_file = ${JSON.stringify(at(keyOf(name)))}
}
`;
  await writeFile(at(`${program}.hcl`), config);
  return { url: `https://127.0.0.1:${port}/v1/sys/seal-status`, child: run(program, ['server', '-config', at(`${program}.hcl`)]) };
}

/** What a server says that ends at once. */
async function lastWords(child: ChildProcess): Promise<string> {
  const [out, err] = await Promise.all([child.stdout ? text(child.stdout) : '', child.stderr ? text(child.stderr) : '']);
  return out + err;
}

describe('certificates under an intermediate, believed by the root alone', () => {
  it.each(['p-256', 'p-384', 'ed25519', 'rsa-2048'])('KES serves with a %s key and verifies clients with one', async (type) => {
    const { url } = await startKes({ name: `server-${type}`, auth: 'on' });
    await answers(`${url}/version`, root, `client-${type}`);
    expect(await get(`${url}/version`, root, `client-${type}`)).toBe(200);
    const { stdout } = await promisify(execFile)(binaries.kes, ['identity', 'of', at(leaf(`client-${type}`))]);
    const { files } = await authority.list();
    expect(files.find(({ file }) => file === leaf(`client-${type}`))?.certificates[0]?.identity).toBe(stdout.trim());
    await expect(get(`${url}/version`, root, 'own')).rejects.toMatchObject({ code: 'tlsIdentityRefused' });
  });

  it('MinIO, OpenBao and Vault serve with them, and with one that signs itself', async () => {
    for (const [name, ca] of [
      ['server-p-384', root],
      ['own', leaf('own')],
    ] as const) {
      const started = [await startMinio(name), await startVault(name), await startVault(name, 'vault')];
      await Promise.all(started.map(({ url }) => answers(url, ca)));
    }
  });
});

it('MinIO and OpenBao read another pair when they are told by SIGHUP, and do not end', async () => {
  const { folder } = authority.stack.context;
  const put = async (certificate: string, key: string): Promise<void> => {
    await folder.write(key, await authority.read(keyOf('own')), 0o600);
    await folder.write(certificate, await authority.read(leaf('own')), 0o644);
  };
  const minio = await startMinio('server-p-256');
  const bao = await startVault('server-rsa-2048');
  await Promise.all([answers(minio.url, root), answers(bao.url, root)]);
  await put('minio-server-p-256/public.crt', 'minio-server-p-256/private.key');
  await put(leaf('server-rsa-2048'), keyOf('server-rsa-2048'));
  // MinIO watches for files that are written, not for one that is renamed over another, as all are here.
  for (const { child } of [minio, bao]) child.kill('SIGHUP');
  await Promise.all([answers(minio.url, leaf('own')), answers(bao.url, leaf('own'))]);
  expect([minio.child.exitCode, bao.child.exitCode]).toEqual([null, null]);
});

describe('a key under a passphrase', () => {
  it('as RFC 1423 opens for KES by tls.password, for MinIO by MINIO_CERT_PASSWD, and as its identity by MINIO_KMS_KES_KEY_PASSWORD', async () => {
    const kes = await startKes({ name: 'rfc1423', password: word.reveal() });
    const minio = await startMinio('rfc1423', { MINIO_CERT_PASSWD: word.reveal() });
    await Promise.all([answers(`${kes.url}/version`, root, 'client-p-256'), answers(minio.url, root)]);
    const identity = {
      MINIO_KMS_KES_ENDPOINT: kes.url,
      MINIO_KMS_KES_CERT_FILE: at(leaf('client-locked')),
      MINIO_KMS_KES_KEY_FILE: at(keyOf('client-locked')),
      MINIO_KMS_KES_CAPATH: at(root),
      MINIO_KMS_KES_KEY_NAME: 'minio-test',
    };
    const knows = await startMinio('server-p-256', { ...identity, MINIO_KMS_KES_KEY_PASSWORD: word.reveal() });
    await answers(knows.url, root);
    const wrong = await startMinio('server-p-384', { ...identity, MINIO_KMS_KES_KEY_PASSWORD: 'wrong' });
    expect(await lastWords(wrong.child)).toContain('Unable to decrypt KES client private key');
  });

  it('as PKCS#8 opens for none of them, whatever password they are given', async () => {
    const kes = await startKes({ name: 'pkcs8', password: word.reveal() });
    expect(await lastWords(kes.child)).toContain('failed to parse private key');
    const minio = await startMinio('pkcs8', { MINIO_CERT_PASSWD: word.reveal() });
    expect(await lastWords(minio.child)).toContain('failed to parse private key');
    const bao = await startVault('pkcs8');
    expect(await lastWords(bao.child)).toContain('failed to parse private key');
  });

  it('as RFC 1423 makes OpenBao ask at a terminal, so that it does not start by itself', async () => {
    const bao = await startVault('rfc1423');
    expect(await lastWords(bao.child)).toContain('Enter passphrase for');
  });
});

describe('an API key of KES', () => {
  const kes_ = (): TestAuthority['handlers'] => authority.handlers;

  it('is made, tried, used, and written to one file only; KES’s own program knows its identity', async () => {
    const { call, stack } = authority;
    const made = await kes_()['kes.makeApiKey']({ stackId, name: 'backup' }, call);
    const stranger = await kes_()['kes.makeApiKey']({ stackId, name: 'stranger' }, call);
    const { url } = await startKes({
      name: 'server-p-256',
      auth: 'off',
      policy: { allow: ['/v1/key/*', '/v1/status'], identities: [made.identity] },
    });
    await waitUntil(async () => (await get(`${url}/version`, root, 'client-p-256')) === 200);
    await stack.context.folder.write('certs/ca.crt', await authority.read(root), 0o644);
    await stack.context.update((document) => ({
      ...document,
      kesClusters: document.kesClusters.map((one) => ({ ...one, nodes: [{ id: 'kes-1', url, way: 'here' as const }] })),
    }));

    const { evidence } = await kes_()['kes.tryApiKey']({ stackId, id: made.id }, call);
    expect(evidence.map(({ text: { code } }) => code)).toEqual(['kesApiKeySeen', 'kesApiKeyMay']);
    const refused = await kes_()['kes.tryApiKey']({ stackId, id: stranger.id }, call);
    expect(refused.evidence.map(({ text: { code } }) => code)).toEqual(['kesApiKeySeen', 'kesApiKeyNoPolicy']);
    await expect(kes_()['kes.useApiKey']({ stackId, id: stranger.id }, call)).rejects.toMatchObject({ code: 'kesApiKeyUnknown' });
    await kes_()['kes.useApiKey']({ stackId, id: made.id }, call);
    expect(stack.context.stack.identities.find(({ purpose }) => purpose === 'operator')?.hash).toBe(made.identity);
    expect((await kes_()['kes.apiKeys']({ stackId }, call)).keys.find(({ id }) => id === made.id)?.used).toBe(true);
    await expect(kes_()['kes.dropApiKey']({ stackId, id: made.id, typed: 'backup' }, call)).rejects.toMatchObject({
      code: 'kesApiKeyUsed',
    });

    const to = at('api.key');
    expect((await kes_()['kes.saveApiKey']({ stackId, id: made.id, to }, call)).mode).toBe('0600');
    const key = (await readFile(to, 'utf8')).trim();
    const { stdout } = await promisify(execFile)(binaries.kes, ['identity', 'of', key]);
    expect(stdout.trim()).toBe(made.identity);
    const told = JSON.stringify([made, evidence, await kes_()['kes.apiKeys']({ stackId }, call), stack.journal]);
    expect(told).not.toContain(key.slice(7));
    await expect(kes_()['kes.saveApiKey']({ stackId, id: made.id, to }, call)).rejects.toMatchObject({ code: 'certificateFileExists' });
  });

  it('that KES’s own program made is taken in, also without its head, and one that everybody has is said to be so', async () => {
    const { call } = authority;
    const { stdout } = await promisify(execFile)(binaries.kes, ['identity', 'new']);
    const [key = ''] = /kes:v1:[A-Za-z0-9+/=]+/.exec(stdout) ?? [];
    const taken = await kes_()['kes.importApiKey']({ stackId, name: 'theirs', apiKey: new Secret(key) }, call);
    expect(stdout).toContain(taken.identity);
    await expect(kes_()['kes.importApiKey']({ stackId, name: 'again', apiKey: new Secret(key.slice(7)) }, call)).rejects.toMatchObject({
      code: 'certificateKeyKnown',
    });
    const known = await kes_()['kes.importApiKey'](
      { stackId, name: 'printed', apiKey: new Secret('kes:v1:AMxvd2uV1l5dDSRwuKZxSjuM5BDemlr+685+JAHA1TuJ') },
      call,
    );
    expect(known.known).toBe(true);
    await expect(kes_()['kes.useApiKey']({ stackId, id: known.id }, call)).rejects.toMatchObject({ code: 'kesApiKeyPublic' });
    const wrong = kes_()['kes.importApiKey']({ stackId, name: 'wrong', apiKey: new Secret('kes:v1:nonsense') }, call);
    await expect(wrong).rejects.toMatchObject({ code: 'kesApiKeyWrong' });
  });
});
