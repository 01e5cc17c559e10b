import type { ObjectCheck, ObjectState } from '../../../shared/objects.ts';
import type { Mark } from '../../components/StateIcon.tsx';

/** The order in which states are told, everywhere. */
export const stateOrder: readonly ObjectState['state'][] = ['plaintext', 'unreadable', 'unknown', 'sse-c', 'sse-s3', 'sse-kms', 'notRead'];

export interface CheckVerdict {
  readonly mark: Mark;
  /** Codes of wizard.check.says, in the order in which they are told. */
  readonly says: readonly {
    readonly code: 'none' | 'plain' | 'unreadable' | 'unknown' | 'untested' | 'good' | 'more';
    readonly count: number;
  }[];
}

/**
 * What a check means, number first. Good is said only when every object that was looked at is encrypted, and of every one
 * a byte was read; what was not tested or not looked at is said as well. Pure.
 */
export function judgeCheck(check: ObjectCheck): CheckVerdict {
  const of = (state: ObjectState['state']): number => check.counts[state] ?? 0;
  const plain = of('plaintext');
  // Only so many rows travel; a key that opens nothing tells of all its objects.
  const shut = check.keys.reduce((sum, { objects, opens }) => sum + (opens === 'no' ? objects : 0), 0);
  const closed = Math.max(of('unreadable'), shut, check.notable.filter(({ opens }) => opens === 'no').length);
  const unknown = of('unknown') + of('notRead');
  const untested = check.keys.reduce((sum, { objects, opens }) => sum + (opens === 'notTested' ? objects : 0), 0) + of('sse-c');
  const says: CheckVerdict['says'][number][] = [];
  if (check.checked === 0) says.push({ code: 'none', count: 0 });
  if (plain > 0) says.push({ code: 'plain', count: plain });
  if (closed > 0) says.push({ code: 'unreadable', count: closed });
  if (unknown > 0) says.push({ code: 'unknown', count: unknown });
  if (check.checked > 0 && says.length === 0) says.push({ code: 'good', count: check.checked });
  if (untested > 0) says.push({ code: 'untested', count: untested });
  if (check.more) says.push({ code: 'more', count: check.checked });
  const mark =
    plain > 0 || closed > 0 ? 'fail' : unknown > 0 || untested > 0 || check.blocked ? 'warn' : check.checked === 0 ? 'absent' : 'ok';
  return { mark, says };
}
