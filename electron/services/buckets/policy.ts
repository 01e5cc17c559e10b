import type { DenyMode } from '../../../shared/buckets.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { say, type Text } from '../../../shared/text.ts';
import { readBucketPolicy, writeBucketPolicy } from '../../clients/s3/bucketSettings.ts';
import { mcAlias, mcAliasCommands } from '../../clients/s3/mcCommands.ts';
import type { StackAccess } from '../../jobs/step.ts';
import type { Minio } from './connection.ts';
import { type DenyPlace, isDenied, opensToAnybody, prefixMark, shown, userPolicy, withDeny } from './denyPolicy.ts';

interface PolicyPlan {
  denied: boolean;
  before?: string;
  after: string;
  forUsers: string;
  warns: Text[];
  commands: string[];
}

/** The bucket's policy now and with Sealdeck's statement for this place, and what that does not do. Changes nothing. */
export async function planPolicy(access: StackAccess, { raw, s3 }: Minio, place: DenyPlace, mode: DenyMode): Promise<PolicyPlan> {
  const { bucket } = place;
  const text = await readBucketPolicy(raw, bucket);
  const { rule } = await s3.bucketRule(bucket);
  const name = `require-encryption${prefixMark(place)}-${bucket}`.slice(0, 128);
  const after = withDeny(text, place, mode) ?? '';
  return {
    denied: isDenied(text, place),
    ...(text === undefined ? {} : { before: shown(JSON.parse(text)) }),
    after,
    forUsers: userPolicy(place, mode),
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
  place: DenyPlace,
  mode: DenyMode | { kind: 'none' },
): Promise<{ denied: boolean; policy?: string }> {
  const { bucket, prefix } = place;
  const before = await readBucketPolicy(raw, bucket);
  if (mode.kind !== 'none' || isDenied(before, place)) {
    await writeBucketPolicy(raw, bucket, withDeny(before, place, mode));
    const where = `${bucket}${prefix === '' ? '' : `/${prefix}`}`;
    await access.journal(mode.kind === 'none' ? say('bucketDidAllow', { bucket: where }) : say('bucketDidDeny', { bucket: where }));
  }
  const found = await readBucketPolicy(raw, bucket);
  const denied = isDenied(found, place);
  if (denied !== (mode.kind !== 'none')) throw new AppError('bucketPolicyDiffers', { bucket });
  return { denied, ...(found === undefined ? {} : { policy: shown(JSON.parse(found)) }) };
}
