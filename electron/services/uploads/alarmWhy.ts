import type { AppError } from '../../../shared/rpc/errors.ts';
import { say, type Text } from '../../../shared/text.ts';
import { partOf } from '../../clients/partOf.ts';
import { ruleName, sameRule } from '../../clients/s3/bucketRule.ts';
import { withS3 } from '../../clients/s3/forStack.ts';
import type { StackAccess } from '../../jobs/step.ts';
import type { Head, Row } from './store/rows.ts';

/** As much as can be found out now: the bucket's rule is read again, and compared with what it was when this began. */
export async function whyItLanded(access: StackAccess, head: Head, { row, error }: { row: Row; error: AppError }): Promise<Text> {
  if (row.landed === undefined || error.code === 'uploadReadsDifferently') return say('uploadWhyNotRead', { code: error.code });
  if (head.choice.kind !== 'rule') return say('uploadWhyHeader');
  const now = await partOf(withS3(access, async (s3) => (await s3.bucketRule(head.bucket)).rule));
  const { rule: before } = head;
  if (!now.value) return say('uploadWhyRuleUnread', { code: now.error?.code ?? '' });
  if (!before || sameRule(before, now.value)) return say('uploadWhySameRule', { rule: ruleName(now.value) });
  if (now.value.kind === 'none') return say('uploadWhyRuleRemoved', { rule: ruleName(before) });
  return say('uploadWhyRuleChanged', { before: ruleName(before), now: ruleName(now.value) });
}
