import type { Audit, AuditBucket } from '../../../shared/audit.ts';
import type { Mark } from '../../components/StateIcon.tsx';
import { sum } from './map/values.ts';

type Part = 'lost' | 'unknown' | 'gaps' | 'oldPlain' | 'oldLost' | 'oldUnknown';

/** The page's answer as codes of `audit.answer.…`: a sentence with its number first, then what must be told beside it. */
export interface Answer {
  readonly mark: Mark;
  readonly first: 'running' | 'plain' | 'lost' | 'plainLost' | 'partly' | 'clean' | 'cleanSample' | 'nothing';
  readonly more: readonly Part[];
  readonly numbers: {
    readonly total: number;
    readonly plain: number;
    readonly lost: number;
    readonly unknown: number;
    readonly gaps: number;
  };
  /** Buckets that hold plaintext so far. */
  readonly inBuckets: number | undefined;
}

/**
 * What may be said of a run. Green only when every object that is there was seen and is encrypted: nothing plain, nothing
 * unreadable, nothing unknown, no gap, and it is finished and no sample. Pure.
 */
export function answerOf(audit: Audit, buckets?: readonly AuditBucket[]): Answer {
  const [plain = 0, lost = 0, unknown = 0] = audit.current.objects;
  const [oldPlain = 0, oldLost = 0, oldUnknown = 0] = audit.noncurrent.objects;
  const total = sum(audit.current.objects);
  const { gaps } = audit;
  const numbers = { total, plain, lost, unknown, gaps };
  const finished = audit.state === 'finished';
  const more: Part[] = [];
  if (oldPlain > 0) more.push('oldPlain');
  if (oldLost > 0) more.push('oldLost');
  if (oldUnknown > 0) more.push('oldUnknown');
  const inBuckets = buckets?.filter(({ current }) => (current.objects[0] ?? 0) > 0).length;
  if (!finished) {
    // What is unknown so far stands in the legend; only what is bad already is told while it runs.
    const told: Part[] = [...(lost > 0 ? ['lost' as const] : []), ...(gaps > 0 ? ['gaps' as const] : [])];
    return { mark: plain + lost > 0 ? 'fail' : 'absent', first: 'running', more: told, numbers, inBuckets };
  }
  const open: Part[] = [...(unknown > 0 ? ['unknown' as const] : []), ...(gaps > 0 ? ['gaps' as const] : []), ...more];
  const base = { numbers, inBuckets };
  if (plain > 0 || lost > 0) {
    return { ...base, mark: 'fail', first: plain === 0 ? 'lost' : lost === 0 ? 'plain' : 'plainLost', more: open };
  }
  if (open.length > 0)
    return { ...base, mark: oldPlain + oldLost > 0 ? 'fail' : 'warn', first: total === 0 ? 'nothing' : 'partly', more: open };
  if (total === 0) return { ...base, mark: 'info', first: 'nothing', more: [] };
  return audit.sample ? { ...base, mark: 'info', first: 'cleanSample', more: [] } : { ...base, mark: 'ok', first: 'clean', more: [] };
}
