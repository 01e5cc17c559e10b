import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ensureServers } from '../../servers/get.ts';
import { kesInput } from '../../shared/kes.ts';
import { bucketInput } from '../../shared/minio.ts';
import { Secret } from '../../shared/secret.ts';
import { type CommandLine, placeInput, type StepInputs } from '../../shared/setup.ts';
import type { ServerKind } from '../../shared/stacks.ts';
import type { Text } from '../../shared/text.ts';
import type { SecretName, StackSecrets, StackServers, StepContext } from '../jobs/step.ts';
import { serverLog } from '../jobs/ways.ts';
import { freePort } from '../platform/ports.ts';
import { stackOf } from '../services/setup/placeDocument.ts';
import { createStackFolder } from '../services/stacks/stackFolder.ts';
import { makeTestIdentity, stopProcess, waitUntil } from './kes/kes.testSupport.ts';
import { createVaultClient } from './vault/vaultClient.ts';

/** For tests: a real Vault or OpenBao, unsealed and prepared for KES, and a step's context around it. KES is started by its step. */
export async function startTestChain({ product = 'openbao', kvVersion = 2 }: { product?: 'openbao' | 'vault'; kvVersion?: 1 | 2 } = {}) {
  const binaries = await ensureServers([product, 'kes', 'minio', 'mc']);
  const root = await mkdtemp(join(tmpdir(), 'sealdeck-chain-'));
  const folder = createStackFolder(root);
  const ports = {
    vault: await freePort(),
    vaultCluster: await freePort(),
    kes: await freePort(),
    minio: await freePort(),
    minioConsole: await freePort(),
  };
  const place = placeInput.parse({ name: 'test', folder: root, hosts: ['127.0.0.1'], ports, product, storage: 'inmem', kvVersion });
  const identities = {
    vault: await makeTestIdentity('server'),
    kes: await makeTestIdentity('server'),
    minioServer: await makeTestIdentity('server'),
    minio: await makeTestIdentity('client'),
    operator: await makeTestIdentity('client'),
  };
  const bundle = [identities.vault, identities.kes, identities.minioServer].map(({ cert }) => cert).join('');
  const files: [string, string][] = [
    ['certs/ca.crt', bundle],
    ['certs/vault.crt', identities.vault.cert],
    ['certs/vault.key', identities.vault.key.reveal()],
    ['certs/kes.crt', identities.kes.cert],
    ['certs/kes.key', identities.kes.key.reveal()],
    ['certs/minio-client.crt', identities.minio.cert],
    ['certs/minio-client.key', identities.minio.key.reveal()],
    ['certs/operator.crt', identities.operator.cert],
    ['minio/certs/public.crt', identities.minioServer.cert],
    ['minio/certs/private.key', identities.minioServer.key.reveal()],
    ['minio/certs/CAs/ca.crt', bundle],
    [
      'vault/vault.hcl',
      `storage "inmem" {}
disable_mlock = true
api_addr = "https://127.0.0.1:${ports.vault}"
listener "tcp" {
  address = "127.0.0.1:${ports.vault}"
  cluster_address = "127.0.0.1:${ports.vaultCluster}"
  tls_cert_file = ${JSON.stringify(folder.path('certs/vault.crt'))}
  tls_key_file = ${JSON.stringify(folder.path('certs/vault.key'))}
}
`,
    ],
  ];
  for (const [path, content] of files) await folder.write(path, content, 0o600);

  const secrets = testSecrets([
    ['operator.key', identities.operator.key],
    ['minio.root', new Secret(JSON.stringify({ user: 'root-user', password: 'root-password' }))],
  ]);

  let stack = {
    ...stackOf('test', place, new Date().toISOString()),
    identities: (['minio', 'operator'] as const).map((purpose) => ({
      id: purpose,
      hash: identities[purpose].hash,
      purpose,
      certFile: purpose === 'minio' ? 'certs/minio-client.crt' : 'certs/operator.crt',
    })),
  };
  const journal: Text[] = [];
  const processes = testServers(root, binaries, { vault: ports.vault, kes: ports.kes, minio: ports.minio });
  const context: StepContext = {
    get stack() {
      return stack;
    },
    update: async (change) => {
      stack = { ...change(stack), identities: stack.identities };
    },
    inputs: {
      place,
      kes: kesInput.parse({ cacheAny: '2s', cacheUnused: '2s' }),
      key: { name: place.key },
      bucket: bucketInput.parse({ bucket: place.bucket }),
    } as unknown as StepInputs,
    secrets,
    folder,
    servers: processes.servers,
    journal: async (action) => void journal.push(action),
    report: () => undefined,
    signal: new AbortController().signal,
  };

  const stop = async (): Promise<void> => {
    await processes.stopAll();
    await rm(root, { recursive: true, force: true });
  };
  return await prepare().catch(async (error: unknown) => {
    await stop();
    throw error;
  });

  async function prepare() {
    await processes.servers.start('vault', product, { args: ['server', '-config', folder.path('vault/vault.hcl')] });
    const url = `https://127.0.0.1:${ports.vault}`;
    const anonymous = createVaultClient({ url, ca: [bundle] });
    await waitUntil(async () => !(await anonymous.initialised()));
    const init = await anonymous.init(1, 1);
    const unseal = async (): Promise<void> => {
      await anonymous.unseal(new Secret(init.keys_base64[0] ?? ''));
      await waitUntil(async () => (await anonymous.health()).state === 'active');
    };
    await unseal();
    await secrets.set('vault.init', new Secret(JSON.stringify({ ...init, shares: 1, threshold: 1 })));
    const vault = createVaultClient({ url, ca: [bundle], token: new Secret(init.root_token) });
    await vault.enableEngine('kv', 'kv', { version: String(kvVersion) });
    await vault.enableAuth('approle', 'approle');
    const rules =
      kvVersion === 1
        ? 'path "kv/minio/*" { capabilities = ["create", "read", "delete", "list"] }'
        : 'path "kv/data/minio/*" { capabilities = ["create", "read"] }\npath "kv/metadata/minio/*" { capabilities = ["list", "delete"] }';
    await vault.writePolicy('minio-key-policy', rules);
    await vault.writeAppRole('approle', 'kes-role', { token_policies: ['minio-key-policy'], token_period: 300 });
    const newSecretId = async (): Promise<string> => {
      const roleId = await vault.roleId('approle', 'kes-role');
      const { secretId, accessor } = await vault.createSecretId('approle', 'kes-role', {});
      await secrets.set('kes.approle', new Secret(JSON.stringify({ roleId, secretId: secretId.reveal(), accessor })));
      return accessor;
    };
    const accessor = await newSecretId();

    return {
      context,
      vault,
      anonymous,
      accessor,
      newSecretId,
      unseal,
      journal,
      makeStranger: () => makeTestIdentity('client'),
      /** Runs shown commands as they stand in one shell, on a path that holds only the servers' own tools; what is typed there comes from the environment. */
      async shell(commands: readonly CommandLine[]): Promise<string> {
        const lines = commands.flatMap(({ line }) => (line === undefined || line.startsWith('read ') ? [] : [line]));
        const tools = [...Object.values(binaries).map((path) => dirname(path)), '/usr/bin', '/bin'];
        const env = {
          PATH: tools.join(':'),
          HOME: root,
          VAULT_TOKEN: init.root_token,
          MINIO_ROOT_USER: 'root-user',
          MINIO_ROOT_PASSWORD: 'root-password',
        };
        const { stdout } = await promisify(execFile)('/bin/sh', ['-ec', lines.join('\n')], { env, cwd: root });
        return stdout;
      },
      /** Starts MinIO with the stack's KES; KES must run. */
      async startMinio(): Promise<void> {
        mkdirSync(folder.path('minio/data'), { recursive: true });
        await processes.servers.start('minio', 'minio', {
          args: [
            'server',
            '--quiet',
            '--certs-dir',
            folder.path('minio/certs'),
            '--address',
            `127.0.0.1:${ports.minio}`,
            folder.path('minio/data'),
          ],
          env: {
            MINIO_ROOT_USER: 'root-user',
            MINIO_ROOT_PASSWORD: 'root-password',
            MINIO_KMS_KES_ENDPOINT: `https://127.0.0.1:${ports.kes}`,
            MINIO_KMS_KES_KEY_NAME: place.key,
            MINIO_KMS_KES_CERT_FILE: folder.path('certs/minio-client.crt'),
            MINIO_KMS_KES_KEY_FILE: folder.path('certs/minio-client.key'),
            MINIO_KMS_KES_CAPATH: folder.path('certs/ca.crt'),
            MINIO_BROWSER: 'off',
          },
        });
      },
      async stop() {
        await Promise.all([vault.close(), anonymous.close()]);
        await stop();
      },
    };
  }
}
export type TestChain = Awaited<ReturnType<typeof startTestChain>>;

/** For tests: the secrets of a stack, in memory only. */
export function testSecrets(initial: readonly (readonly [SecretName, Secret])[] = []): StackSecrets {
  const values = new Map<SecretName, Secret>(initial);
  return {
    get: (name) => values.get(name),
    set: async (name, value) => void values.set(name, value),
    delete: async (name) => void values.delete(name),
    has: (name) => values.has(name),
    requireDurable: () => undefined,
  };
}

/** By the id of the node; without one the first of its kind. */
export function testServers(root: string, binaries: Partial<Record<string, string>>, ports: Record<ServerKind, number>) {
  const running = new Map<string, ChildProcess>();
  const first = (kind: ServerKind): string => `${kind}-1`;
  const logOf = (kind: ServerKind, node: string): string => join(root, serverLog(kind, node));
  const alive = (node: string): boolean => {
    const child = running.get(node);
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  };
  async function stop(node: string): Promise<void> {
    const child = running.get(node);
    if (child) await stopProcess(child);
    running.delete(node);
  }
  const servers: StackServers = {
    binary: async (program) => binaries[program] ?? '',
    async start(kind, program, spec, node = first(kind)) {
      if (!alive(node)) {
        mkdirSync(dirname(logOf(kind, node)), { recursive: true });
        const log = openSync(logOf(kind, node), 'a');
        running.set(
          node,
          spawn(binaries[program] ?? '', spec.args, {
            cwd: root,
            env: { PATH: process.env.PATH ?? '', HOME: root, ...spec.env },
            stdio: ['ignore', log, log],
          }),
        );
        closeSync(log);
      }
      return servers.status(kind, node);
    },
    stop: (kind, node = first(kind)) => stop(node),
    status: async (kind, node = first(kind)) => ({
      kind,
      node,
      url: `https://127.0.0.1:${ports[kind]}`,
      state: alive(node) ? 'running' : running.has(node) ? 'died' : 'stopped',
      ...(alive(node) && running.get(node)?.pid !== undefined ? { pid: running.get(node)?.pid as number } : {}),
    }),
    lastLines: async (kind, count, node = first(kind)) =>
      existsSync(logOf(kind, node)) ? readFileSync(logOf(kind, node), 'utf8').trimEnd().split('\n').slice(-count) : [],
  };
  return {
    servers,
    async stopAll() {
      for (const node of [...running.keys()].toReversed()) await stop(node);
    },
  };
}
