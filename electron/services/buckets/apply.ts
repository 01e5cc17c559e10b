import type { BucketRule } from '../../../shared/minio.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { ErrorFrame } from '../../../shared/rpc/frames.ts';
import { say } from '../../../shared/text.ts';
import { ruleName, sameRule } from '../../clients/s3/bucketRule.ts';
import type { S3 } from '../../clients/s3/s3Client.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { eachOf } from '../../platform/eachOf.ts';
import { newRunId } from '../../platform/runId.ts';
import { keepUndo, type RuleChange, readUndos } from './undos.ts';

export interface Applied {
  bucket: string;
  /** As read back. */
  found?: BucketRule;
  error?: ErrorFrame;
}

const bucketsAtOnce = 8;

/** `changed`: the rule is another one now, or may be: the server was told, and did not answer since. */
interface Tried {
  applied: Applied;
  changed: boolean;
}

/**
 * Sets each bucket's rule where it still is what the plan saw, and reads it back. What was is on disk before the first
 * change, so that a kill in the middle can be undone too; afterwards it names just what really changed.
 */
export async function applyRules(
  access: Pick<StackAccess, 'folder' | 'journal'>,
  s3: S3,
  changes: readonly RuleChange[],
): Promise<{ results: Applied[]; undo?: string }> {
  const id = newRunId();
  const record = { id, at: new Date().toISOString(), changes: changes.filter(isChange) };
  await keepUndo(access.folder, record);
  const tried = await eachOf(changes, bucketsAtOnce, (change) => applyOne(access, s3, change));
  const results = tried.map(({ applied }) => applied);
  // A rule that was set is undone also where its answer was lost.
  const done = record.changes.filter(({ bucket }) => tried.some(({ applied, changed }) => applied.bucket === bucket && changed));
  await keepUndo(access.folder, { ...record, changes: done });
  return { results, ...(done.length > 0 ? { undo: id } : {}) };
}

function isChange({ from, to }: RuleChange): boolean {
  return from !== undefined && !sameRule(from, to);
}

/** Never throws what one bucket alone is to blame for. */
async function applyOne(access: Pick<StackAccess, 'journal'>, s3: S3, { bucket, from, to }: RuleChange): Promise<Tried> {
  let sent = false;
  try {
    const now = (await s3.bucketRule(bucket)).rule;
    if (from === undefined || !sameRule(now, from))
      throw new AppError('bucketRuleMoved', { bucket, found: ruleName(now), wanted: from ? ruleName(from) : '?' });
    if (sameRule(now, to)) return { applied: { bucket, found: now }, changed: true };
    sent = true;
    await s3.setBucketRule(bucket, to);
    await access.journal(
      to.kind === 'none'
        ? say('bucketDidRemoveRule', { bucket, rule: ruleName(now) })
        : say('bucketDidRule', { bucket, rule: ruleName(to) }),
    );
    const found = (await s3.bucketRule(bucket)).rule;
    if (!sameRule(found, to)) throw new AppError('bucketRuleDiffers', { bucket, found: ruleName(found), wanted: ruleName(to) });
    return { applied: { bucket, found }, changed: true };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { applied: { bucket, error: error.frame }, changed: sent && from !== undefined && (await movedFrom(s3, bucket, from)) };
  }
}

async function movedFrom(s3: S3, bucket: string, rule: BucketRule): Promise<boolean> {
  try {
    return !sameRule((await s3.bucketRule(bucket)).rule, rule);
  } catch (error) {
    if (isAppError(error)) return true;
    throw error;
  }
}

/**
 * Puts back what was, bucket by bucket, where the rule is still the one that was set; the others stay in the record, but for
 * buckets that are gone: there is nothing to put back.
 */
export async function undoRules(access: Pick<StackAccess, 'folder' | 'journal'>, s3: S3, id: string): Promise<Applied[]> {
  const record = (await readUndos(access.folder)).find((one) => one.id === id);
  if (!record) throw new AppError('bucketUndoUnknown', { id });
  const results = await eachOf(record.changes, bucketsAtOnce, async ({ bucket, from, to }): Promise<Applied> => {
    if (from === undefined) return { bucket };
    const { applied: result } = await applyOne(access, s3, { bucket, from: to, to: from });
    // A kill before this bucket's turn: it is what it was already.
    if (result.error?.code === 'bucketRuleMoved' && result.error.details?.found === ruleName(from)) return { bucket, found: from };
    return result;
  });
  const left = record.changes.filter(({ bucket }) =>
    results.some((one) => one.bucket === bucket && one.error !== undefined && one.error.code !== 'bucketMissing'),
  );
  await keepUndo(access.folder, { ...record, changes: left });
  return results;
}
