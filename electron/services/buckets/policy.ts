import type { DenyMode } from '../../../shared/buckets.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { say, type Text } from '../../../shared/text.ts';
import { readBucketPolicy, writeBucketPolicy } from '../../clients/s3/bucketSettings.ts';
import { mcAlias, mcAliasCommands } from '../../clients/s3/mcCommands.ts';
import type { StackAccess } from '../../jobs/step.ts';
import type { Minio } from './connection.ts';
import { isDenied, opensToAnybody, shown, userPolicy, withDeny } from './denyPolicy.ts';

interface PolicyPlan {
  denied: boolean;
  before?: string;
  after: string;
  forUsers: string;
  warns: Text[];
  commands: string[];
}

/** The bucket's policy now and with Sealdeck's statement, and what that does not do. Changes nothing. */
export async function planPolicy(access: StackAccess, { raw, s3 }: Minio, bucket: string, mode: DenyMode): Promise<PolicyPlan> {
  const text = await readBucketPolicy(raw, bucket);
  const { rule } = await s3.bucketRule(bucket);
  const name = `require-encryption-${bucket}`.slice(0, 128);
  const after = withDeny(text, bucket, mode) ?? '';
  return {
    denied: isDenied(text, bucket),
    ...(text === undefined ? {} : { before: shown(JSON.parse(text)) }),
    after,
    forUsers: userPolicy(bucket, mode),
    warns: [
      say('bucketDenyUsers'),
      ...(opensToAnybody(text, bucket) ? [] : [say('bucketDenyNobody')]),
      say('bucketDenyRoot'),
      say('bucketDenyParts'),
      ...(rule.kind === 'none' ? [] : [say('bucketDenyRule')]),
      ...(mode.kind === 'anyHeader' ? [] : [say('bucketDenyCustomer')]),
    ],
    commands: [
      ...mcAliasCommands(access).flatMap(({ line }) => line ?? []),
      `mc anonymous set-json bucket-policy.json ${mcAlias}/${bucket}`,
      `mc admin policy create ${mcAlias} ${name} user-policy.json`,
      `mc admin policy attach ${mcAlias} ${name} --user "$MINIO_USER"`,
    ],
  };
}

/** Puts Sealdeck's statement into the bucket's policy or takes it out, and reads it back. Others' statements stay. */
export async function setPolicy(
  access: Pick<StackAccess, 'journal'>,
  { raw }: Pick<Minio, 'raw'>,
  bucket: string,
  mode: DenyMode | { kind: 'none' },
): Promise<{ denied: boolean; policy?: string }> {
  const before = await readBucketPolicy(raw, bucket);
  if (mode.kind !== 'none' || isDenied(before, bucket)) {
    await writeBucketPolicy(raw, bucket, withDeny(before, bucket, mode));
    await access.journal(mode.kind === 'none' ? say('bucketDidAllow', { bucket }) : say('bucketDidDeny', { bucket }));
  }
  const found = await readBucketPolicy(raw, bucket);
  const denied = isDenied(found, bucket);
  if (denied !== (mode.kind !== 'none')) throw new AppError('bucketPolicyDiffers', { bucket });
  return { denied, ...(found === undefined ? {} : { policy: shown(JSON.parse(found)) }) };
}
