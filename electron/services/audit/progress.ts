import { type Amounts, type Audit, auditStates } from '../../../shared/audit.ts';
import type { ReaderNews, Totals } from './work.ts';

/** Over how much time the rate is smoothed, ms. */
const smoothedOver = 5_000;

export const noAmounts = (): Amounts => ({ objects: auditStates.map(() => 0), bytes: auditStates.map(() => 0) });

/** All that was read: objects of every kind, and delete markers. */
export function seenOf(audit: Pick<Audit, 'current' | 'noncurrent' | 'deleteMarkers'>): number {
  return sum(audit.current.objects) + sum(audit.noncurrent.objects) + audit.deleteMarkers;
}

export const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** Whether its threads have something to do: a run that waits or is paused works on nothing. */
const works = (audit: Audit): boolean => audit.state === 'running';

export interface Progress {
  /** Writes into the audit what store and reader tell now; `at` in ms since 1970. */
  take(audit: Audit, totals: Totals, news: ReaderNews | undefined, at: number): void;
}

/** Counts, smoothed rate and time left of one run. Times during which it did not work count for neither. */
export function createProgress(audit: Pick<Audit, 'requests' | 'options'>, since: number): Progress {
  // A page holds a thousand: a gentle run is never faster, whatever its first pages looked like.
  const fastest = (audit.options.requestsPerSecond ?? Number.POSITIVE_INFINITY) * 1000;
  const requestsBefore = audit.requests;
  let last = since;
  let lastSeen: number | undefined;
  let rate: number | undefined;

  return {
    take(now, totals, news, at) {
      const passed = Math.max(0, at - last);
      last = at;
      takeTotals(now, totals);
      now.at = new Date(at).toISOString();
      const seen = seenOf(now);
      if (works(now)) now.workedMs += passed;
      if (works(now) && now.phase === 'listing' && lastSeen !== undefined && passed > 0) {
        const measured = ((seen - lastSeen) / passed) * 1000;
        const weight = 1 - Math.exp(-passed / smoothedOver);
        // The first pages decide at once; afterwards one slow page does not make the number jump.
        rate = rate === undefined ? measured || undefined : rate + weight * (measured - rate);
        if (rate !== undefined) rate = Math.min(rate, fastest);
      }
      lastSeen = seen;
      const listing = works(now) && now.phase === 'listing';
      now.rate = listing ? rate : undefined;
      now.secondsLeft = listing ? secondsLeft(now.expected?.objects, seen, rate) : undefined;
      if (news) {
        now.requests = requestsBefore + news.requests;
        now.inFlight = news.inFlight;
        if (now.phase === 'opening') now.phaseDone = news.opened;
      }
    },
  };
}

/** Writes what the store has counted into the audit. */
export function takeTotals(audit: Audit, { bucketsDone, ...counted }: Totals): void {
  Object.assign(audit, counted, { buckets: { ...audit.buckets, done: bucketsDone } });
}

/** Undefined where nobody knows: no count, or one that was passed already. */
function secondsLeft(expected: number | undefined, seen: number, rate: number | undefined): number | undefined {
  if (expected === undefined || rate === undefined || rate < 1 || seen >= expected) return undefined;
  return Math.ceil((expected - seen) / rate);
}
