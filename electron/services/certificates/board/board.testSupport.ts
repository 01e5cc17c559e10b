import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { ensureServers } from '../../../../servers/get.ts';
import { certificatesInput } from '../../../../shared/certificates.ts';
import { Secret } from '../../../../shared/secret.ts';
import type { ServerKind } from '../../../../shared/stacks.ts';
import { testServers } from '../../../clients/chain.testSupport.ts';
import { waitUntil } from '../../../clients/kes/kes.testSupport.ts';
import { withMinioAdmin } from '../../../clients/minioAdmin/forStack.ts';
import type { StepContext } from '../../../jobs/step.ts';
import { freePort } from '../../../platform/ports.ts';
import { probe } from '../../../platform/tlsProbe.ts';
import { applyCertificates } from '../apply.ts';
import { makeCertificate, makeKey } from '../build.ts';
import { createTestStack } from '../certificates.testSupport.ts';
import { lookAtBoard } from './board.ts';
import { createLook } from './look.ts';
import type { How } from './renew.ts';

/**
 * For tests: a stack with certificates of the guided step, and real servers that serve them: an OpenBao that nobody initialised,
 * a KES on files, and a MinIO with that KES.
 */
export async function startBoardStack(hosts = ['127.0.0.1', 'localhost']) {
  const binaries = await ensureServers(['openbao', 'kes', 'minio']);
  const test = await createTestStack(hosts);
  const { context } = test;
  const { folder } = context;
  const ports = { vault: await freePort(), kes: await freePort(), minio: await freePort() };
  const urlOf = (kind: ServerKind): string => `https://127.0.0.1:${ports[kind]}`;
  await context.update((stack) => {
    const at = <T extends { nodes: { url: string }[] }>(list: readonly T[], kind: ServerKind): T[] =>
      list.map((one) => ({ ...one, nodes: one.nodes.map((node) => ({ ...node, url: urlOf(kind) })) }));
    return {
      ...stack,
      keyStores: at(stack.keyStores, 'vault'),
      kesClusters: at(stack.kesClusters, 'kes'),
      minioClusters: at(stack.minioClusters, 'minio'),
    };
  });
  await applyCertificates(context, { stack: context.stack, input: certificatesInput.parse({}), hosts }, new AbortController().signal);
  const processes = testServers(folder.path('.'), binaries, ports);
  (context as { servers: StepContext['servers'] }).servers = processes.servers;
  await context.secrets.set('minio.root', new Secret(JSON.stringify({ user: 'test-root', password: 'test-password' })));
  const hash = (id: 'minio' | 'operator'): string => context.stack.identities.find((one) => one.id === id)?.hash ?? '';
  const rules = ['create', 'generate', 'decrypt', 'describe'].map((verb) => `    - /v1/key/${verb}/minio-*`);
  const files: [string, string][] = [
    [
      'vault/vault.hcl',
      `storage "inmem" {}\ndisable_mlock = true\napi_addr = "${urlOf('vault')}"\nlistener "tcp" {\n  address = "127.0.0.1:${ports.vault}"\n  tls_cert_file = "${folder.path('certs/vault.crt')}"\n  tls_key_file = "${folder.path('certs/vault.key')}"\n}\n`,
    ],
    [
      'kes/kes.yaml',
      [
        '# For a test',
        'version: v1',
        `address: 127.0.0.1:${ports.kes}`,
        'admin:',
        '  identity: disabled',
        'tls:',
        `  key: ${JSON.stringify(folder.path('certs/kes.key'))}`,
        `  cert: ${JSON.stringify(folder.path('certs/kes.crt'))}`,
        'policy:',
        '  minio:',
        '    allow:',
        ...rules,
        '    - /v1/key/list/*',
        '    - /v1/status',
        '    - /v1/api',
        '    identities:',
        `    - "${hash('minio')}" # MinIO`,
        '  sealdeck-operator:',
        '    allow:',
        '    - /v1/status',
        '    - /v1/identity/describe/*',
        `    identities: ["${hash('operator')}"]`,
        'cache:',
        '  expiry:',
        '    any: 1s',
        '    unused: 1s',
        'keystore:',
        '  fs:',
        `    path: ${JSON.stringify(folder.path('kes/keys'))}`,
        '',
      ].join('\n'),
    ],
    [
      'minio/minio.env',
      [
        'MINIO_ROOT_USER=test-root',
        'MINIO_ROOT_PASSWORD=test-password',
        `MINIO_KMS_KES_ENDPOINT=${urlOf('kes')}`,
        `MINIO_KMS_KES_CERT_FILE="${folder.path('certs/minio-client.crt')}"`,
        `MINIO_KMS_KES_KEY_FILE="${folder.path('certs/minio-client.key')}"`,
        `MINIO_KMS_KES_CAPATH="${folder.path('certs/ca.crt')}"`,
        'MINIO_KMS_KES_KEY_NAME=minio-default',
        '',
      ].join('\n'),
    ],
  ];
  for (const [path, content] of files) await folder.write(path, content, 0o600);
  test.forget();

  async function start(kind: ServerKind): Promise<void> {
    const { servers } = processes;
    if (kind === 'vault') await servers.start('vault', 'openbao', { args: ['server', `-config=${folder.path('vault/vault.hcl')}`] });
    if (kind === 'kes') await servers.start('kes', 'kes', { args: ['server', '--config', folder.path('kes/kes.yaml')] });
    if (kind === 'minio') {
      mkdirSync(folder.path('minio/data'), { recursive: true });
      await servers.start('minio', 'minio', {
        args: ['server', '--certs-dir', folder.path('minio/certs'), '--address', `127.0.0.1:${ports.minio}`, folder.path('minio/data')],
        env: { MINIO_CONFIG_ENV_FILE: folder.path('minio/minio.env'), MINIO_BROWSER: 'off' },
      });
      await waitUntil(async () => withMinioAdmin(context, async (admin) => (await admin.ready()).ready));
    } else await waitUntil(async () => (await probe(urlOf(kind))).chain.length > 0);
  }

  const look = createLook();
  const signal = new AbortController().signal;
  const how: How = { hosts, look, signal };
  return {
    ...test,
    context,
    ports,
    urlOf,
    hosts,
    how,
    start,
    board: () => lookAtBoard(context, hosts, look),
    read: async (file: string): Promise<string> => (await folder.read(file)) ?? '',
    certificate: async (file: string): Promise<X509Certificate> => new X509Certificate((await folder.read(file)) ?? ''),
    async restart(_stackId: string, kind: 'kes'): Promise<void> {
      await processes.servers.stop(kind);
      await start(kind);
    },
    /** A certificate of the stack's own CA, or of whoever signs it, made otherwise than the guided step would. */
    async issue(change: {
      days?: number;
      hosts?: string[];
      use?: 'server' | 'client' | 'ca';
      issuer?: 'own' | { certificate: X509Certificate; key: Secret };
    }) {
      const key = await makeKey('P-256');
      const own = {
        certificate: new X509Certificate((await folder.read('certs/ca.crt')) ?? ''),
        key: context.secrets.get('ca.key') ?? key,
      };
      const issuer = change.issuer === 'own' ? {} : { issuer: change.issuer ?? own };
      const subject = { commonName: 'made by a test' };
      return {
        key,
        cert: makeCertificate({
          use: change.use ?? 'server',
          subject,
          days: change.days ?? 100,
          hosts: change.hosts ?? hosts,
          key,
          ...issuer,
        }),
      };
    },
    isKey: (pem: string): boolean => createPrivateKey(pem).type === 'private',
    async stop(): Promise<void> {
      await processes.stopAll();
      await test.remove();
    },
  };
}
export type BoardStack = Awaited<ReturnType<typeof startBoardStack>>;
