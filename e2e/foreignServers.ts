import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stopProcess, waitUntil } from '../electron/clients/kes/kes.testSupport.ts';
import { freePort } from '../electron/platform/ports.ts';
import { createTlsClient } from '../electron/platform/tlsClient.ts';
import { ensureServers } from '../servers/get.ts';
import { Secret } from '../shared/secret.ts';

const run = promisify(execFile);

interface ForeignOptions {
  /** MinIO uses KES already; without it the five steps of the SSE-S3 page are still to do. */
  kms?: boolean;
  /** A right that KES's policy for MinIO lacks, as `/v1/key/list/*`. */
  without?: string;
}

/**
 * Vault, KES and MinIO as somebody started them by hand, outside Sealdeck: certificates by openssl, Vault prepared with its
 * own command line, KES and MinIO with files of their own. MinIO reads `minio.env`, which restarts through the admin API read again.
 */
export async function startForeignServers({ kms = true, without }: ForeignOptions = {}) {
  const binaries = await ensureServers(['openbao', 'kes', 'minio']);
  const folder = await mkdtemp(join(tmpdir(), 'foreign-'));
  const file = (name: string): string => join(folder, name);
  const ports = { vault: await freePort(), cluster: await freePort(), kes: await freePort(), minio: await freePort() };
  const urls = {
    vault: `https://127.0.0.1:${ports.vault}`,
    kes: `https://127.0.0.1:${ports.kes}`,
    minio: `https://127.0.0.1:${ports.minio}`,
  };
  const running: ChildProcess[] = [];

  const openssl = async (...args: string[]): Promise<void> => void (await run('openssl', args, { cwd: folder }));
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'];
  const makeCa = (name: string, subject: string): Promise<void> =>
    openssl(
      'req',
      '-x509',
      ...newKey,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.crt`,
      '-subj',
      `/CN=${subject}`,
      '-addext',
      'keyUsage=critical,keyCertSign',
    );
  async function makePair(name: string, usage: 'serverAuth' | 'clientAuth'): Promise<void> {
    const names = usage === 'serverAuth' ? ['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'] : [];
    const extensions = ['-addext', 'basicConstraints=critical,CA:FALSE', '-addext', `extendedKeyUsage=${usage}`, ...names];
    const files = ['-keyout', `${name}.key`, '-out', `${name}.crt`, '-CA', 'ca.crt', '-CAkey', 'ca.key'];
    await openssl('req', '-x509', ...newKey, ...files, '-subj', `/CN=${name}`, ...extensions);
  }
  const identityOf = (name: string): string =>
    createHash('sha256')
      .update(new X509Certificate(readFileSync(file(`${name}.crt`))).publicKey.export({ type: 'spki', format: 'der' }))
      .digest('hex');

  function start(program: 'openbao' | 'kes' | 'minio', args: string[], env: Record<string, string> = {}): ChildProcess {
    const log = openSync(file(`${program}.log`), 'a');
    const child = spawn(binaries[program], args, {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', HOME: folder, ...env },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    running.push(child);
    return child;
  }

  async function bao(args: string[], token?: string, input?: string): Promise<string> {
    const env = {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      BAO_ADDR: urls.vault,
      BAO_CACERT: file('ca.crt'),
      ...(token ? { BAO_TOKEN: token } : {}),
    };
    const pending = run(binaries.openbao, args, { env });
    pending.child.stdin?.end(input ?? '');
    return (await pending).stdout;
  }

  async function startVault() {
    await writeFile(
      file('vault.hcl'),
      `storage "raft" {
  path = ${JSON.stringify(file('raft'))}
  node_id = "theirs"
}
disable_mlock = true
api_addr = "${urls.vault}"
cluster_addr = "https://127.0.0.1:${ports.cluster}"
listener "tcp" {
  address = "127.0.0.1:${ports.vault}"
  cluster_address = "127.0.0.1:${ports.cluster}"
  tls_cert_file = ${JSON.stringify(file('vault.crt'))}
  tls_key_file = ${JSON.stringify(file('vault.key'))}
}
`,
    );
    await mkdir(file('raft'));
    start('openbao', ['server', '-config', file('vault.hcl')]);
    let init = { unseal_keys_b64: [''], root_token: '' };
    await waitUntil(async () => {
      init = JSON.parse(await bao(['operator', 'init', '-key-shares=1', '-key-threshold=1', '-format=json'])) as typeof init;
      return true;
    });
    const token = init.root_token;
    await bao(['operator', 'unseal', init.unseal_keys_b64[0] ?? '']);
    await waitUntil(async () => (await bao(['secrets', 'enable', '-path=kv', '-version=2', 'kv'], token)) !== '');
    const rules =
      'path "kv/data/minio/*" { capabilities = ["create", "read"] }\npath "kv/metadata/minio/*" { capabilities = ["list", "delete"] }\n';
    await bao(['policy', 'write', 'minio-key-policy', '-'], token, rules);
    await bao(['auth', 'enable', 'approle'], token);
    await bao(['write', 'auth/approle/role/kes-role', 'token_policies=minio-key-policy', 'token_period=5m'], token);
    const read = async (path: string, ...how: string[]): Promise<string> =>
      (JSON.parse(await bao([...how, '-format=json', path], token)) as { data: Record<string, string> }).data[
        how[0] === 'read' ? 'role_id' : 'secret_id'
      ] ?? '';
    const roleId = await read('auth/approle/role/kes-role/role-id', 'read');
    const secretId = await read('auth/approle/role/kes-role/secret-id', 'write', '-f');
    return { token, unsealKey: init.unseal_keys_b64[0] ?? '', roleId, secretId };
  }

  async function startKes(login: { roleId: string; secretId: string }): Promise<void> {
    const verbs = ['create', 'generate', 'encrypt', 'decrypt', 'describe', 'delete', 'import'].map((verb) => `/v1/key/${verb}/minio-*`);
    const allow = [...verbs, '/v1/key/list/*', '/v1/status', '/v1/api', '/v1/metrics', '/version'].filter((path) => path !== without);
    const config = {
      version: 'v1',
      address: `127.0.0.1:${ports.kes}`,
      admin: { identity: 'disabled' },
      tls: { key: file('kes.key'), cert: file('kes.crt') },
      policy: { minio: { allow, identities: [identityOf('minio-client'), identityOf('sealdeck')] } },
      cache: { expiry: { any: '2s', unused: '2s' } },
      keystore: {
        vault: {
          endpoint: urls.vault,
          engine: 'kv/',
          version: 'v2',
          prefix: 'minio',
          approle: { id: login.roleId, secret: login.secretId },
          tls: { ca: file('ca.crt') },
          status: { ping: '2s' },
        },
      },
    };
    // YAML is a superset of JSON.
    await writeFile(file('kes.yaml'), JSON.stringify(config), { mode: 0o600 });
    start('kes', ['server', '--config', file('kes.yaml')]);
    await waitUntil(async () => (await statusOf(`${urls.kes}/v1/status`, 'sealdeck')) === 200);
  }

  /** What a server answers to that identity, or to nobody. */
  async function statusOf(url: string, identity?: string): Promise<number> {
    const read = (name: string): string => readFileSync(file(name), 'utf8');
    const as = identity === undefined ? {} : { cert: read(`${identity}.crt`), key: new Secret(read(`${identity}.key`)) };
    const client = createTlsClient({ ca: [read('ca.crt')], ...as });
    try {
      return (await client.request({ method: 'GET', url })).status;
    } finally {
      await client.close();
    }
  }

  async function startMinio(user: string, password: string): Promise<void> {
    const variables = {
      MINIO_KMS_KES_ENDPOINT: urls.kes,
      MINIO_KMS_KES_KEY_NAME: 'minio-default',
      MINIO_KMS_KES_CERT_FILE: file('minio-client.crt'),
      MINIO_KMS_KES_KEY_FILE: file('minio-client.key'),
      MINIO_KMS_KES_CAPATH: file('ca.crt'),
    };
    const own = { MINIO_ROOT_USER: user, MINIO_ROOT_PASSWORD: password, MINIO_BROWSER: 'off', ...(kms ? variables : {}) };
    await writeFile(
      file('minio.env'),
      `${Object.entries(own)
        .map(([name, value]) => `${name}=${value}`)
        .join('\n')}\n`,
      { mode: 0o600 },
    );
    await mkdir(file('minio/certs/CAs'), { recursive: true });
    await mkdir(file('minio/data'), { recursive: true });
    await writeFile(file('minio/certs/public.crt'), readFileSync(file('minio.crt')));
    await writeFile(file('minio/certs/private.key'), readFileSync(file('minio.key')), { mode: 0o600 });
    await writeFile(file('minio/certs/CAs/ca.crt'), readFileSync(file('ca.crt')));
    const args = ['server', '--quiet', '--certs-dir', file('minio/certs'), '--address', `127.0.0.1:${ports.minio}`, file('minio/data')];
    start('minio', args, { MINIO_CONFIG_ENV_FILE: file('minio.env') });
    await waitUntil(async () => (await statusOf(`${urls.minio}/minio/health/ready`)) === 200);
  }

  async function stop(): Promise<void> {
    for (const child of running.reverse()) await stopProcess(child);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }

  try {
    await makeCa('ca', 'their CA');
    await makeCa('other-ca', 'another CA');
    for (const name of ['vault', 'kes', 'minio']) await makePair(name, 'serverAuth');
    for (const name of ['minio-client', 'sealdeck']) await makePair(name, 'clientAuth');
    const vault = await startVault();
    await startKes(vault);
    const minio = { user: 'their-root', password: randomBytes(18).toString('base64url') };
    await startMinio(minio.user, minio.password);
    return {
      folder,
      urls,
      /** `ca.crt` vouches for all three; `other-ca.crt` for none. */
      file,
      vault,
      minio,
      /** The certificate that KES lets in for Sealdeck. */
      operator: { cert: file('sealdeck.crt'), key: file('sealdeck.key') },
      /** As openssl prints it. */
      fingerprintOf: (name: 'vault' | 'kes' | 'minio'): string => new X509Certificate(readFileSync(file(`${name}.crt`))).fingerprint256,
      bao: (args: string[]) => bao(args, vault.token),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
export type ForeignServers = Awaited<ReturnType<typeof startForeignServers>>;
