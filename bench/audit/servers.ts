import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTestIdentity, startTestKes, stopProcess, waitUntil } from '../../electron/clients/kes/kes.testSupport.ts';
import { createMinioAdmin } from '../../electron/clients/minioAdmin/adminClient.ts';
import type { S3Endpoint } from '../../electron/clients/s3/signedClient.ts';
import { freePort } from '../../electron/platform/ports.ts';
import { ensureServers } from '../../servers/get.ts';
import { Secret } from '../../shared/secret.ts';
import { type Delay, startDelay } from './delay.ts';

const verbs = ['create', 'generate', 'encrypt', 'decrypt', 'describe', 'delete'];
const allowed = [...verbs.map((verb) => `/v1/key/${verb}/minio-*`), '/v1/key/list/*', '/v1/status', '/v1/api', '/version'];
export const benchKey = 'minio-bench';
export const root = { user: 'bench-root', password: 'bench-password' };

export interface BenchServers {
  /** MinIO itself, and MinIO `ms` further away. */
  endpoint(ms: number): Promise<S3Endpoint>;
  caFile: string;
  /** Starts MinIO again with KES `ms` further away. */
  moveKes(ms: number): Promise<void>;
  stop(): Promise<void>;
}

/** KES on a folder of files and MinIO on one drive, over TLS, both of `servers/`. */
export async function startBenchServers(folder: string): Promise<BenchServers> {
  const { minio } = await ensureServers(['minio']);
  const kes = await startTestKes(allowed);
  const operator = kes.as(kes.client);
  await operator.createKey('minio-default');
  await operator.createKey(benchKey);
  await operator.close();
  const server = await makeTestIdentity('server');
  const file = (name: string): string => join(folder, name);
  await mkdir(file('certs/CAs'), { recursive: true });
  const files = {
    'certs/public.crt': server.cert,
    'certs/private.key': server.key.reveal(),
    'ca.crt': server.cert,
    'kes-ca.crt': kes.ca,
    'kes.crt': kes.client.cert,
    'kes.key': kes.client.key.reveal(),
  };
  for (const [name, content] of Object.entries(files)) await writeFile(file(name), content, { mode: 0o600 });
  const port = await freePort();
  const delays = new Map<string, Delay>();
  async function portOf(target: number, ms: number): Promise<number> {
    if (ms === 0) return target;
    const name = `${target} ${ms}`;
    const known = delays.get(name) ?? (await startDelay(target, ms));
    delays.set(name, known);
    return known.port;
  }
  const start = (kesPort: number) =>
    spawn(minio, ['server', '--quiet', '--certs-dir', file('certs'), '--address', `127.0.0.1:${port}`, file('data')], {
      stdio: 'ignore',
      env: {
        HOME: folder,
        MINIO_ROOT_USER: root.user,
        MINIO_ROOT_PASSWORD: root.password,
        MINIO_KMS_KES_ENDPOINT: `https://127.0.0.1:${kesPort}`,
        MINIO_KMS_KES_CERT_FILE: file('kes.crt'),
        MINIO_KMS_KES_KEY_FILE: file('kes.key'),
        MINIO_KMS_KES_CAPATH: file('kes-ca.crt'),
        MINIO_KMS_KES_KEY_NAME: 'minio-default',
        MINIO_BROWSER: 'off',
        // Counting what lies there would take turns with what is measured.
        MINIO_SCANNER_SPEED: 'slowest',
      },
    });
  const endpoint = async (ms: number): Promise<S3Endpoint> => ({
    url: `https://127.0.0.1:${await portOf(port, ms)}`,
    ca: [server.cert],
    credentials: { accessKey: root.user, secretKey: new Secret(root.password) },
  });
  async function ready(): Promise<void> {
    const admin = createMinioAdmin(await endpoint(0));
    await waitUntil(async () => (await admin.ready()).ready, 60_000);
    await admin.close();
  }
  const kesPort = Number(new URL(kes.url).port);
  let process_ = start(kesPort);
  await ready();
  return {
    endpoint,
    caFile: file('ca.crt'),
    async moveKes(ms) {
      await stopProcess(process_);
      process_ = start(await portOf(kesPort, ms));
      await ready();
    },
    async stop() {
      await stopProcess(process_);
      await kes.stop();
      for (const delay of delays.values()) await delay.end();
    },
  };
}
