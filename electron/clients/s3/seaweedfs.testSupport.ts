import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureServers } from '../../../servers/get.ts';
import { Secret } from '../../../shared/secret.ts';
import { freePort } from '../../platform/ports.ts';
import { makeTestIdentity, waitUntil } from '../kes/kes.testSupport.ts';
import { createSignedClient, type S3Endpoint } from './signedClient.ts';

/** For tests: a real S3 server that is not MinIO, over TLS, all of it on 127.0.0.1. */
export async function startSeaweedfs(): Promise<{ endpoint: S3Endpoint; stop(): Promise<void> }> {
  const { seaweedfs } = await ensureServers(['seaweedfs']);
  const folder = await mkdtemp(join(tmpdir(), 'sealdeck-weed-'));
  const { cert, key } = await makeTestIdentity('server');
  await writeFile(join(folder, 's3.crt'), cert);
  await writeFile(join(folder, 's3.key'), key.reveal(), { mode: 0o600 });
  const credentials = [{ accessKey: 'weed-user', secretKey: 'weed-password' }];
  await writeFile(
    join(folder, 's3.json'),
    JSON.stringify({ identities: [{ name: 'root', credentials, actions: ['Admin', 'Read', 'Write', 'List', 'Tagging'] }] }),
  );
  const port = await freePort();
  const ports: string[] = [];
  // The port of gRPC would be one 10,000 above, which may not exist.
  for (const part of ['master', 'volume', 'filer'])
    ports.push(`-${part}.port=${await freePort()}`, `-${part}.port.grpc=${await freePort()}`);
  const weed = spawn(
    seaweedfs,
    [
      ...[
        'server',
        '-ip=127.0.0.1',
        '-ip.bind=127.0.0.1',
        `-dir=${folder}`,
        '-s3',
        `-s3.port=${port}`,
        `-s3.port.grpc=${await freePort()}`,
      ],
      ...[`-s3.config=${join(folder, 's3.json')}`, `-s3.cert.file=${join(folder, 's3.crt')}`, `-s3.key.file=${join(folder, 's3.key')}`],
      ...['-s3.port.iceberg=0', '-s3.port.lance=0', '-master.volumeSizeLimitMB=64', '-volume.max=20', '-volume.preStopSeconds=0', ...ports],
      ...[`-filer.localSocket=${join(folder, 'filer.sock')}`, `-s3.localSocket=${join(folder, 's3.sock')}`],
    ],
    { stdio: 'ignore', env: { HOME: folder, WEED_S3_SSE_KEY: 'test' }, cwd: folder },
  );
  const ended = once(weed, 'exit');
  const stop = async (): Promise<void> => {
    // Asked kindly it takes long to say good-bye to its own parts.
    weed.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const endpoint: S3Endpoint = {
    url: `https://127.0.0.1:${port}`,
    ca: [cert],
    credentials: { accessKey: 'weed-user', secretKey: new Secret('weed-password') },
  };
  const client = createSignedClient(endpoint);
  try {
    await waitUntil(async () => (await client.ask({ method: 'PUT', path: ['ready'] })).status === 200, 60_000);
    await waitUntil(async () => (await client.ask({ method: 'PUT', path: ['ready', 'x'], body: 'x' })).status === 200, 60_000);
  } catch (error) {
    await stop();
    throw error;
  } finally {
    await client.close();
  }
  return { endpoint, stop };
}
