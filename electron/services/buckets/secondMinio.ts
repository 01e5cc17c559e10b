import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import { createMinioAdmin } from '../../clients/minioAdmin/adminClient.ts';
import { readEnvironment } from '../../clients/minioAdmin/environmentFile.ts';
import { minioEndpoint } from '../../clients/s3/forStack.ts';
import { createS3 } from '../../clients/s3/s3Client.ts';
import type { S3Endpoint } from '../../clients/s3/signedClient.ts';
import { takesRequests } from '../../clients/s3/takesRequests.ts';
import { pause } from '../../jobs/pause.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { startKept } from '../../platform/keptChild.ts';
import { freePort } from '../../platform/ports.ts';
import { endProcess } from '../../platform/processes.ts';
import { noteOwner, removeAbandoned, type Server, secondFolder, serverOf } from './seconds.ts';

const readyMs = 30_000;
const environmentFile = 'minio/minio.env';

/** Why there is no second MinIO, as a code of `texts`. */
export type NoSecond = 'bucketWinsElsewhere' | 'bucketWinsNoFile';

/** Whether a MinIO like the stack's can be started beside it. */
export async function canStartSecond({ stack, servers, folder }: StackAccess): Promise<NoSecond | undefined> {
  if (process.platform === 'win32' || stack.minioClusters[0]?.nodes[0]?.way !== 'here') return 'bucketWinsElsewhere';
  const binary = await servers.binary('minio').catch(() => undefined);
  return binary === undefined || (await folder.read(environmentFile)) === undefined ? 'bucketWinsNoFile' : undefined;
}

/**
 * A MinIO with the stack's KES, identity and certificate, but an empty folder, a root of its own and the other setting of
 * automatic encryption; used, ended and removed. Throws `bucketSecondSilent` with the last lines of its output.
 */
export async function withSecondMinio<T>(
  access: StackAccess,
  autoEncryption: boolean,
  signal: AbortSignal,
  use: (endpoint: S3Endpoint) => Promise<T>,
): Promise<T> {
  await removeAbandoned();
  const running = await minioEndpoint(access);
  const { hostname } = new URL(running.url);
  const address = `${hostname}:${await freePort()}`;
  const credentials = { accessKey: `try-${randomBytes(8).toString('hex')}`, secretKey: new Secret(randomBytes(24).toString('hex')) };
  const endpoint: S3Endpoint = { url: `https://${address}`, ca: running.ca, credentials };
  const folder = await mkdtemp(secondFolder);
  let server: Server | undefined;
  try {
    await noteOwner(folder);
    const kms = [...readEnvironment((await access.folder.read(environmentFile)) ?? '')].filter(([name]) => name.startsWith('MINIO_KMS_'));
    const environment = {
      ...Object.fromEntries(kms),
      MINIO_ROOT_USER: credentials.accessKey,
      MINIO_ROOT_PASSWORD: credentials.secretKey.reveal(),
      MINIO_KMS_AUTO_ENCRYPTION: autoEncryption ? 'on' : 'off',
    };
    const args = ['server', '--certs-dir', access.folder.path('minio/certs'), '--address', address, join(folder, 'data')];
    const child = await startKept({ folder, binary: await access.servers.binary('minio'), args, env: environment, log: 'minio.log' });
    try {
      const onServer = async (seen: Server): Promise<void> => {
        server = seen;
        await noteOwner(folder, seen);
      };
      await waitReady(endpoint, folder, onServer, signal);
      return await use(endpoint);
    } finally {
      await child.end();
    }
  } finally {
    // Where the shell that keeps it was killed alone.
    if (server) await endProcess(server);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function waitReady(
  endpoint: S3Endpoint,
  folder: string,
  onServer: (server: Server) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const admin = createMinioAdmin(endpoint);
  const s3 = createS3(endpoint);
  const since = Date.now();
  let noted = false;
  try {
    for (;;) {
      const server = await serverOf(folder);
      if (server && server !== 'gone' && !noted) {
        await onServer(server);
        noted = true;
      }
      const ready = await admin.ready(signal, 5_000).catch(() => undefined);
      if (ready?.ready && (await takesRequests(s3))) return;
      if (signal.aborted) throw new AppError('cancelled');
      const passed = Date.now() - since;
      if (passed > readyMs || server === 'gone') {
        const lines = (await readFile(join(folder, 'minio.log'), 'utf8').catch(() => '')).trim().split('\n').slice(-5).join('\n');
        throw new AppError('bucketSecondSilent', { seconds: Math.ceil(passed / 1000), lines: lines.slice(0, 600) });
      }
      await pause(100, signal);
    }
  } finally {
    await Promise.all([admin.close(), s3.close()]);
  }
}
