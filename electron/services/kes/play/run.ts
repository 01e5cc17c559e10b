import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { PlayRun } from '../../../../shared/kesKeys.ts';
import { playSandbox } from '../../../../shared/publicIdentities.ts';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import { say } from '../../../../shared/text.ts';
import { keyOfApiKey } from '../../../clients/kes/apiKey.ts';
import { createKesClient, type KesClient } from '../../../clients/kes/client.ts';
import { createS3, type S3 } from '../../../clients/s3/s3Client.ts';
import { createSignedClient, type S3Endpoint, type SignedClient } from '../../../clients/s3/signedClient.ts';
import { systemRoots } from '../../../clients/trust.ts';
import { seen } from '../../../jobs/evidence.ts';
import type { KesKeysDeps } from '../keys/deps.ts';
import { minioReady, type PlayServer, startPlayKes, startPlayMinio, untilReady } from './servers.ts';

/** What a try holds in memory while its engine lives. */
export interface Live {
  servers: PlayServer[];
  kes?: { url: string; ca: readonly string[] };
  s3?: S3Endpoint;
}

/** The KES that everybody may use. `ca`: what its certificate comes from, where that is none of the system's roots. */
export interface Sandbox {
  url: string;
  ca?: readonly string[];
}

export interface PlayParts {
  folder: string;
  sandbox: Sandbox;
  binaries: { kes: string; minio: string };
  selfSigned: KesKeysDeps['selfSigned'];
  /** Shown and kept at once. */
  tell(evidence: Evidence): Promise<void>;
}

const reached = ({ url, ca = systemRoots() }: Sandbox): { url: string; ca: readonly string[] } => ({ url, ca });

/** The key pair that everybody has. */
export function publicKeyPair(): { key: Secret; hash: string } {
  const pair = keyOfApiKey(new Secret(playSandbox.apiKey));
  if (!pair) throw new Error('the published API key is none');
  return pair;
}

/** A client for KES with the public identity. The certificate is made anew: the published one ended, its key did not. */
export function asEverybody(kes: { url: string; ca: readonly string[] }, selfSigned: KesKeysDeps['selfSigned']): KesClient {
  const { key, hash } = publicKeyPair();
  return createKesClient({ ...kes, cert: selfSigned('client', key, hash), key });
}

/**
 * The page's SSE-S3 walk with a key and a bucket that only this run has: key, MinIO, bucket rule, object, state, bytes read back. Throws
 * `kesPlayUnreachable` where the sandbox is out of reach; nothing was made then.
 */
export async function tryPlay(run: PlayRun, live: Live, parts: PlayParts, signal: AbortSignal): Promise<void> {
  const { folder, binaries, sandbox, selfSigned, tell } = parts;
  if (run.where === 'here') {
    const server = await startPlayKes(folder, binaries.kes, run.identity, selfSigned);
    live.servers.push(server);
    live.kes = { url: server.url, ca: server.ca };
    run.endpoint = server.url;
  } else {
    live.kes = reached(sandbox);
  }
  await withKesOf(live, selfSigned, async (kes) => {
    if (run.where === 'here')
      await untilReady(
        'KES',
        async () => (await kes.version()) !== '',
        async () => '',
        signal,
      );
    const version = await kes.version().catch((error: unknown) => {
      if (isAppError(error))
        throw new AppError('kesPlayUnreachable', { host: new URL(run.endpoint).host, reason: error.details.reason ?? error.code });
      throw error;
    });
    await tell(seen('kes', say('kesPlayAnswers', { url: run.endpoint }), version));
    await kes.createKey(run.key);
    await tell(seen('kes', say('kesPlayKey', { key: run.key }), '200', 'warn'));
  });
  const ca = run.where === 'here' ? live.kes.ca : sandbox.ca;
  const minio = await startPlayMinio(folder, binaries.minio, { url: run.endpoint, ca, key: run.key }, selfSigned);
  live.servers.push(minio);
  live.s3 = minio.endpoint;
  await untilReady('MinIO', () => minioReady(minio.endpoint), minio.log, signal);
  await tell(seen('minio', say('kesPlayMinio', { url: minio.endpoint.url }), '200'));
  await withS3Of(live, async (s3) => {
    await s3.createBucket(run.bucket);
    await s3.setBucketRule(run.bucket, { kind: 'sse-s3' });
    const { rule } = await s3.bucketRule(run.bucket);
    if (rule.kind !== 'sse-s3') throw new AppError('kesPlayDiffers', { what: 'rule' });
    await tell(seen('minio', say('kesPlayBucket', { bucket: run.bucket }), 'AES256'));
    const content = Buffer.from(`sealdeck try ${randomBytes(12).toString('hex')}`);
    await s3.putObject(run.bucket, run.object, Readable.from([content]), { length: content.length, contentType: 'text/plain', signal });
    const { encryption } = await s3.headObject(run.bucket, run.object, signal);
    if (encryption.state !== 'sse-s3') throw new AppError('kesPlayDiffers', { what: encryption.state });
    await tell(seen('minio', say('kesPlayObject', { object: `${run.bucket}/${run.object}` }), 'SSE-S3'));
    const { body } = await s3.getObject(run.bucket, run.object, { signal });
    const read: Buffer[] = [];
    for await (const part of body) read.push(Buffer.from(part as Uint8Array));
    if (!Buffer.concat(read).equals(content)) throw new AppError('kesPlayDiffers', { what: 'bytes' });
    await tell(seen('minio', say('kesPlayRead'), '200'));
  });
}

/**
 * Removes everything of a try: object and bucket while its MinIO lives, the key, the servers, the folder. Returns what was seen to be
 * gone. Throws `kesPlayNotClean` when the key of a public KES could not be removed; the rest is gone then.
 */
export async function cleanPlay(
  run: PlayRun,
  live: Live,
  parts: Pick<PlayParts, 'folder' | 'sandbox' | 'selfSigned'>,
): Promise<Evidence[]> {
  const evidence: Evidence[] = [];
  if (live.s3) {
    // Their folder goes in any case: what cannot be deleted politely is deleted with it.
    const polite = await attempt(() =>
      withS3Of(live, async (s3, raw) => {
        await s3.deleteObject(run.bucket, run.object);
        await raw.demand({ method: 'DELETE', path: [run.bucket] });
      }),
    );
    if (polite === undefined) evidence.push(seen('minio', say('kesPlayBucketGone', { bucket: run.bucket }), '204'));
  }
  const kes = live.kes ?? (run.where === 'public' ? reached(parts.sandbox) : undefined);
  const failed = kes && (await attempt(() => removeKey(run, kes, parts.selfSigned)));
  for (const server of live.servers.toReversed()) await server.end();
  live.servers = [];
  await rm(parts.folder, { recursive: true, force: true, maxRetries: 5 });
  evidence.push(seen('sealdeck', say('kesPlayFolderGone'), undefined));
  if (failed !== undefined && run.where === 'public' && keyWasMade(run))
    throw new AppError('kesPlayNotClean', { host: new URL(run.endpoint).host, key: run.key, code: failed });
  if (kes && failed === undefined) evidence.push(seen('kes', say('kesPlayKeyGone', { key: run.key }), '404 key does not exist'));
  return evidence;
}

/** Whether the run got as far as its key. One that is cut off right at it may have made it: then it is tried too. */
function keyWasMade({ evidence }: PlayRun): boolean {
  return evidence.some(({ text }) => text.code === 'kesPlayAnswers');
}

async function removeKey(
  { key }: PlayRun,
  kes: { url: string; ca: readonly string[] },
  selfSigned: KesKeysDeps['selfSigned'],
): Promise<void> {
  const client = asEverybody(kes, selfSigned);
  try {
    await client.deleteKey(key).catch((error: unknown) => {
      if (!isAppError(error, 'kesKeyNotFound')) throw error;
    });
    if (await client.hasKey(key)) throw new AppError('kesKeyNotDeleted', { name: key, reason: '@kesNotDeletedUnknown' });
  } finally {
    await client.close();
  }
}

/** The code of what went wrong; undefined: nothing did. */
async function attempt(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
}

async function withKesOf<T>(live: Live, selfSigned: KesKeysDeps['selfSigned'], use: (kes: KesClient) => Promise<T>): Promise<T> {
  if (!live.kes) throw new Error('the KES of a try is not known');
  const kes = asEverybody(live.kes, selfSigned);
  return use(kes).finally(() => kes.close());
}

async function withS3Of<T>(live: Live, use: (s3: S3, raw: SignedClient) => Promise<T>): Promise<T> {
  if (!live.s3) throw new Error('the MinIO of a try is not known');
  const [s3, raw] = [createS3(live.s3), createSignedClient(live.s3)];
  return use(s3, raw).finally(() => Promise.all([s3.close(), raw.close()]));
}
