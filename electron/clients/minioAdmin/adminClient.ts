import { z } from 'zod';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { readRefusal } from '../s3/failures.ts';
import { createSignedClient, type S3Endpoint } from '../s3/signedClient.ts';
import { requestsInFlight } from './inFlight.ts';

const kmsKeys = z.array(z.object({ name: z.string() })).nullable();
const kmsStatus = z.object({
  name: z.string().default(''),
  'default-key-id': z.string().default(''),
  endpoints: z.record(z.string(), z.string()).nullish(),
});
const keyStatus = z.object({
  'key-id': z.string().default(''),
  'encryption-error': z.string().optional(),
  'decryption-error': z.string().optional(),
});
/** The admin client of MinIO names them `kes_…`, the server `kms_…` (minio.md 5.5). */
const kmsMetrics = z.record(z.string(), z.unknown()).transform((all) => {
  const of = (name: string): number => Number(all[`kms_req_${name}`] ?? all[`kes_req_${name}`] ?? 0) || 0;
  return { success: of('success'), error: of('error'), failure: of('failure') };
});
const serverInfo = z.object({
  mode: z.string().default(''),
  servers: z
    .array(
      z.object({
        state: z.string().default(''),
        endpoint: z.string().default(''),
        /** Seconds; the server leaves out 0. */
        uptime: z.number().default(0),
        version: z.string().default(''),
        minio_env_vars: z.record(z.string(), z.string()).nullish(),
      }),
    )
    .nullish(),
});
const accountInfo = z.looseObject({ AccountName: z.string().default(''), Policy: z.unknown().optional() });
const dataUsage = z.object({
  lastUpdate: z.string().default(''),
  bucketsUsageInfo: z
    .record(
      z.string(),
      z.object({
        size: z.number().default(0),
        objectsCount: z.number().default(0),
        versionsCount: z.number().default(0),
        deleteMarkersCount: z.number().default(0),
      }),
    )
    .nullish(),
});
const bucketQuota = z.object({ quota: z.number().default(0), size: z.number().default(0) });
const siteMetadata = z.object({
  Buckets: z.record(z.string(), z.object({ sseConfig: z.string().nullish(), sseTimestamp: z.string().optional() })).nullish(),
});
const restartAnswer = z.object({ results: z.array(z.object({ host: z.string().optional(), err: z.string().optional() })).nullish() });

export interface KmsStatus {
  name: string;
  defaultKey: string;
  endpoints: { url: string; online: boolean }[];
  raw: string;
}

/** `error` is absent only when the server made a data key with this key and opened it again. */
export interface KeyStatus {
  key: string;
  error?: string;
  encryptionError?: string;
  decryptionError?: string;
  raw: string;
}

export interface AdminNode {
  endpoint: string;
  uptimeSeconds: number;
  version: string;
  /** Every `MINIO…` variable of the process; secret values come redacted. */
  environment: Record<string, string>;
}

export interface DataUsage {
  /** ISO time of the scanner's last word. */
  at: string;
  buckets: Map<string, { objects: number; bytes: number; versions: number; deleteMarkers: number }>;
}

/** MinIO's admin API (minio.md 5). Refusals throw the same codes as S3's. */
export interface MinioAdmin {
  readonly host: string;
  /** `/minio/health/ready`, anonymous: fails while the KMS does not make a data key. */
  ready(signal?: AbortSignal, timeoutMs?: number): Promise<{ ready: boolean; status: number; code: string }>;
  kmsStatus(): Promise<KmsStatus>;
  /** An operation with a real key, through KES and the key store. */
  keyStatus(key: string): Promise<KeyStatus>;
  /** Names of all keys that MinIO's identity may list. A static key is listed alone; without rights KES refuses. */
  kmsKeys(): Promise<string[]>;
  /** Requests of this MinIO to its key manager since its start: answered, refused (4xx), failed (5xx). */
  kmsMetrics(): Promise<{ success: number; error: number; failure: number }>;
  /** One of MinIO's own questions to its key manager, with its own identity there. Throws what either of them refuses. */
  askKms(route: 'list' | 'apis' | 'metrics'): Promise<void>;
  nodes(): Promise<AdminNode[]>;
  /** S3 requests that are being worked on now, by operation. Needs `admin:Prometheus`. */
  inFlight(): Promise<ReadonlyMap<string, number>>;
  /**
   * What MinIO's scanner counted; it may lag by hours. `versions` counts current ones and delete markers too. Undefined: it
   * never ran. Needs `admin:DataUsageInfo`.
   */
  usage(): Promise<DataUsage | undefined>;
  /** Bytes that a bucket may hold; 0: as many as there is room for. Needs `admin:GetBucketQuota`. */
  quota(bucket: string): Promise<number>;
  /**
   * When each bucket's encryption rule was last written, ISO times. MinIO tells it only while site replication is on
   * (cmd/site-replication.go): otherwise the answer is empty. Needs `admin:SiteReplicationInfo`.
   */
  ruleTimes(): Promise<Map<string, string>>;
  /** Whose credential this is; any valid one may ask. `policy`: its rights as JSON, without those of a service account itself. */
  account(): Promise<{ name: string; policy: unknown }>;
  /**
   * Whether the users are loaded. A server that cannot open them holds this call back for ever, while its health is green.
   * The list itself is sealed; only that it came is told.
   */
  usersLoaded(): Promise<boolean>;
  /** Answers before it restarts: wait for readiness and a smaller uptime. Never when the KMS does not answer (minio.md 2.4). */
  restart(): Promise<void>;
  close(): Promise<void>;
}

const readyPath = ['minio', 'health', 'ready'];

export function createMinioAdmin(endpoint: S3Endpoint): MinioAdmin {
  const client = createSignedClient(endpoint);

  async function read<S extends z.ZodType>(
    schema: S,
    path: string[],
    query?: Record<string, string>,
  ): Promise<{ value: z.output<S>; raw: string }> {
    const answer = await client.demand({ method: 'GET', path: ['minio', ...path], ...(query ? { query } : {}), timeoutMs: 30_000 });
    const raw = answer.text();
    return { value: parse(schema, raw, client.host), raw };
  }

  return {
    host: client.host,

    async ready(signal, timeoutMs) {
      const answer = await client.ask({
        method: 'GET',
        path: readyPath,
        anonymous: true,
        ...(signal ? { signal } : {}),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      });
      if (answer.status === 200) return { ready: true, status: 200, code: '200' };
      const { status, code } = readRefusal(answer.status, answer.headers, answer.text(), readyPath.join('/'));
      return { ready: false, status, code };
    },

    async kmsStatus() {
      const { value, raw } = await read(kmsStatus, ['kms', 'v1', 'status']);
      const endpoints = Object.entries(value.endpoints ?? {}).map(([url, state]) => ({ url, online: state === 'online' }));
      return { name: value.name, defaultKey: value['default-key-id'], endpoints, raw };
    },

    async keyStatus(key) {
      const { value, raw } = await read(keyStatus, ['kms', 'v1', 'key', 'status'], { 'key-id': key });
      const { 'encryption-error': encryptionError, 'decryption-error': decryptionError } = value;
      const error = encryptionError || decryptionError;
      return {
        key: value['key-id'],
        raw,
        ...(error ? { error } : {}),
        ...(encryptionError ? { encryptionError } : {}),
        ...(decryptionError ? { decryptionError } : {}),
      };
    },

    async kmsKeys() {
      const { value } = await read(kmsKeys, ['kms', 'v1', 'key', 'list'], { pattern: '*' });
      return (value ?? []).map(({ name }) => name);
    },

    kmsMetrics: async () => (await read(kmsMetrics, ['kms', 'v1', 'metrics'])).value,

    async askKms(route) {
      const path = ['kms', 'v1', ...(route === 'list' ? ['key', 'list'] : [route])];
      await read(z.unknown(), path, route === 'list' ? { pattern: '*' } : undefined);
    },

    async nodes() {
      const { value } = await read(serverInfo, ['admin', 'v3', 'info']);
      return (value.servers ?? []).map(({ endpoint: at, uptime, version, minio_env_vars }) => ({
        endpoint: at,
        uptimeSeconds: uptime,
        version,
        environment: minio_env_vars ?? {},
      }));
    },

    inFlight: () => requestsInFlight(client, endpoint),

    async usage() {
      const { value } = await read(dataUsage, ['admin', 'v3', 'datausageinfo']);
      const at = Date.parse(value.lastUpdate);
      // Go's zero time: the scanner has not been through yet.
      if (!(at > 0)) return undefined;
      const buckets = Object.entries(value.bucketsUsageInfo ?? {}).map(
        ([name, { size, objectsCount, versionsCount, deleteMarkersCount }]) =>
          [name, { objects: objectsCount, bytes: size, versions: versionsCount, deleteMarkers: deleteMarkersCount }] as const,
      );
      return { at: new Date(at).toISOString(), buckets: new Map(buckets) };
    },

    async quota(bucket) {
      const { value } = await read(bucketQuota, ['admin', 'v3', 'get-bucket-quota'], { bucket });
      // `size` since 2024, `quota` before; both say the same.
      return value.size || value.quota;
    },

    async ruleTimes() {
      const { value } = await read(siteMetadata, ['admin', 'v3', 'site-replication', 'metainfo'], { buckets: 'true' });
      const times = Object.entries(value.Buckets ?? {}).flatMap(([bucket, { sseConfig, sseTimestamp = '' }]) => {
        const at = Date.parse(sseTimestamp);
        return sseConfig && at > 0 ? [[bucket, new Date(at).toISOString()] as const] : [];
      });
      return new Map(times);
    },

    async account() {
      const { value } = await read(accountInfo, ['admin', 'v3', 'accountinfo']);
      return { name: value.AccountName, policy: value.Policy };
    },

    async usersLoaded() {
      try {
        await client.demand({ method: 'GET', path: ['minio', 'admin', 'v3', 'list-users'], timeoutMs: 8_000 });
        return true;
      } catch (error) {
        if (isAppError(error, 'networkTimeout') || isAppError(error, 'minioNotReady')) return false;
        throw error;
      }
    },

    async restart() {
      const answer = await client.demand({
        method: 'POST',
        path: ['minio', 'admin', 'v3', 'service'],
        query: { action: 'restart', type: '2' },
      });
      // Servers that do not know `type` answer with an empty body (minio.md 5.3).
      if (answer.body.length === 0) return;
      const failed = parse(restartAnswer, answer.text(), client.host).results?.find((result) => result.err);
      if (failed) throw new AppError('minioRestartFailed', { host: failed.host ?? client.host, reason: failed.err ?? '' });
    },

    close: () => client.close(),
  };
}

function parse<S extends z.ZodType>(schema: S, raw: string, host: string): z.output<S> {
  try {
    return schema.parse(JSON.parse(raw));
  } catch (error) {
    throw new AppError('answerNotUnderstood', { host, reason: 'the admin API gave another form' }, { cause: error });
  }
}
