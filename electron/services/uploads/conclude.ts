import { AppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { whyItLanded } from './alarmWhy.ts';
import type { Outcome } from './run.ts';
import type { UploadStore } from './store/store.ts';

/** What an upload is after a run: ended, paused or in alarm. Returns the job's result; throws `cancelled` where the job was. */
export async function conclude(
  access: StackAccess,
  store: UploadStore,
  outcome: Outcome,
  { cancelled, signal }: { cancelled: boolean; signal: AbortSignal },
): Promise<{ id: string; phase: string }> {
  const { head } = store;
  store.move(['sending', 'checking'], 'waits');
  head.error = outcome.error?.frame;
  const { all, away } = store.left();
  // Who cancels has not seen it yet.
  if (outcome.alarm) head.alarm = { n: outcome.alarm.row.n, why: await whyItLanded(access, head, outcome.alarm) };
  if (outcome.alarm && !cancelled) head.phase = 'alarm';
  else head.phase = cancelled || all > 0 ? 'paused' : 'ended';
  head.needsFiles = away > 0;
  const { counts, sent } = store.sums();
  await access.journal(
    say(head.phase === 'ended' ? 'uploadDidEnd' : 'uploadDidStop', {
      where: `${head.bucket}/${head.prefix}`,
      done: counts.done ?? 0,
      alarms: counts.alarm ?? 0,
      failed: counts.failed ?? 0,
      left: all,
      bytes: sent,
    }),
  );
  if (signal.aborted) throw new AppError('cancelled');
  return { id: head.id, phase: head.phase };
}
