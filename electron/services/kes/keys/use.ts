import type { KeyUse } from '../../../../shared/kesKeys.ts';
import { isAppError } from '../../../../shared/rpc/errors.ts';
import type { ErrorFrame } from '../../../../shared/rpc/frames.ts';
import type { KesCluster } from '../../../../shared/stacks.ts';
import { createMinioAdmin } from '../../../clients/minioAdmin/adminClient.ts';
import { partOf } from '../../../clients/partOf.ts';
import { minioEndpoint } from '../../../clients/s3/forStack.ts';
import { createS3, type S3 } from '../../../clients/s3/s3Client.ts';
import type { S3Endpoint } from '../../../clients/s3/signedClient.ts';
import { eachOf } from '../../../platform/eachOf.ts';
import type { Access, AuditedKeys } from './deps.ts';

const bucketsAtOnce = 8;

/** What is known to use the keys of a KES. */
export interface Uses {
  /** Of the MinIO that uses this KES, as it says itself, else as the stack's document has it. */
  defaultKey?: string;
  /** Buckets by the key that their rule names; SSE-S3 counts to the default key. */
  rules: Map<string, string[]>;
  /** Names that MinIO may list with its own identity. */
  fromMinio: string[];
  /** MinIO uses another KES, or none: its buckets say nothing about these keys. */
  minioElsewhere: boolean;
  errors: ErrorFrame[];
}

/** Asks MinIO for its default key, its rules and the keys that it sees. Changes nothing; what may not be asked is an error of the answer. */
export async function usesOf(access: Access, cluster: KesCluster): Promise<Uses> {
  const { stack } = access;
  const documented = stack.minioClusters.find(({ kes }) => kes === cluster.id)?.defaultKey;
  const none = { rules: new Map<string, string[]>(), fromMinio: [], errors: [], ...(documented ? { defaultKey: documented } : {}) };
  // The client speaks to the first MinIO of the stack.
  if (stack.minioClusters[0]?.kes !== cluster.id) return { ...none, minioElsewhere: stack.minioClusters.length > 0 };
  let endpoint: S3Endpoint;
  try {
    endpoint = await minioEndpoint(access);
  } catch (error) {
    if (isAppError(error)) return { ...none, minioElsewhere: false, errors: [error.frame] };
    throw error;
  }
  const [admin, s3] = [createMinioAdmin(endpoint), createS3(endpoint)];
  try {
    const [status, names] = await Promise.all([partOf(admin.kmsStatus()), partOf(admin.kmsKeys())]);
    const said = status.value?.name === 'MinIO KES' && status.value.defaultKey !== '' ? status.value.defaultKey : undefined;
    const defaultKey = said ?? documented;
    const { rules, errors } = await rulesOf(s3, defaultKey);
    return {
      rules,
      fromMinio: names.value ?? [],
      minioElsewhere: false,
      errors: [...[status, names].flatMap(({ error }) => (error ? [error] : [])), ...errors],
      ...(defaultKey === undefined ? {} : { defaultKey }),
    };
  } finally {
    await Promise.all([admin.close(), s3.close()]);
  }
}

async function rulesOf(s3: S3, defaultKey: string | undefined): Promise<Pick<Uses, 'rules' | 'errors'>> {
  const rules = new Map<string, string[]>();
  const buckets = await partOf(s3.listBuckets());
  if (!buckets.value) return { rules, errors: buckets.error ? [buckets.error] : [] };
  const read = await eachOf(buckets.value, bucketsAtOnce, async ({ name }) => ({ name, part: await partOf(s3.bucketRule(name)) }));
  for (const { name, part } of read) {
    const rule = part.value?.rule;
    const key = rule?.kind === 'sse-kms' ? rule.key : rule?.kind === 'sse-s3' ? defaultKey : undefined;
    if (key !== undefined) rules.set(key, [...(rules.get(key) ?? []), name]);
  }
  const errors = read.flatMap(({ part }) => (part.error ? [part.error] : []));
  // One of them says it for all.
  return { rules, errors: errors.slice(0, 1) };
}

/** What the newest audits counted under each name. Pure. */
export function auditedUse({ keys }: Pick<AuditedKeys, 'keys'>): {
  byKey: Map<string, KeyUse>;
  unnamed: { objects: number; bytes: number };
} {
  const byKey = new Map<string, KeyUse>();
  const unnamed = { objects: 0, bytes: 0 };
  for (const { key, at } of keys) {
    if (key.state === 'sse-c') continue;
    if (key.kmsKey === '') {
      unnamed.objects += key.objects;
      unnamed.bytes += key.bytes;
      continue;
    }
    const closed = key.opens.answer === 'no' || key.opens.answer === 'differs';
    const newest = key.newest?.modifiedAt;
    const old = byKey.get(key.kmsKey);
    const known = old ?? { objects: 0, bytes: 0, buckets: [], at, closed: false };
    byKey.set(key.kmsKey, {
      ...known,
      objects: known.objects + key.objects,
      bytes: known.bytes + key.bytes,
      buckets: known.buckets.includes(key.bucket) ? known.buckets : [...known.buckets, key.bucket],
      at: [known.at, at].toSorted()[0] ?? at,
      closed: known.closed || closed,
      ...newestOf(known.newest, newest),
    });
  }
  return { byKey, unnamed };
}

function newestOf(one: string | undefined, other: string | undefined): { newest?: string } {
  const newest = [one, other]
    .filter((at) => at !== undefined)
    .toSorted()
    .at(-1);
  return newest === undefined ? {} : { newest };
}
