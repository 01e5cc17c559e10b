import { AppError } from '../../../shared/rpc/errors.ts';
import { readRefusal, refused } from './failures.ts';
import { isRefusal, type SignedClient } from './signedClient.ts';

/** Object lock of a bucket, with the retention that its new objects get, where there is one. */
export interface BucketLock {
  mode?: 'GOVERNANCE' | 'COMPLIANCE';
  days?: number;
  years?: number;
}

/** The XML or JSON of a bucket's setting; `undefined` when the server says `absent`. Other refusals throw. */
async function readSetting(client: SignedClient, bucket: string, setting: string, absent: string): Promise<string | undefined> {
  const answer = await client.ask({ method: 'GET', path: [bucket], query: { [setting]: '' } });
  if (!isRefusal(answer.status, answer.headers)) return answer.text();
  const refusal = readRefusal(answer.status, answer.headers, answer.text(), bucket);
  if (refusal.code === absent) return undefined;
  throw refused(refusal);
}

/** `undefined`: the bucket has no object lock. Throws `answerNotUnderstood`. */
export async function readBucketLock(client: SignedClient, bucket: string): Promise<BucketLock | undefined> {
  const xml = await readSetting(client, bucket, 'object-lock', 'ObjectLockConfigurationNotFoundError');
  if (xml === undefined) return undefined;
  const value = (tag: string): string | undefined => new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1];
  const [mode, days, years] = [value('Mode'), value('Days'), value('Years')];
  if (mode !== undefined && mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE')
    throw new AppError('answerNotUnderstood', { host: client.host, reason: `an object lock with the mode ${mode.slice(0, 40)}` });
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(days === undefined ? {} : { days: Number(days) }),
    ...(years === undefined ? {} : { years: Number(years) }),
  };
}

/** The bucket's policy as the server writes it; `undefined`: it has none. */
export async function readBucketPolicy(client: SignedClient, bucket: string): Promise<string | undefined> {
  return readSetting(client, bucket, 'policy', 'NoSuchBucketPolicy');
}

/** Replaces the whole policy, or removes it. */
export async function writeBucketPolicy(client: SignedClient, bucket: string, policy: string | undefined): Promise<void> {
  const query = { policy: '' };
  if (policy === undefined) await client.demand({ method: 'DELETE', path: [bucket], query });
  else await client.demand({ method: 'PUT', path: [bucket], query, body: policy });
}

/** Throws `bucketNameTaken`, also when it is one's own. Object lock can be had at birth only, and brings versions. */
export async function makeBucket(client: SignedClient, bucket: string, { lock = false } = {}): Promise<void> {
  await client.demand({ method: 'PUT', path: [bucket], headers: lock ? { 'x-amz-bucket-object-lock-enabled': 'true' } : {} });
}

/** Only an empty one goes. */
export async function removeBucket(client: SignedClient, bucket: string): Promise<void> {
  await client.demand({ method: 'DELETE', path: [bucket] });
}

export async function turnVersioningOn(client: SignedClient, bucket: string): Promise<void> {
  const body = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
  await client.demand({ method: 'PUT', path: [bucket], query: { versioning: '' }, body });
}
