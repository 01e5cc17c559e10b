import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createLog } from '../electron/platform/log.ts';
import { createSealedStore } from '../electron/platform/sealedStore.ts';
import { ensureServers } from '../servers/get.ts';
import type { Stack } from '../shared/stacks.ts';

const run = promisify(execFile);

/** A lab as other tools see it: its files, its addresses, and (opened with the practice key) its secrets. */
export interface SeenLab {
  dir: string;
  stack: Stack;
  secrets: {
    minioUser: string;
    minioPassword: string;
    operatorKey: string;
    /** What its KES logs in to the key store with, as the call takes it. */
    appRole: { role_id: string; secret_id: string };
    all: string[];
  };
  /** SSE-C keys, base64. */
  customerKeys: string[];
}

/**
 * Opens the sealed store of a practice lab, as its owner could, to hand the secrets to other tools and to search for them.
 * `cluster`: the MinIO that was added under this id, and its KES, in place of the first.
 */
export async function openPracticeLab(dir: string, dataFolder: string, stackId: string, cluster = 'minio'): Promise<SeenLab> {
  const store = createSealedStore({ folder: dataFolder, log: createLog(join(dataFolder, 'test.log')) });
  await store.openIfPossible();
  const whole = JSON.parse(readFileSync(join(dataFolder, 'stacks', stackId, 'stack.json'), 'utf8')) as Stack;
  const member = whole.minioClusters.filter(({ id }) => id === cluster);
  const stack = { ...whole, minioClusters: member, kesClusters: whole.kesClusters.filter(({ id }) => id === member[0]?.kes) };
  const secret = (name: string): string | undefined => store.get(`stack:${stackId}`, name)?.reveal() ?? store.get(stackId, name)?.reveal();
  const own = (name: string): string => (cluster === 'minio' ? name : `${cluster}:${name}`);
  const minio = JSON.parse(secret(own('minio.root')) ?? '{}') as { user: string; password: string };
  const login = JSON.parse(secret(own('kes.approle')) ?? '{}') as { roleId: string; secretId: string };
  const texts = ['vault.init', 'vault.operator', own('kes.approle'), own('minio.root')].map(secret).filter((value) => value !== undefined);
  const all = texts.flatMap((text) => leaves(JSON.parse(text))).filter((value) => value.length >= 16);
  const keys = ['ca.key', 'operator.key'].map(secret).filter((value) => value !== undefined);
  const customer = JSON.parse(secret('ssec.keys') ?? '{"keys":[]}') as { keys: { key: string }[] };
  return {
    dir,
    stack,
    customerKeys: customer.keys.map(({ key }) => key),
    secrets: {
      minioUser: minio.user,
      minioPassword: minio.password,
      operatorKey: secret('operator.key') ?? '',
      appRole: { role_id: login.roleId, secret_id: login.secretId },
      all: [...all, ...keys.map(keyBody)],
    },
  };
}

/** A line from the middle of a PEM key: enough to recognise it anywhere. */
function keyBody(pem: string): string {
  return pem.split('\n').filter((line) => line && !line.startsWith('-----'))[0] ?? pem;
}

/** Fields of sealed records that are names, not secrets: user names, mounts, role ids and accessors. */
const names = new Set(['auth', 'mount', 'name', 'user', 'roleId', 'accessor']);

function leaves(value: unknown, field = ''): string[] {
  if (typeof value === 'string') return names.has(field) ? [] : [value];
  return typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([key, part]) => leaves(part, key)) : [];
}

const urlOf = (nodes: { url: string }[] | undefined): string => nodes?.[0]?.url ?? '';

/** mc with this lab as alias `lab`, credentials by environment. */
export async function mc(lab: SeenLab, ...args: string[]): Promise<string> {
  return mcWith(lab, '', ...args);
}

/** The same with something to read, as `mc pipe` does. */
export async function mcWith(lab: SeenLab, input: string, ...args: string[]): Promise<string> {
  const { mc: binary } = await ensureServers(['mc']);
  const { host } = new URL(urlOf(lab.stack.minioClusters[0]?.nodes));
  const env = {
    ...process.env,
    MC_HOST_lab: `https://${lab.secrets.minioUser}:${encodeURIComponent(lab.secrets.minioPassword)}@${host}`,
    MC_CONFIG_DIR: join(lab.dir, 'mc-test'),
    SSL_CERT_FILE: join(lab.dir, 'certs/ca.crt'),
  };
  const pending = run(binary, [...args], { env });
  pending.child.stdin?.end(input);
  return (await pending).stdout;
}

/** `bao status` or `vault status` with the lab's CA. */
export async function vaultStatus(lab: SeenLab): Promise<Record<string, unknown>> {
  const store = lab.stack.keyStores[0];
  const program = store?.product === 'vault' ? 'vault' : 'openbao';
  const binary = (await ensureServers([program]))[program];
  const ca = join(lab.dir, 'certs/ca.crt');
  const address = urlOf(store?.nodes);
  const env = { ...process.env, VAULT_ADDR: address, VAULT_CACERT: ca, BAO_ADDR: address, BAO_CACERT: ca };
  return JSON.parse((await run(binary, ['status', '-format=json'], { env })).stdout) as Record<string, unknown>;
}

/** `kes key ls` as MinIO's identity. */
export async function kesKeys(lab: SeenLab): Promise<string> {
  const { kes: binary } = await ensureServers(['kes']);
  const env = {
    ...process.env,
    KES_SERVER: urlOf(lab.stack.kesClusters[0]?.nodes),
    KES_CLIENT_CERT: join(lab.dir, 'certs/minio-client.crt'),
    KES_CLIENT_KEY: join(lab.dir, 'certs/minio-client.key'),
    SSL_CERT_FILE: join(lab.dir, 'certs/ca.crt'),
  };
  return (await run(binary, ['key', 'ls', '-k'], { env })).stdout;
}

/** `openssl verify -x509_strict` of a server's certificate for a name or address. Throws with openssl's words. */
export async function opensslVerify(lab: SeenLab, certificate: string, name: { host?: string; ip?: string }): Promise<string> {
  const expected = name.host ? ['-verify_hostname', name.host] : ['-verify_ip', name.ip ?? ''];
  const args = [
    'verify',
    '-x509_strict',
    '-purpose',
    'sslserver',
    ...expected,
    '-CAfile',
    join(lab.dir, 'certs/ca.crt'),
    join(lab.dir, certificate),
  ];
  return (await run('openssl', args)).stdout;
}
