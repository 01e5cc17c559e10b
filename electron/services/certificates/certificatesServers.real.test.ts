import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ensureServers } from '../../../servers/get.ts';
import { type CertificatesInput, certificatesInput } from '../../../shared/certificates.ts';
import { Secret } from '../../../shared/secret.ts';
import { stopProcess, waitUntil } from '../../clients/kes/kes.testSupport.ts';
import { testHops } from '../../platform/hops.ts';
import { freePort } from '../../platform/ports.ts';
import { createTlsClient, type TlsClient, type TlsProfile } from '../../platform/tlsClient.ts';
import { createTestStack, type TestStack } from './certificates.testSupport.ts';
import { certificatesStep as step } from './certificatesStep.ts';
import { makeStranger } from './stranger.ts';

/** The servers themselves read what the step made: Go's X.509 is another judge than OpenSSL. */
let binaries: Record<'kes' | 'minio' | 'openbao', string>;
let stack: TestStack;
const running: ChildProcess[] = [];
const clients: TlsClient[] = [];

beforeAll(async () => {
  binaries = await ensureServers(['kes', 'minio', 'openbao']);
}, 900_000);
beforeEach(async () => {
  stack = await createTestStack(['127.0.0.1', 'localhost']);
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  for (const process_ of running.splice(0)) await stopProcess(process_);
  await stack.remove();
});

const path = (file: string): string => stack.context.folder.path(file);
const read = async (file: string): Promise<string> => (await stack.context.folder.read(file)) ?? '';
const identity = (id: 'minio' | 'operator'): string => stack.context.stack.identities.find((one) => one.id === id)?.hash ?? '';

function run(program: 'kes' | 'minio' | 'openbao', args: string[], env: Record<string, string> = {}): void {
  const base = { PATH: process.env.PATH ?? '', HOME: path('certs') };
  running.push(spawn(binaries[program], args, { stdio: 'ignore', env: { ...base, ...env } }));
}

async function status(url: string, profile: Partial<TlsProfile> = {}): Promise<number> {
  const client = createTlsClient({ ca: [await read('certs/ca.crt')], ...profile });
  clients.push(client);
  return (await client.request({ method: 'GET', url })).status;
}

const answers = (url: string, profile: Partial<TlsProfile> = {}): Promise<void> => waitUntil(async () => (await status(url, profile)) > 0);

/** KES with the files of the step, its policy for MinIO's identity alone, client certificates verified as `auth` says. */
async function startKes(auth: 'on' | 'off'): Promise<string> {
  const port = await freePort();
  const config = {
    version: 'v1',
    address: `127.0.0.1:${port}`,
    admin: { identity: identity('operator') },
    tls: { key: path('certs/kes.key'), cert: path('certs/kes.crt'), ca: path('certs/ca.crt'), auth },
    policy: { minio: { allow: ['/v1/status'], identities: [identity('minio')] } },
    cache: { expiry: { any: '1s', unused: '1s' } },
    keystore: { fs: { path: path('kes-keys') } },
  };
  await writeFile(path('kes.yaml'), JSON.stringify(config), { mode: 0o600 });
  run('kes', ['server', '--config', path('kes.yaml')]);
  return `https://127.0.0.1:${port}`;
}

const kinds: Partial<CertificatesInput>[] = [
  { kind: 'ca', keyType: 'P-256' },
  { kind: 'ca', keyType: 'Ed25519' },
  { kind: 'ca', keyType: 'RSA-2048' },
  { kind: 'selfSigned', keyType: 'P-256' },
];

describe.each(kinds)('certificates $kind $keyType', (change) => {
  const input = certificatesInput.parse(change);

  test('KES serves with them, knows both identities, and names the refusal of a stranger', async () => {
    await step.apply(stack.context, input);
    const profile = { cert: await read('certs/minio-client.crt'), key: new Secret(await read('certs/minio-client.key')) };
    const operatorKey = stack.context.secrets.get('operator.key');
    if (!operatorKey) throw new Error('no operator key');
    const operator = { cert: await read('certs/operator.crt'), key: operatorKey };
    for (const [id, file] of [
      ['minio', 'certs/minio-client.crt'],
      ['operator', 'certs/operator.crt'],
    ] as const) {
      expect(execFileSync(binaries.kes, ['identity', 'of', path(file)], { encoding: 'utf8' })).toContain(identity(id));
    }
    const url = await startKes(input.kind === 'ca' ? 'on' : 'off');
    await answers(`${url}/version`, profile);
    expect(await status(`${url}/v1/status`, profile)).toBe(200);
    expect(await status(`${url}/v1/status`, operator)).toBe(200);
    expect(await status(`${url}/v1/policy/list/*`, profile)).toBe(403);
    expect(await status(url.replace('127.0.0.1', 'localhost'), operator)).toBeGreaterThan(199);
    await expect(status(`${url}/version`)).rejects.toMatchObject({ code: 'tlsIdentityRefused' });
    const hops = async (one: Partial<TlsProfile>): Promise<string[]> =>
      (await testHops({ ca: [await read('certs/ca.crt')], ...one }, url)).map(({ error, outcome }) => error?.code ?? outcome);
    expect(await hops(operator)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(await hops({})).toEqual(['ok', 'ok', 'ok', 'tlsIdentityRefused']);
    const stranger = await makeStranger();
    if (input.kind === 'ca') await expect(status(`${url}/v1/status`, stranger)).rejects.toMatchObject({ code: 'tlsIdentityRefused' });
    else expect(await status(`${url}/v1/status`, stranger)).toBe(403);
  });

  test('MinIO and OpenBao serve with them', async () => {
    await step.apply(stack.context, input);
    const [port, console_, vault, cluster] = [await freePort(), await freePort(), await freePort(), await freePort()];
    const args = [
      'server',
      '--address',
      `127.0.0.1:${port}`,
      '--console-address',
      `127.0.0.1:${console_}`,
      '--certs-dir',
      path('minio/certs'),
      path('minio/data'),
    ];
    run('minio', args, { MINIO_ROOT_USER: 'root-user', MINIO_ROOT_PASSWORD: 'root-password' });
    const config = `storage "inmem" {}
disable_mlock = true
api_addr = "https://127.0.0.1:${vault}"
listener "tcp" {
  address = "127.0.0.1:${vault}"
  cluster_address = "127.0.0.1:${cluster}"
  tls_cert_file = ${JSON.stringify(path('certs/vault.crt'))}
  tls_key_file = ${JSON.stringify(path('certs/vault.key'))}
}
`;
    await stack.context.folder.write('vault/vault.hcl', config, 0o600);
    run('openbao', ['server', '-config', path('vault/vault.hcl')]);
    await answers(`https://127.0.0.1:${port}/minio/health/live`);
    expect(await status(`https://localhost:${port}/minio/health/live`)).toBe(200);
    await answers(`https://127.0.0.1:${vault}/v1/sys/seal-status`);
    expect(await status(`https://localhost:${vault}/v1/sys/seal-status`)).toBe(200);
  });
});
