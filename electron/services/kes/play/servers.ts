import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { playSandbox } from '../../../../shared/publicIdentities.ts';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import { createMinioAdmin } from '../../../clients/minioAdmin/adminClient.ts';
import { createS3 } from '../../../clients/s3/s3Client.ts';
import type { S3Endpoint } from '../../../clients/s3/signedClient.ts';
import { takesRequests } from '../../../clients/s3/takesRequests.ts';
import { pause } from '../../../jobs/pause.ts';
import { writeFileAtomic } from '../../../platform/atomicFile.ts';
import { startKept } from '../../../platform/keptChild.ts';
import { freePort } from '../../../platform/ports.ts';
import type { KesKeysDeps } from '../keys/deps.ts';

const readyMs = 30_000;

/** A server of a try: it ends with the engine, and its folder with it. */
export interface PlayServer {
  end(): Promise<void>;
}

type SelfSigned = KesKeysDeps['selfSigned'];

/** A KES of its own on this machine whose one administrator is the identity that everybody has. */
export async function startPlayKes(
  root: string,
  binary: string,
  identity: string,
  selfSigned: SelfSigned,
): Promise<PlayServer & { url: string; ca: string[] }> {
  const folder = join(root, 'kes');
  await mkdir(folder, { mode: 0o700 });
  const cert = await writeCertificate(folder, 'kes.crt', 'kes.key', selfSigned);
  const address = `127.0.0.1:${await freePort()}`;
  const config = {
    version: 'v1',
    address,
    admin: { identity },
    tls: { key: join(folder, 'kes.key'), cert: join(folder, 'kes.crt'), auth: 'off' },
    cache: { expiry: { any: '5s', unused: '5s' } },
    log: { error: 'on', audit: 'on' },
    keystore: { fs: { path: join(folder, 'keys') } },
  };
  // YAML is a superset of JSON.
  await writeFileAtomic(join(folder, 'kes.yaml'), JSON.stringify(config), 0o600);
  const args = ['server', '--config', join(folder, 'kes.yaml')];
  return { ...(await startKept({ folder, binary, args, env: {}, log: 'kes.log' })), url: `https://${address}`, ca: [cert] };
}

/** A MinIO of its own, with an empty folder and a root of its own, that gets its keys from that KES. `ca`: none, the system's roots. */
export async function startPlayMinio(
  root: string,
  binary: string,
  kes: { url: string; ca: readonly string[] | undefined; key: string },
  selfSigned: SelfSigned,
): Promise<PlayServer & { endpoint: S3Endpoint; data: string; log(): Promise<string> }> {
  const folder = join(root, 'minio');
  await mkdir(join(folder, 'certs'), { recursive: true, mode: 0o700 });
  const cert = await writeCertificate(join(folder, 'certs'), 'public.crt', 'private.key', selfSigned);
  if (kes.ca) await writeFileAtomic(join(folder, 'kes-ca.crt'), kes.ca.join('\n'), 0o600);
  const address = `127.0.0.1:${await freePort()}`;
  const credentials = { accessKey: `play-${randomBytes(8).toString('hex')}`, secretKey: new Secret(randomBytes(24).toString('hex')) };
  const data = join(folder, 'data');
  const server = await startKept({
    folder,
    binary,
    args: ['server', '--certs-dir', join(folder, 'certs'), '--address', address, data],
    env: {
      MINIO_ROOT_USER: credentials.accessKey,
      MINIO_ROOT_PASSWORD: credentials.secretKey.reveal(),
      MINIO_BROWSER: 'off',
      MINIO_KMS_KES_ENDPOINT: kes.url,
      MINIO_KMS_KES_API_KEY: playSandbox.apiKey,
      MINIO_KMS_KES_KEY_NAME: kes.key,
      ...(kes.ca ? { MINIO_KMS_KES_CAPATH: join(folder, 'kes-ca.crt') } : {}),
    },
    log: 'minio.log',
  });
  const log = async (): Promise<string> =>
    (await readFile(join(folder, 'minio.log'), 'utf8').catch(() => '')).trim().split('\n').slice(-4).join('\n').slice(0, 600);
  return { ...server, endpoint: { url: `https://${address}`, ca: [cert], credentials }, data, log };
}

/** Asks again until a server says what it should. Throws `kesPlaySilent` with the end of its log. */
export async function untilReady(
  what: string,
  ask: () => Promise<boolean>,
  log: () => Promise<string>,
  signal: AbortSignal,
): Promise<void> {
  const end = Date.now() + readyMs;
  for (;;) {
    const ready = await ask().catch((error: unknown) => {
      if (isAppError(error)) return false;
      throw error;
    });
    if (ready) return;
    signal.throwIfAborted();
    if (Date.now() > end) throw new AppError('kesPlaySilent', { what, seconds: readyMs / 1000, lines: await log() });
    await pause(100, signal);
  }
}

/** Whether that MinIO takes requests; it makes a data key with its KES before it does. */
export async function minioReady(endpoint: S3Endpoint): Promise<boolean> {
  const [admin, s3] = [createMinioAdmin(endpoint), createS3(endpoint)];
  try {
    return (await admin.ready(undefined, 5_000)).ready && (await takesRequests(s3));
  } finally {
    await Promise.all([admin.close(), s3.close()]);
  }
}

async function writeCertificate(folder: string, certName: string, keyName: string, selfSigned: SelfSigned): Promise<string> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const cert = selfSigned('server', new Secret(key), 'sealdeck try');
  await writeFileAtomic(join(folder, keyName), key, 0o600);
  await writeFileAtomic(join(folder, certName), cert, 0o600);
  return cert;
}
