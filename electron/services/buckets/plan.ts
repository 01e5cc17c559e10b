import { auditStates } from '../../../shared/audit.ts';
import type { RulePlan } from '../../../shared/buckets.ts';
import type { BucketRule } from '../../../shared/minio.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { say, type Text } from '../../../shared/text.ts';
import type { KmsStatus } from '../../clients/minioAdmin/adminClient.ts';
import { automaticEncryption } from '../../clients/minioAdmin/automaticEncryption.ts';
import { partOf } from '../../clients/partOf.ts';
import { ruleName } from '../../clients/s3/bucketRule.ts';
import { readBucketPolicy } from '../../clients/s3/bucketSettings.ts';
import { mcAliasCommands, ruleCommands } from '../../clients/s3/mcCommands.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { eachOf } from '../../platform/eachOf.ts';
import type { Minio } from './connection.ts';
import { isDenied } from './denyPolicy.ts';
import type { AuditCount } from './deps.ts';

const bucketsAtOnce = 8;

interface Asked {
  buckets: readonly string[];
  rule: BucketRule;
}

/** What a rule for these buckets would change, for whom, and what it leaves as it is. Asks the server, changes nothing. */
export async function planRule(
  access: StackAccess,
  minio: Minio,
  { buckets, rule }: Asked,
  counts: ReadonlyMap<string, AuditCount>,
): Promise<RulePlan> {
  const names = [...new Set(buckets)];
  const [seen, keyWorks, automatic, kms] = await Promise.all([
    eachOf(names, bucketsAtOnce, (bucket) => look(minio, bucket)),
    rule.kind === 'none' ? undefined : keyWorksNow(minio, rule),
    automaticEncryption(minio.admin),
    partOf(minio.admin.kmsStatus()),
  ]);
  const counted = names.flatMap((bucket) => {
    const count = counts.get(bucket);
    return count ? [{ bucket, count }] : [];
  });
  return {
    changes: seen.map(({ bucket, from }) => ({ bucket, ...(from ? { from } : {}), to: rule })),
    ...(keyWorks === undefined ? {} : { keyWorks }),
    affects: affectsOf(rule, { denied: seen.filter(({ denied }) => denied).length, automatic, kms: kms.value }),
    doesNot: doesNotOf(rule, names, counted),
    stays: counted.flatMap(({ bucket, count }) => {
      const objects = objectsIn(count, 'plaintext');
      return objects === 0 ? [] : [{ bucket, objects, auditId: count.auditId }];
    }),
    commands: [...mcAliasCommands(access).flatMap(({ line }) => line ?? []), ...ruleCommands(names, rule)],
  };
}

async function look({ s3, raw }: Minio, bucket: string): Promise<{ bucket: string; from?: BucketRule; denied: boolean }> {
  const [rule, denied] = await Promise.all([
    partOf(s3.bucketRule(bucket).then((found) => found.rule)),
    partOf(readBucketPolicy(raw, bucket).then((text) => isDenied(text, { bucket, prefix: '' }))),
  ]);
  // A bucket that is not there is no plan.
  if (rule.error?.code === 'bucketMissing') throw AppError.of(rule.error);
  return { bucket, denied: denied.value ?? false, ...(rule.value ? { from: rule.value } : {}) };
}

/** MinIO makes a data key and opens it: with the rule's key, or with its default key, which SSE-S3 always takes. */
export async function keyWorksNow(
  { admin }: Pick<Minio, 'admin'>,
  rule: Exclude<BucketRule, { kind: 'none' }>,
): Promise<NonNullable<RulePlan['keyWorks']>> {
  const asked = await partOf(
    (async () => {
      const key = rule.kind === 'sse-kms' ? rule.key : (await admin.kmsStatus()).defaultKey;
      const status = await admin.keyStatus(key);
      if (status.error !== undefined) throw new AppError('minioKeyFails', { key, reason: status.error.slice(0, 300) });
      return true;
    })(),
  );
  const at = new Date().toISOString();
  return asked.error ? { ok: false, error: asked.error, at } : { ok: true, at };
}

interface Around {
  /** Buckets whose policy requires a header. */
  denied: number;
  automatic: boolean | undefined;
  kms: KmsStatus | undefined;
}

function affectsOf(rule: BucketRule, { denied, automatic, kms }: Around): RulePlan['affects'] {
  if (rule.kind === 'none')
    return [
      { level: 'warn', text: automatic ? say('bucketAffectsBare') : say('bucketAffectsPlain') },
      { level: 'info', text: say('bucketAffectsReaders') },
    ];
  return [
    { level: 'ok', text: say('bucketAffectsSilent', { rule: ruleName(rule) }) },
    ...(kms?.name === 'MinIO KES' ? ([{ level: 'ok', text: say('bucketAffectsNoRight') }] as const) : []),
    { level: 'warn', text: say('bucketAffectsHeaders') },
    ...(rule.kind === 'sse-kms' && rule.key !== kms?.defaultKey
      ? ([{ level: 'warn', text: say('bucketAffectsNoKeyName', { key: rule.key }) }] as const)
      : []),
    ...(automatic ? ([{ level: 'info', text: say('bucketAffectsAutomatic') }] as const) : []),
    ...(denied > 0 ? ([{ level: 'warn', text: say('bucketAffectsDenied', { count: denied }) }] as const) : []),
  ];
}

function doesNotOf(rule: BucketRule, names: readonly string[], counted: readonly { bucket: string; count: AuditCount }[]): Text[] {
  if (rule.kind === 'none') return [say('bucketLeavesEncrypted'), say('bucketLeavesUndo')];
  const sum = (state: 'plaintext' | 'sse-s3' | 'sse-kms'): number => counted.reduce((all, { count }) => all + objectsIn(count, state), 0);
  const [plain, s3, kms] = [sum('plaintext'), sum('sse-s3'), sum('sse-kms')];
  const unread = names.length - counted.length;
  return [
    ...(counted.length > 0 ? [plain > 0 ? say('bucketLeavesPlain', { count: plain }) : say('bucketLeavesNoPlain')] : []),
    ...(unread > 0 ? [say('bucketLeavesUnread', { count: unread })] : []),
    ...(s3 + kms > 0 ? [say('bucketLeavesKeys', { count: s3 + kms })] : []),
    say('bucketLeavesBegun'),
    say('bucketLeavesPrefix'),
    say('bucketLeavesUndo'),
  ];
}

function objectsIn({ current }: AuditCount, state: (typeof auditStates)[number]): number {
  return current.objects[auditStates.indexOf(state)] ?? 0;
}
