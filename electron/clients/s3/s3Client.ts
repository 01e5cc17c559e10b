import { Agent } from 'node:https';
import { type Readable, Transform } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import type { BucketRule } from '../../../shared/minio.ts';
import type { ObjectState } from '../../../shared/objects.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { signatureAlgorithms } from '../../platform/tlsErrors.ts';
import { readBucketRule, writeBucketRule } from './bucketRule.ts';
import { readRefusal, refused, sdkFailure } from './failures.ts';
import { type ListingPage, type ListOptions, listObjects } from './listObjects.ts';
import { stateFromHeaders, stateFromRefusal } from './objectState.ts';
import { createSignedClient, isRefusal, type S3Endpoint } from './signedClient.ts';

export interface ObjectHead {
  /** Plaintext size; absent for SSE-C, whose HEAD needs the customer's key. */
  size?: number;
  etag?: string;
  modifiedAt?: string;
  contentType?: string;
  encryption: ObjectState;
}

export interface PutOptions {
  /** Bytes. The upload fails with `uploadCutShort` when the body has another number. */
  length: number;
  /** Absent: what the bucket's rule says. */
  sse?: { kind: 'sse-s3' } | { kind: 'sse-kms'; key: string };
  contentType?: string;
  signal?: AbortSignal;
  onProgress?(bytes: number): void;
}

export interface S3 {
  readonly host: string;
  putObject(bucket: string, key: string, body: Readable, options: PutOptions): Promise<void>;
  /** The body must be read to its end or destroyed. A refusal throws its code: `kmsKeyNotFound`, `kmsUnavailable`, … */
  getObject(
    bucket: string,
    key: string,
    options?: { range?: string; signal?: AbortSignal },
  ): Promise<{ status: number; headers: Record<string, string>; body: Readable }>;
  /** Throws `objectMissing`; states that are answered by a refusal (SSE-C, damaged, no permission) are results. */
  headObject(bucket: string, key: string, signal?: AbortSignal): Promise<ObjectHead>;
  deleteObject(bucket: string, key: string): Promise<void>;
  /** What a bucket with versions keeps of one key: versions and markers. A locked one throws, and stays. */
  deleteVersions(bucket: string, key: string): Promise<void>;
  listObjects(bucket: string, options?: ListOptions): Promise<ListingPage>;
  listBuckets(): Promise<{ name: string; createdAt?: string }[]>;
  bucketExists(bucket: string): Promise<boolean>;
  /** Throws `bucketNameTaken`, also when the bucket is one's own. */
  createBucket(bucket: string): Promise<void>;
  /** The rule and the server's XML. `none`: there is no rule. */
  bucketRule(bucket: string): Promise<{ rule: BucketRule; raw: string }>;
  setBucketRule(bucket: string, rule: BucketRule): Promise<void>;
  /** `off`: it never was on. */
  bucketVersioning(bucket: string): Promise<'off' | 'on' | 'suspended'>;
  close(): Promise<void>;
}

/**
 * S3 of one node. Writing goes through the SDK. Reads and rules are signed requests of our own: the SDK takes MinIO's 206
 * with an error inside for an answer, and hides the headers that explain a refused HEAD.
 */
export function createS3(endpoint: S3Endpoint): S3 {
  const raw = createSignedClient(endpoint);
  let opened: Promise<S3Client> | undefined;

  async function sdk<T>(where: string, use: (client: S3Client, sdk: typeof import('@aws-sdk/client-s3')) => Promise<T>): Promise<T> {
    const module = await import('@aws-sdk/client-s3');
    opened ??= openSdk(endpoint);
    try {
      return await use(await opened, module);
    } catch (error) {
      throw sdkFailure(error, raw.host, where);
    }
  }

  return {
    host: raw.host,

    putObject(bucket, key, body, { length, sse, contentType, signal, onProgress }) {
      const stop = new AbortController();
      const counted = body.pipe(countBytes(length, onProgress));
      let cut: unknown;
      // The SDK does not watch its body: without this a broken file would leave the request open.
      for (const stream of [body, counted])
        stream.once('error', (error) => {
          cut ??= error;
          stop.abort();
        });
      return sdk(`${bucket}/${key}`, async (client, { PutObjectCommand }) => {
        const command = new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: counted,
          ContentLength: length,
          ...(contentType === undefined ? {} : { ContentType: contentType }),
          ...(sse?.kind === 'sse-s3' ? { ServerSideEncryption: 'AES256' as const } : {}),
          ...(sse?.kind === 'sse-kms' ? { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: sse.key } : {}),
        });
        try {
          await client.send(command, { abortSignal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal });
        } catch (error) {
          if (signal?.aborted) throw new AppError('cancelled', {}, { cause: error });
          throw cut ?? error;
        } finally {
          body.destroy();
          counted.destroy();
        }
      });
    },

    async getObject(bucket, key, { range, signal } = {}) {
      const answer = await raw.stream({
        method: 'GET',
        path: [bucket, key],
        headers: range === undefined ? {} : { range },
        ...(signal ? { signal } : {}),
      });
      if (!isRefusal(answer.status, answer.headers)) return answer;
      let text = '';
      for await (const part of answer.body) if (text.length < 10_000) text += String(part);
      throw refused(readRefusal(answer.status, answer.headers, text, `${bucket}/${key}`));
    },

    async headObject(bucket, key, signal) {
      const { status, headers } = await raw.ask({ method: 'HEAD', path: [bucket, key], ...(signal ? { signal } : {}) });
      if (isRefusal(status, headers)) {
        const refusal = readRefusal(status, headers, '', `${bucket}/${key}`);
        const encryption = stateFromRefusal(refusal, key);
        if (encryption) return { encryption };
        throw refused(refusal);
      }
      const { etag, 'last-modified': modified, 'content-type': contentType } = headers;
      return {
        size: Number(headers['content-length'] ?? 0),
        encryption: stateFromHeaders(headers),
        ...(etag === undefined ? {} : { etag }),
        ...(modified === undefined ? {} : { modifiedAt: new Date(modified).toISOString() }),
        ...(contentType === undefined ? {} : { contentType }),
      };
    },

    deleteObject: (bucket, key) =>
      sdk(`${bucket}/${key}`, async (client, { DeleteObjectCommand }) => {
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
      }),

    deleteVersions: (bucket, key) =>
      sdk(`${bucket}/${key}`, async (client, { DeleteObjectCommand, ListObjectVersionsCommand }) => {
        const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key }));
        for (const { Key, VersionId } of [...Versions, ...DeleteMarkers])
          if (Key === key && VersionId !== undefined) await client.send(new DeleteObjectCommand({ Bucket: bucket, Key, VersionId }));
      }),

    listObjects: (bucket, options) => listObjects(raw, bucket, options),

    listBuckets: () =>
      sdk('', async (client, { ListBucketsCommand }) => {
        const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
        return Buckets.flatMap(({ Name, CreationDate }) =>
          Name === undefined ? [] : [{ name: Name, ...(CreationDate ? { createdAt: CreationDate.toISOString() } : {}) }],
        );
      }),

    async bucketExists(bucket) {
      const { status, headers } = await raw.ask({ method: 'HEAD', path: [bucket] });
      if (status === 404) return false;
      if (isRefusal(status, headers)) throw refused(readRefusal(status, headers, '', bucket));
      return true;
    },

    createBucket: (bucket) =>
      sdk(bucket, async (client, { CreateBucketCommand }) => {
        await client.send(new CreateBucketCommand({ Bucket: bucket }));
      }),

    async bucketRule(bucket) {
      const answer = await raw.ask({ method: 'GET', path: [bucket], query: { encryption: '' } });
      if (!isRefusal(answer.status, answer.headers)) return { rule: readBucketRule(answer.text(), raw.host), raw: answer.text() };
      const refusal = readRefusal(answer.status, answer.headers, answer.text(), bucket);
      if (refusal.code === 'ServerSideEncryptionConfigurationNotFoundError') return { rule: { kind: 'none' }, raw: refusal.code };
      throw refused(refusal);
    },

    async setBucketRule(bucket, rule) {
      const query = { encryption: '' };
      if (rule.kind === 'none') await raw.demand({ method: 'DELETE', path: [bucket], query });
      else await raw.demand({ method: 'PUT', path: [bucket], query, body: writeBucketRule(rule) });
    },

    async bucketVersioning(bucket) {
      const xml = (await raw.demand({ method: 'GET', path: [bucket], query: { versioning: '' } })).text();
      const status = /<Status>([^<]*)<\/Status>/.exec(xml)?.[1];
      if (status === 'Enabled') return 'on';
      return status === 'Suspended' ? 'suspended' : 'off';
    },

    async close() {
      await raw.close();
      (await opened?.catch(() => undefined))?.destroy();
    },
  };
}

async function openSdk({ url, ca, credentials }: S3Endpoint): Promise<S3Client> {
  const [{ S3Client }, { NodeHttpHandler }] = await Promise.all([import('@aws-sdk/client-s3'), import('@smithy/node-http-handler')]);
  return new S3Client({
    endpoint: url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: {
      accessKeyId: credentials.accessKey,
      secretAccessKey: credentials.secretKey.reveal(),
      ...(credentials.sessionToken ? { sessionToken: credentials.sessionToken.reveal() } : {}),
    },
    maxAttempts: 2,
    // Without a logger the SDK prints its remarks to the console.
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    // Older servers and proxies refuse the SDK's own framing of streams, or store it (libraries.md 4).
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: new NodeHttpHandler({
      httpsAgent: new Agent({
        keepAlive: true,
        maxSockets: 16,
        ca: [...ca],
        allowPartialTrustChain: true,
        sigalgs: signatureAlgorithms,
        minVersion: 'TLSv1.2',
      }),
      connectionTimeout: 5_000,
      socketTimeout: 60_000,
    }),
  });
}

function silent(): void {}

function countBytes(length: number, onProgress: ((bytes: number) => void) | undefined): Transform {
  let sent = 0;
  const cutShort = (): AppError => new AppError('uploadCutShort', { expected: length, got: sent });
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sent += chunk.length;
      onProgress?.(sent);
      done(sent > length ? cutShort() : null, chunk);
    },
    flush: (done) => done(sent === length ? null : cutShort()),
  });
}
