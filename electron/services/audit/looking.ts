import { userInfo } from 'node:os';
import type { Audit, AuditScope } from '../../../shared/audit.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { createMinioAdmin, type DataUsage, type MinioAdmin } from '../../clients/minioAdmin/adminClient.ts';
import { createListingClient } from '../../clients/s3/listingClient.ts';
import { createS3, type S3 } from '../../clients/s3/s3Client.ts';
import type { S3Endpoint } from '../../clients/s3/signedClient.ts';
import { eachOf } from '../../platform/eachOf.ts';
import { probeMethod } from './reader/heads.ts';
import { ruleTimes } from './ruleSince.ts';
import type { BucketFacts, ReadOrder } from './work.ts';

/** What is known of a place before its objects are read. */
export interface Place {
  buckets: BucketFacts[];
  method: Audit['method'];
  usage: DataUsage | undefined;
  who: Audit['who'];
}

const atOnce = 8;

/**
 * Buckets with rule and versioning, what MinIO's scanner counted, and whose credential asks. Parts that may not be asked are
 * absent. Throws what keeps everything from being read.
 */
export async function lookAround(
  endpoint: S3Endpoint,
  scope: AuditScope,
  journal: readonly string[],
  signal?: AbortSignal,
): Promise<Place> {
  const s3 = createS3(endpoint);
  const admin = createMinioAdmin(endpoint);
  try {
    // Rows are kept in the order of buckets, so reports and exports are in that of names.
    const names = (scope.buckets ?? (await s3.listBuckets()).map(({ name }) => name)).toSorted();
    const [usage, since, serverVersion] = await Promise.all([
      // A part of a bucket is not counted by anybody.
      scope.prefix === '' ? mayFail(admin.usage()) : undefined,
      ruleTimes(admin, journal),
      mayFail(versionOf(admin)),
    ]);
    const buckets = await eachOf(names, atOnce, async (name) => {
      if (signal?.aborted) throw new AppError('cancelled');
      const facts = await factsOf(s3, name);
      const counted = countedIn(usage, name, scope.versions);
      const ruleSince = since(name, facts.rule);
      return { ...facts, ...(counted === undefined ? {} : { expected: counted }), ...(ruleSince ? { ruleSince } : {}) };
    });
    const method = await methodOf(endpoint, names, signal ?? new AbortController().signal);
    const { url, credentials } = endpoint;
    const who = { user: userInfo().username, credential: credentials.accessKey, server: url };
    return { buckets, method, usage, who: serverVersion ? { ...who, serverVersion } : who };
  } finally {
    await Promise.all([s3.close(), admin.close()]);
  }
}

/** The secret goes to the client that signs with it, and nowhere else. */
export function plainEndpoint({ url, ca, credentials }: S3Endpoint): ReadOrder['endpoint'] {
  return { url, ca: [...ca], accessKey: credentials.accessKey, secretKey: credentials.secretKey.reveal() };
}

async function methodOf(endpoint: S3Endpoint, buckets: readonly string[], signal: AbortSignal): Promise<Audit['method']> {
  const client = createListingClient(plainEndpoint(endpoint), { connections: 1 });
  try {
    return await probeMethod(client, buckets, signal);
  } finally {
    await client.close();
  }
}

async function factsOf(s3: S3, name: string): Promise<BucketFacts> {
  const [rule, versioning] = await Promise.all([
    s3.bucketRule(name).then(
      (found) => ({ rule: found.rule }),
      (error: unknown) => {
        if (isAppError(error)) return { ruleError: error.frame };
        throw error;
      },
    ),
    mayFail(s3.bucketVersioning(name)),
  ]);
  return { name, ...rule, ...(versioning === undefined ? {} : { versioning }) };
}

/** Every bucket that is named must be there. Throws `bucketMissing`. */
export async function requireBuckets(endpoint: S3Endpoint, { buckets = [] }: AuditScope): Promise<void> {
  const s3 = createS3(endpoint);
  try {
    await eachOf(buckets, atOnce, async (name) => {
      if (!(await isThere(s3, name))) throw new AppError('bucketMissing', { where: name, code: 'NoSuchBucket' });
    });
  } finally {
    await s3.close();
  }
}

/** A refusal says that it is there; the listing will say what may not be read. */
async function isThere(s3: S3, bucket: string): Promise<boolean> {
  return s3.bucketExists(bucket).catch((error: unknown) => {
    if (isAppError(error, 'minioAccessDenied') || isAppError(error, 's3Error')) return true;
    throw error;
  });
}

/** The scanner counts versions only where there are some; the objects themselves are then among them. */
function countedIn(usage: DataUsage | undefined, bucket: string, versions: boolean): number | undefined {
  const found = usage?.buckets.get(bucket);
  if (found === undefined) return undefined;
  return versions ? Math.max(found.objects, found.versions) : found.objects;
}

async function versionOf(admin: MinioAdmin): Promise<string | undefined> {
  return (await admin.nodes())[0]?.version;
}

/** Undefined where the credential may not ask, or the server does not know the question. */
async function mayFail<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (isAppError(error)) return undefined;
    throw error;
  });
}
