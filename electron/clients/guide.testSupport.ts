import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureServers } from '../../servers/get.ts';
import { Secret } from '../../shared/secret.ts';
import { freePort } from '../platform/ports.ts';
import { stopProcess, waitUntil } from './kes/kes.testSupport.ts';
import { createMinioAdmin } from './minioAdmin/adminClient.ts';
import { createObjectClient } from './s3/objectClient.ts';
import { createS3 } from './s3/s3Client.ts';
import type { S3Endpoint } from './s3/signedClient.ts';
import { takesRequests } from './s3/takesRequests.ts';

const run = promisify(execFile);
const policyName = 'minio-key-policy';

/**
 * The deployment of the Chinese guide as its reader has it on disk: its files and command lines, on the KES of its time.
 * Ports differ from the guide's, MinIO has TLS, and MinIO runs with today's names where today's server takes no others;
 * `minio.env` keeps the guide's. `extraKeys` are made through the old server, too. `second`: another
 * policy with an identity of its own, and its key.
 */
export async function startGuide({ extraKeys = [] as string[], withMinio = true, second = false } = {}) {
  const binaries = await ensureServers(['vault-full', 'kes-legacy', 'minio']);
  const root = await mkdtemp(join(tmpdir(), 'guide-'));
  const folder = join(root, 'old');
  await mkdir(folder);
  const file = (name: string): string => join(folder, name);
  const ports = { vault: await freePort(), kes: await freePort(), minio: await freePort() };
  const urls = {
    vault: `https://127.0.0.1:${ports.vault}`,
    kes: `https://127.0.0.1:${ports.kes}`,
    minio: `https://127.0.0.1:${ports.minio}`,
  };
  const running: ChildProcess[] = [];
  const own = { PATH: process.env.PATH ?? '', HOME: root };
  const kesCommand = 'kes server --config=kes-config.yaml --mlock --root=disabled --auth=off';

  /** As the guide has it: a key, and a certificate that signs itself, with an address and no name. */
  async function selfSigned(name: string): Promise<void> {
    await run('sh', ['-c', `openssl ecparam -genkey -name prime256v1 | openssl ec -out ${name}.key`], { cwd: folder });
    const subject = ['-subj', '/C=/ST=/L=/O=/CN=localhost', '-addext', 'subjectAltName = IP:127.0.0.1'];
    await run('openssl', ['req', '-new', '-x509', '-days', '365', '-key', `${name}.key`, '-out', `${name}.crt`, ...subject], {
      cwd: folder,
    });
  }

  function start(program: keyof typeof binaries, args: string[], env: Record<string, string> = {}): ChildProcess {
    const log = openSync(join(root, `${program}.log`), 'a');
    const child = spawn(binaries[program], args, { cwd: folder, env: { ...own, ...env }, stdio: ['ignore', log, log] });
    closeSync(log);
    running.push(child);
    return child;
  }

  async function vault(args: string[], token = ''): Promise<string> {
    const env = { ...own, VAULT_ADDR: urls.vault, VAULT_CACERT: file('vault-tls.crt'), ...(token === '' ? {} : { VAULT_TOKEN: token }) };
    return (await run(binaries['vault-full'], args, { env, cwd: folder })).stdout;
  }

  async function kes(args: string[], env: Record<string, string> = {}): Promise<string> {
    return (await run(binaries['kes-legacy'], args, { cwd: folder, env: { ...own, KES_SERVER: urls.kes, ...env } })).stdout;
  }

  async function startVault() {
    const config = {
      api_addr: urls.vault,
      backend: { file: { path: 'vault/file' } },
      default_lease_ttl: '168h',
      max_lease_ttl: '720h',
      // Today's Vault would insist on it with other storage; tests have no right to lock memory everywhere.
      disable_mlock: true,
      listener: {
        tcp: {
          address: `127.0.0.1:${ports.vault}`,
          tls_cert_file: 'vault-tls.crt',
          tls_key_file: 'vault-tls.key',
          tls_min_version: 'tls12',
        },
      },
    };
    await writeFile(file('vault-config.json'), JSON.stringify(config, null, 2));
    start('vault-full', ['server', '-config', 'vault-config.json']);
    // Exit code 2: it answers and is sealed.
    await waitUntil(async () =>
      vault(['status']).then(
        () => true,
        (error: { code?: number }) => error.code === 2,
      ),
    );
    const init = JSON.parse(await vault(['operator', 'init', '-format=json'])) as { unseal_keys_b64: string[]; root_token: string };
    for (const share of init.unseal_keys_b64.slice(0, 3)) await vault(['operator', 'unseal', share]);
    const token = init.root_token;
    await vault(['secrets', 'enable', 'kv'], token);
    await vault(['auth', 'enable', 'approle'], token);
    await writeFile(file('minio-kes-policy.hcl'), 'path "kv/minio/*" {\n  capabilities = [ "create", "read", "delete" ]\n}\n');
    await vault(['policy', 'write', policyName, 'minio-kes-policy.hcl'], token);
    await vault(['write', 'auth/approle/role/kes-role', 'token_num_uses=0', 'secret_id_num_uses=0', 'period=5m'], token);
    await vault(['write', 'auth/approle/role/kes-role', `policies=${policyName}`], token);
    const roleId = (await vault(['read', '-field=role_id', 'auth/approle/role/kes-role/role-id'], token)).trim();
    const secretId = (await vault(['write', '-f', '-field=secret_id', 'auth/approle/role/kes-role/secret-id'], token)).trim();
    return { token, roleId, secretId };
  }

  async function writeKesConfig(login: { roleId: string; secretId: string }, identity: string, other: string | undefined): Promise<void> {
    const lines = [
      '# Where KES listens: ip:port',
      `address: 0.0.0.0:${ports.kes}`,
      '',
      'tls:',
      '  key:  kes-tls.key',
      '  cert: kes-tls.crt',
      '',
      'policy:',
      '  minio:',
      '    paths:',
      '    - /v1/key/create/minio-*',
      '    - /v1/key/generate/minio-*',
      '    - /v1/key/decrypt/minio-*',
      '    identities:',
      `    - ${identity}`,
      ...(other === undefined
        ? []
        : [
            '  backup:',
            '    paths:',
            '    - /v1/key/create/backup-*',
            '    - /v1/key/*/backup-key-?',
            '    identities:',
            `    - ${other}`,
          ]),
      '',
      'cache:',
      '  expiry:',
      '    any:    5m0s',
      '    unused: 20s',
      '',
      'keys:',
      '  vault:',
      `    endpoint: ${urls.vault}`,
      '    prefix:   minio   # folder of the K/V engine',
      '',
      '    approle:',
      `      id:     "${login.roleId}"`,
      `      secret: "${login.secretId}"`,
      '      retry:  15s',
      '',
      '    tls:',
      '      ca: vault-tls.crt  # self-signed',
      '',
      '    status:',
      '      ping: 10s',
    ];
    await writeFile(file('kes-config.yaml'), `${lines.join('\n')}\n`, { mode: 0o600 });
  }

  /** With the guide's own arguments, in its folder. */
  async function startOldKes(): Promise<ChildProcess> {
    const child = start('kes-legacy', kesCommand.split(' ').slice(1));
    await waitUntil(async () =>
      kes(['key', 'create', 'my-key-1', '-k'], clientEnv).then(
        () => false,
        (error: { stderr?: string }) => /prohibited by policy/.test(error.stderr ?? ''),
      ),
    );
    return child;
  }

  const clientEnv = { KES_CLIENT_KEY: 'minio.key', KES_CLIENT_CERT: 'minio.cert' };
  const credentials = { user: 'minio', password: 'minio123' };

  async function startMinio(): Promise<S3Endpoint> {
    await mkdir(join(root, 'minio-certs'));
    for (const [from, to] of [
      ['minio-tls.crt', 'public.crt'],
      ['minio-tls.key', 'private.key'],
    ] as const)
      await writeFile(join(root, 'minio-certs', to), readFileSync(file(from)), { mode: 0o600 });
    const env = {
      MINIO_KMS_KES_ENDPOINT: urls.kes,
      MINIO_KMS_KES_KEY_FILE: 'minio.key',
      MINIO_KMS_KES_CERT_FILE: 'minio.cert',
      MINIO_KMS_KES_KEY_NAME: 'minio-key-1',
      MINIO_KMS_KES_CAPATH: 'kes-tls.crt',
      MINIO_ACCESS_KEY: credentials.user,
      MINIO_SECRET_KEY: credentials.password,
      MINIO_BROWSER: 'off',
    };
    start(
      'minio',
      ['server', '--quiet', '--certs-dir', join(root, 'minio-certs'), '--address', `127.0.0.1:${ports.minio}`, join(root, 'export')],
      env,
    );
    const endpoint = endpointOf();
    const admin = createMinioAdmin(endpoint);
    const s3 = createS3(endpoint);
    await waitUntil(async () => (await admin.ready()).ready && (await takesRequests(s3)));
    await s3.createBucket('crypt');
    await Promise.all([admin.close(), s3.close()]);
    return endpoint;
  }

  function endpointOf(): S3Endpoint {
    const ca = [readFileSync(file('minio-tls.crt'), 'utf8')];
    return { url: urls.minio, ca, credentials: { accessKey: credentials.user, secretKey: new Secret(credentials.password) } };
  }

  async function stop(): Promise<void> {
    for (const child of running.toReversed()) await stopProcess(child);
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  }

  try {
    for (const name of ['vault-tls', 'kes-tls', 'minio-tls']) await selfSigned(name);
    const login = await startVault();
    await kes(['tool', 'identity', 'new', 'MinIO', '--key=minio.key', '--cert=minio.cert', '--time=8760h']);
    const identityOf = async (name: string): Promise<string> => /[0-9a-f]{64}/.exec(await kes(['tool', 'identity', 'of', name]))?.[0] ?? '';
    const identity = await identityOf('minio.cert');
    if (second) await kes(['tool', 'identity', 'new', 'Backup', '--key=backup.key', '--cert=backup.cert', '--time=8760h']);
    await writeKesConfig(login, identity, second ? await identityOf('backup.cert') : undefined);
    await writeFile(
      file('history.txt'),
      `  41  vault server -config vault-config.json\n  57  ${kesCommand}\n  58  kes key create minio-key-1 -k\n`,
    );
    await writeFile(
      file('minio.env'),
      [
        `export MINIO_KMS_KES_ENDPOINT=https://localhost:${ports.kes}`,
        'export MINIO_KMS_KES_KEY_FILE=minio.key',
        'export MINIO_KMS_KES_CERT_FILE=minio.cert',
        'export MINIO_KMS_KES_KEY_NAME=minio-key-1',
        'export MINIO_KMS_KES_CA_PATH=kes-tls.crt',
        `export MINIO_ACCESS_KEY=${credentials.user}`,
        `export MINIO_SECRET_KEY=${credentials.password}`,
        '',
      ].join('\n'),
      { mode: 0o600 },
    );
    const oldKes = await startOldKes();
    for (const key of ['minio-key-1', 'minio-key-2', ...extraKeys]) await kes(['key', 'create', key, '-k'], clientEnv);
    if (second) await kes(['key', 'create', 'backup-key-1', '-k'], { KES_CLIENT_KEY: 'backup.key', KES_CLIENT_CERT: 'backup.cert' });
    const objects = [
      { name: 'with-s3.bin', encrypt: { kind: 'sse-s3' as const }, body: randomBytes(2_000) },
      { name: 'with-default.bin', encrypt: { kind: 'sse-kms' as const, key: 'minio-key-1' }, body: randomBytes(3_000) },
      { name: 'with-second.bin', encrypt: { kind: 'sse-kms' as const, key: 'minio-key-2' }, body: randomBytes(4_000) },
    ];
    if (withMinio) {
      const client = createObjectClient(await startMinio());
      for (const { name, encrypt, body } of objects) await client.put({ bucket: 'crypt', key: name }, body, { encrypt });
      await client.close();
    }
    return {
      root,
      /** The guide's files. */
      folder,
      file,
      urls,
      ports,
      identity,
      vault: { ...login, run: (args: string[]) => vault(args, login.token) },
      minio: { ...credentials, endpoint: endpointOf },
      objects,
      oldProgram: binaries['kes-legacy'],
      kesCommand,
      oldKes,
      startOldKes,
      kes: (args: string[]) => kes(args, clientEnv),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
export type Guide = Awaited<ReturnType<typeof startGuide>>;
