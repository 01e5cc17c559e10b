import type { BucketInput, BucketRule } from '../../../shared/minio.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { StepPlan } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import { ruleName, sameRule } from '../../clients/s3/bucketRule.ts';
import { withS3 } from '../../clients/s3/forStack.ts';
import { mcAlias, mcAliasCommands } from '../../clients/s3/mcCommands.ts';
import { seen } from '../../jobs/evidence.ts';
import type { Step, StepContext } from '../../jobs/step.ts';
import { minioIdle } from '../../jobs/ways.ts';

/** A bucket whose rule encrypts what arrives without headers of its own, read back from the server. */
export const bucketStep: Step<'bucket'> = {
  id: 'bucket',
  skips: async ({ stack }) => minioIdle(stack),
  async propose({ inputs }) {
    return { bucket: inputs.place.bucket, rule: 'sse-kms', key: defaultKey(inputs) };
  },
  // Which bucket is meant only a person knows; the set-up's first one is not it.
  alone: {
    propose: async ({ stack, inputs }) => ({ bucket: '', rule: 'sse-kms', key: stack.minioClusters[0]?.defaultKey ?? defaultKey(inputs) }),
  },

  async plan(context, input) {
    const rule = ruleOf(context, input);
    const { bucket } = input;
    const present = await currentRule(context, bucket);
    const about = { bucket, rule: ruleName(rule) };
    const set = rule.kind === 'sse-kms' ? `sse-kms ${rule.key}` : 'sse-s3';
    const plan: StepPlan = {
      changes: [
        ...(present ? [] : [say('bucketChangeMake', { bucket })]),
        present && sameRule(present, rule) ? say('bucketChangeNone', about) : say('bucketChangeRule', about),
      ],
      warnings: [
        ...(present ? [say('bucketWarnExisting', { bucket })] : []),
        context.inputs.minio?.autoEncryption ? say('bucketWarnAutomatic') : say('bucketAboutAutomatic'),
      ],
      commands: [
        ...mcAliasCommands(context),
        { line: `mc mb --ignore-existing ${mcAlias}/${bucket}` },
        { line: `mc encrypt set ${set} ${mcAlias}/${bucket}` },
        { line: `mc encrypt info ${mcAlias}/${bucket}` },
      ],
      files: [],
      seconds: 1,
    };
    return plan;
  },

  async apply(context, input) {
    const { bucket } = input;
    const rule = ruleOf(context, input);
    await withS3(context, async (s3) => {
      if (!(await s3.bucketExists(bucket))) {
        try {
          await s3.createBucket(bucket);
          await context.journal(say('bucketDidMake', { bucket }));
        } catch (error) {
          // Another window was quicker: it is ours all the same.
          if (!isAppError(error, 'bucketNameTaken') || error.details.code !== 'BucketAlreadyOwnedByYou') throw error;
        }
      }
      if (sameRule((await s3.bucketRule(bucket)).rule, rule)) return;
      await s3.setBucketRule(bucket, rule);
      await context.journal(say('bucketDidRule', { bucket, rule: ruleName(rule) }));
    });
  },

  async check(context, input) {
    const { bucket } = input;
    const rule = ruleOf(context, input);
    return withS3(context, async (s3) => {
      if (!(await s3.bucketExists(bucket))) throw new AppError('bucketMissing', { where: bucket, code: 'NoSuchBucket' });
      const found = await s3.bucketRule(bucket);
      if (!sameRule(found.rule, rule))
        throw new AppError('bucketRuleDiffers', { bucket, found: ruleName(found.rule), wanted: ruleName(rule) });
      return [
        seen('minio', say('bucketProofExists', { bucket })),
        seen('minio', say('bucketProofRule', { bucket, rule: ruleName(rule) }), found.raw),
      ];
    });
  },
};

function ruleOf(context: StepContext, input: BucketInput): BucketRule {
  return input.rule === 'sse-s3' ? { kind: 'sse-s3' } : { kind: 'sse-kms', key: input.key ?? defaultKey(context.inputs) };
}

function defaultKey(inputs: StepContext['inputs']): string {
  return inputs.minio?.defaultKey ?? inputs.place.key;
}

/** `undefined`: no bucket, or MinIO does not run yet, which a plan has to bear. */
async function currentRule(context: StepContext, bucket: string): Promise<BucketRule | undefined> {
  try {
    return await withS3(context, async (s3) => ((await s3.bucketExists(bucket)) ? (await s3.bucketRule(bucket)).rule : undefined));
  } catch (error) {
    if (isAppError(error)) return undefined;
    throw error;
  }
}
