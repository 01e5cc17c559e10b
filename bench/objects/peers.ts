import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { S3Endpoint } from '../../electron/clients/s3/signedClient.ts';
import { ensureServers } from '../../servers/get.ts';
import { benchKey } from '../audit/servers.ts';

/** How objects are written: under the key of SSE-KMS, or as they are. */
export const kinds = ['sse-kms', 'plain'] as const;
export type Kind = (typeof kinds)[number];

/** Another program for the same work. All return the seconds from its start to its end, and throw what it said when it failed. */
export interface Peer {
  readonly name: string;
  /** Settings worth trying; the first one is its own default. */
  readonly tunings: { readonly file: readonly string[][]; readonly folder: readonly string[][]; readonly download: readonly string[][] };
  uploadFile(file: string, bucket: string, kind: Kind, tuning: readonly string[]): Promise<number>;
  uploadFolder(folder: string, bucket: string, kind: Kind, tuning: readonly string[]): Promise<number>;
  download(bucket: string, key: string, folder: string, tuning: readonly string[]): Promise<number>;
}

export interface Peers {
  readonly all: readonly Peer[];
  removeBucket(bucket: string): Promise<void>;
  /** All objects of a bucket copied onto themselves by mc, with its encryption flag. */
  encrypt(bucket: string): Promise<number>;
}

const untuned = { file: [[]], folder: [[]], download: [[]] };

/** mc, rclone and s5cmd, of `servers/`, with a server of ours. Credentials go by environment, the CA by `SSL_CERT_FILE`. */
export async function findPeers(folder: string, { url, credentials }: S3Endpoint, caFile: string): Promise<Peers> {
  const binaries = await ensureServers(['mc', 'rclone', 's5cmd']);
  const [user, password] = [credentials.accessKey, credentials.secretKey.reveal()];
  const home = join(folder, 'peers');
  await mkdir(home, { recursive: true });
  const base = { PATH: process.env.PATH, HOME: home, SSL_CERT_FILE: caFile };

  const mcEnv = { ...base, MC_CONFIG_DIR: join(home, 'mc'), MC_HOST_bench: `https://${user}:${password}@${new URL(url).host}` };
  const mc = (args: readonly string[]): Promise<number> => timedRun(binaries.mc, ['--quiet', ...args], mcEnv);
  const mcKind = (bucket: string, kind: Kind): string[] => (kind === 'plain' ? [] : ['--enc-kms', `bench/${bucket}=${benchKey}`]);

  const rcloneEnv = {
    ...base,
    RCLONE_CONFIG: join(home, 'no-rclone.conf'),
    RCLONE_CONFIG_BENCH_TYPE: 's3',
    RCLONE_CONFIG_BENCH_PROVIDER: 'Minio',
    RCLONE_CONFIG_BENCH_ENDPOINT: url,
    RCLONE_CONFIG_BENCH_ACCESS_KEY_ID: user,
    RCLONE_CONFIG_BENCH_SECRET_ACCESS_KEY: password,
  };
  const rclone = (args: readonly string[], kind: Kind = 'plain'): Promise<number> =>
    timedRun(binaries.rclone, [...args, ...(kind === 'plain' ? [] : rcloneKms)], rcloneEnv);
  const rcloneKms = ['--s3-server-side-encryption', 'aws:kms', '--s3-sse-kms-key-id', benchKey];
  // Nothing that it could leave out is asked of the server: no look whether it is there, no MD5 of the whole beforehand.
  const lean = ['--no-check-dest', '--s3-no-check-bucket', '--s3-no-head', '--s3-disable-checksum', '--ignore-checksum'];

  const s5Env = { ...base, AWS_ACCESS_KEY_ID: user, AWS_SECRET_ACCESS_KEY: password, AWS_REGION: 'us-east-1', S3_ENDPOINT_URL: url };
  const s5Kind = (kind: Kind): string[] => (kind === 'plain' ? [] : ['--sse', 'aws:kms', '--sse-kms-key-id', benchKey]);
  const s5cmd = (args: readonly string[]): Promise<number> => timedRun(binaries.s5cmd, ['--log', 'error', ...args], s5Env);

  return {
    removeBucket: async (bucket) => void (await mc(['rb', '--force', `bench/${bucket}`])),
    encrypt: (bucket) => mc(['cp', '-r', ...mcKind(bucket, 'sse-kms'), `bench/${bucket}/`, `bench/${bucket}/`]),
    all: [
      {
        name: 'mc cp',
        tunings: untuned,
        uploadFile: (file, bucket, kind) => mc(['cp', ...mcKind(bucket, kind), file, `bench/${bucket}/${basename(file)}`]),
        uploadFolder: (from, bucket, kind) => mc(['cp', '-r', ...mcKind(bucket, kind), `${from}/`, `bench/${bucket}/`]),
        download: (bucket, key, to) => mc(['cp', `bench/${bucket}/${key}`, join(to, key)]),
      },
      {
        name: 'rclone copy',
        tunings: {
          file: chunks([16, 32, 64], [4, 8]),
          folder: [8, 16, 32, 64].map((n) => ['--transfers', String(n), '--checkers', String(n)]),
          download: [1, 4, 8].map((n) => ['--multi-thread-streams', String(n), '--multi-thread-chunk-size', '64M']),
        },
        uploadFile: (file, bucket, kind, tuning) => rclone(['copy', ...lean, ...tuning, file, `bench:${bucket}`], kind),
        uploadFolder: (from, bucket, kind, tuning) => rclone(['copy', ...lean, ...tuning, from, `bench:${bucket}`], kind),
        // Without the flags of SSE-KMS it takes the ETag for an MD5 and refuses what it read.
        download: (bucket, key, to, tuning) => rclone(['copy', '--no-check-dest', ...tuning, `bench:${bucket}/${key}`, to], 'sse-kms'),
      },
      {
        name: 's5cmd cp',
        tunings: untuned,
        uploadFile: (file, bucket, kind) => s5cmd(['cp', ...s5Kind(kind), file, `s3://${bucket}/${basename(file)}`]),
        uploadFolder: (from, bucket, kind) => s5cmd(['cp', ...s5Kind(kind), `${from}/`, `s3://${bucket}/`]),
        download: (bucket, key, to) => s5cmd(['cp', `s3://${bucket}/${key}`, join(to, key)]),
      },
    ],
  };
}

function chunks(mebibytes: readonly number[], atOnce: readonly number[]): string[][] {
  return mebibytes.flatMap((size) => atOnce.map((n) => ['--s3-chunk-size', `${size}M`, '--s3-upload-concurrency', String(n)]));
}

async function timedRun(binary: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const begin = performance.now();
  const child = spawn(binary, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said = `${said}${chunk}`.slice(-2000)));
  const code = await new Promise<number | null>((done, failed) => child.once('close', done).once('error', failed));
  if (code !== 0) throw new Error(`${basename(binary)} ${args[0] ?? ''} ended with ${code}: ${said}`);
  return (performance.now() - begin) / 1000;
}
