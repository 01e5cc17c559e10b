import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ensureServers } from '../../../servers/get.ts';
import { Secret } from '../../../shared/secret.ts';
import { placeInput, type StepInputs } from '../../../shared/setup.ts';
import type { Text } from '../../../shared/text.ts';
import type { StepContext } from '../../jobs/step.ts';
import { freePort } from '../../platform/ports.ts';
import { stackOf } from '../../services/setup/placeDocument.ts';
import { createStackFolder } from '../../services/stacks/stackFolder.ts';
import { testSecrets, testServers } from '../chain.testSupport.ts';
import { makeTestIdentity, startTestKes, waitUntil } from '../kes/kes.testSupport.ts';
import { createMinioAdmin } from '../minioAdmin/adminClient.ts';
import { minioEndpoint, readRoot } from './forStack.ts';
import { createS3 } from './s3Client.ts';
import { createSignedClient, type S3Endpoint } from './signedClient.ts';
import { takesRequests } from './takesRequests.ts';

/** All that MinIO asks of KES (minio.md 2.3), for keys that begin with `minio-`. */
const minioPaths = [
  ...['create', 'generate', 'encrypt', 'decrypt', 'describe', 'delete', 'import'].map((verb) => `/v1/key/${verb}/minio-*`),
  '/v1/key/list/*',
  '/v1/status',
  '/v1/api',
  '/version',
];

/** For tests: a real KES on a folder of files, and a step's context around it in which MinIO can be started. */
export async function startTestStack(allow: readonly string[] = minioPaths) {
  const { minio } = await ensureServers(['minio']);
  const kes = await startTestKes(allow);
  const root = await mkdtemp(join(tmpdir(), 'sealdeck minio '));
  const folder = createStackFolder(root);
  const ports = { vault: 1, vaultCluster: 1, kes: Number(new URL(kes.url).port), minio: await freePort(), minioConsole: await freePort() };
  const place = placeInput.parse({ name: 'test', folder: root, hosts: ['127.0.0.1'], ports, product: 'openbao' });
  const server = await makeTestIdentity('server');
  const files: [string, string][] = [
    ['certs/ca.crt', kes.ca + server.cert],
    ['certs/minio-client.crt', kes.client.cert],
    ['certs/minio-client.key', kes.client.key.reveal()],
    ['minio/certs/public.crt', server.cert],
    ['minio/certs/private.key', server.key.reveal()],
  ];
  for (const [path, content] of files) await folder.write(path, content, 0o600);

  const secrets = testSecrets();
  let stack = stackOf('test', place, new Date().toISOString());
  const journal: Text[] = [];
  const processes = testServers(root, { minio }, { vault: ports.vault, kes: ports.kes, minio: ports.minio });
  const context: StepContext = {
    get stack() {
      return stack;
    },
    update: async (change) => {
      stack = change(stack);
    },
    inputs: { place } as unknown as StepInputs,
    secrets,
    folder,
    servers: processes.servers,
    journal: async (action) => void journal.push(action),
    report: () => undefined,
    signal: new AbortController().signal,
  };
  const operator = kes.as(kes.client);
  return {
    context,
    kes,
    /** KES with MinIO's own identity, which may also make and delete keys here. */
    operator,
    journal,
    minioDeps: {
      kesKeyExists: async (_access: unknown, name: string): Promise<boolean> => (await operator.listKeys()).includes(name),
      async kesFromHere(_access: unknown, key: string): Promise<'minio'> {
        await operator.generate(key);
        return 'minio';
      },
      kesWorks: async (): Promise<boolean> => {
        try {
          await operator.generate(context.stack.minioClusters[0]?.defaultKey ?? place.key);
          return true;
        } catch {
          return false;
        }
      },
    },
    /** A signed request with headers of the test's choice. */
    async raw(method: string, path: string[], headers: Record<string, string>, body: string): Promise<void> {
      const client = createSignedClient(await minioEndpoint(context));
      await client.demand({ method, path, headers, body });
      await client.close();
    },
    async stop() {
      await processes.stopAll();
      await operator.close();
      await kes.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}
export type TestStack = Awaited<ReturnType<typeof startTestStack>>;

/** What MinIO needs for the test's KES. */
function kesLines({ context: { folder }, kes }: TestStack): string[] {
  return [
    `MINIO_KMS_KES_ENDPOINT=${kes.url}`,
    `MINIO_KMS_KES_CERT_FILE="${folder.path('certs/minio-client.crt')}"`,
    `MINIO_KMS_KES_KEY_FILE="${folder.path('certs/minio-client.key')}"`,
    `MINIO_KMS_KES_CAPATH="${folder.path('certs/ca.crt')}"`,
    'MINIO_KMS_KES_KEY_NAME=minio-default',
  ];
}

/** Starts MinIO with the test's KES, or other lines of its environment, and a root credential, without the step, and waits until it is ready. */
export async function startMinio(stack: TestStack, kms = kesLines(stack)): Promise<S3Endpoint> {
  const { context } = stack;
  const { folder, servers, secrets } = context;
  await secrets.set('minio.root', new Secret(JSON.stringify({ user: 'test-root', password: 'test-password' })));
  const endpoint = await minioEndpoint(context);
  const lines = ['MINIO_ROOT_USER=test-root', 'MINIO_ROOT_PASSWORD=test-password', ...kms];
  await folder.write('minio/minio.env', `${lines.join('\n')}\n`, 0o600);
  const args = ['server', '--certs-dir', folder.path('minio/certs'), '--address', new URL(endpoint.url).host, folder.path('minio/data')];
  await servers.start('minio', 'minio', { args, env: { MINIO_CONFIG_ENV_FILE: folder.path('minio/minio.env') } });
  const admin = createMinioAdmin(endpoint);
  const s3 = createS3(endpoint);
  await waitUntil(async () => (await admin.ready()).ready && (await takesRequests(s3)));
  await Promise.all([admin.close(), s3.close()]);
  return endpoint;
}

/** Runs lines of a plan in a shell, in the stack's folder, with the real mc. Returns every argument that mc was given. */
export async function runWithMc(
  { context }: TestStack,
  lines: readonly string[],
): Promise<{ code: number | null; output: string; args: string }> {
  const { mc } = await ensureServers(['mc']);
  const { user, password } = readRoot(context) ?? { user: '', password: '' };
  const home = context.folder.path('home');
  await mkdir(home, { recursive: true });
  await writeFile(join(home, 'mc'), `#!/bin/sh\nprintf '%s\\n' "$@" >> "$HOME/arguments"\nexec "$REAL_MC" "$@"\n`, { mode: 0o700 });
  const shell = spawn('sh', ['-ec', lines.join('\n')], {
    cwd: home,
    env: { HOME: home, PATH: `${home}:${process.env.PATH}`, REAL_MC: mc, MINIO_ROOT_USER: user, MINIO_ROOT_PASSWORD: password },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const output = text(shell.stdout);
  const code = await new Promise<number | null>((resolve) => shell.once('exit', resolve));
  return { code, output: await output, args: await readFile(join(home, 'arguments'), 'utf8') };
}

/** A browser's upload form (POST policy): the only way to send such a name. */
export async function postForm(endpoint: S3Endpoint, bucket: string, key: string, fieldName: string): Promise<void> {
  const time = `${new Date().toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;
  const credential = `${endpoint.credentials.accessKey}/${time.slice(0, 8)}/us-east-1/s3/aws4_request`;
  const conditions = [
    { bucket },
    { key },
    ['starts-with', `$${fieldName}`, ''],
    { 'x-amz-credential': credential },
    { 'x-amz-date': time },
    { 'x-amz-algorithm': 'AWS4-HMAC-SHA256' },
  ];
  const expiration = new Date(Date.now() + 600_000).toISOString();
  const policy = Buffer.from(JSON.stringify({ expiration, conditions })).toString('base64');
  let signing: Buffer = Buffer.from(`AWS4${endpoint.credentials.secretKey.reveal()}`);
  for (const piece of [time.slice(0, 8), 'us-east-1', 's3', 'aws4_request', policy])
    signing = createHmac('sha256', signing).update(piece).digest();
  const fields = {
    key,
    [fieldName]: 'value',
    policy,
    'x-amz-algorithm': 'AWS4-HMAC-SHA256',
    'x-amz-credential': credential,
    'x-amz-date': time,
    'x-amz-signature': signing.toString('hex'),
  };
  const part = (name: string, value: string): string => `--edge\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const body = `${Object.entries(fields)
    .map(([name, value]) => part(name, value))
    .join('')}--edge\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nx\r\n--edge--\r\n`;
  const headers = { 'content-type': 'multipart/form-data; boundary=edge' };
  const client = createSignedClient(endpoint);
  await client.demand({ method: 'POST', path: [bucket], headers, body, anonymous: true });
  await client.close();
}
