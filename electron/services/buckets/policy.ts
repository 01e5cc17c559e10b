import type { DenyMode } from '../../../shared/buckets.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { say, type Text } from '../../../shared/text.ts';
import { readBucketPolicy, writeBucketPolicy } from '../../clients/s3/bucketSettings.ts';
import { mcAlias, mcAliasCommands } from '../../clients/s3/mcCommands.ts';
import type { StackAccess } from '../../jobs/step.ts';
import type { Minio } from './connection.ts';
import {
  type DenyPlace,
  hasOwn,
  isDenied,
  losesStatements,
  opensToAnybody,
  prefixMark,
  shown,
  userPolicy,
  withDeny,
} from './denyPolicy.ts';
import { forgetFormer, keepFormer, readFormer } from './policyUndo.ts';
import { samePolicy } from './samePolicy.ts';

interface PolicyPlan {
  denied: boolean;
  /** Nothing would change. */
  same: boolean;
  before?: string;
  after: string;
  forUsers: string;
  userCommands: string[];
  warns: Text[];
  commands: string[];
  /** What our last change of this policy can be put back to, as long as nobody else changed it. */
  undo?: { at: string };
}

/** The bucket's policy now and with Sealdeck's statement for this place, and what that does not do. Changes nothing. */
export async function planPolicy(access: StackAccess, { raw, s3 }: Minio, place: DenyPlace, mode: DenyMode): Promise<PolicyPlan> {
  const { bucket } = place;
  const text = await readBucketPolicy(raw, bucket);
  const { rule } = await s3.bucketRule(bucket);
  const name = `require-encryption${prefixMark(place)}-${bucket}`.slice(0, 128);
  const after = withDeny(text, place, mode);
  const userCommands = [
    `mc admin policy create ${mcAlias} ${name} user-policy.json`,
    `mc admin policy attach ${mcAlias} ${name} --user "$MINIO_USER"`,
  ];
  const former = await readFormer(access.folder, bucket);
  return {
    denied: isDenied(text, place),
    same: samePolicy(text, after),
    ...(text === undefined ? {} : { before: shown(JSON.parse(text)) }),
    after: after ?? '',
    forUsers: userPolicy(place, mode),
    userCommands,
    warns: [
      say('bucketDenyUsers'),
      ...(opensToAnybody(text, bucket) ? [] : [say('bucketDenyNobody')]),
      say('bucketDenyRoot'),
      say('bucketDenyParts'),
      ...(rule.kind === 'none' ? [] : [say('bucketDenyRule')]),
      ...(mode.kind === 'anyHeader' ? [] : [say('bucketDenyCustomer')]),
    ],
    ...(former && samePolicy(former.after, text) ? { undo: { at: former.at } } : {}),
    commands: [
      ...mcAliasCommands(access).flatMap(({ line }) => line ?? []),
      `mc anonymous set-json bucket-policy.json ${mcAlias}/${bucket}`,
      ...userCommands,
    ],
  };
}

/** Puts Sealdeck's statement into the bucket's policy or takes it out, and reads it back. Others' statements stay. */
export async function setPolicy(
  access: Pick<StackAccess, 'journal' | 'folder'>,
  { raw }: Pick<Minio, 'raw'>,
  place: DenyPlace,
  mode: DenyMode | { kind: 'none' },
): Promise<{ denied: boolean; policy?: string }> {
  const { bucket, prefix } = place;
  const before = await readBucketPolicy(raw, bucket);
  const after = withDeny(before, place, mode);
  const former = { bucket, at: new Date().toISOString(), ...(before === undefined ? {} : { before }) };
  if (!samePolicy(before, after)) {
    // On disk before the change: one that a kill cuts here can be put back, too.
    await keepFormer(access.folder, { ...former, ...(after === undefined ? {} : { after }) });
    await writeBucketPolicy(raw, bucket, after);
    const where = `${bucket}${prefix === '' ? '' : `/${prefix}`}`;
    await access.journal(mode.kind === 'none' ? say('bucketDidAllow', { bucket: where }) : say('bucketDidDeny', { bucket: where }));
  }
  const found = await readBucketPolicy(raw, bucket);
  const denied = isDenied(found, place);
  const isAsMeant = mode.kind === 'none' ? !hasOwn(found, place) : denied;
  if (!isAsMeant || losesStatements(before, found, place)) throw new AppError('bucketPolicyDiffers', { bucket });
  if (!samePolicy(before, after)) await keepFormer(access.folder, { ...former, ...(found === undefined ? {} : { after: found }) });
  return { denied, ...(found === undefined ? {} : { policy: shown(JSON.parse(found)) }) };
}

/** Puts back what our last change of this policy found, where it still is what that left. Throws `bucketPolicyMoved`. */
export async function undoPolicy(
  access: Pick<StackAccess, 'journal' | 'folder'>,
  { raw }: Pick<Minio, 'raw'>,
  bucket: string,
): Promise<{ policy?: string }> {
  const former = await readFormer(access.folder, bucket);
  const now = await readBucketPolicy(raw, bucket);
  const isBack = former && samePolicy(now, former.before);
  if (!former || (!isBack && !samePolicy(now, former.after))) throw new AppError('bucketPolicyMoved', { bucket });
  if (!isBack) {
    await writeBucketPolicy(raw, bucket, former.before);
    await access.journal(say('bucketDidPolicyBack', { bucket }));
    if (!samePolicy(await readBucketPolicy(raw, bucket), former.before)) throw new AppError('bucketPolicyDiffers', { bucket });
  }
  await forgetFormer(access.folder, bucket);
  return former.before === undefined ? {} : { policy: shown(JSON.parse(former.before)) };
}
