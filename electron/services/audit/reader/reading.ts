import { type AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import type { Listed, ListingClient, Page } from '../../../clients/s3/listing.ts';
import type { Commit, ReadOrder, StoreCalls } from '../work.ts';
import { columnsOf } from './entries.ts';
import { createFlow } from './flow.ts';
import type { Known } from './known.ts';
import { Ranges, type Task } from './ranges.ts';
import { endsRun, frameOf } from './refusals.ts';
import type { Trouble } from './trouble.ts';

/** Commits that the store has not acknowledged, before no more pages are asked for: memory stays flat. */
const mostCommits = 8;
/** How often a page that cannot be used is asked for again. */
const tries = 3;
const ofTheBucket: ReadonlySet<string> = new Set(['bucketMissing', 'minioAccessDenied']);

export interface ListingDeps {
  /** Paced: every request of the run goes through it. */
  client: ListingClient;
  store: Pick<StoreCalls, 'commit'>;
  trouble: Pick<Trouble, 'judge' | 'around'>;
  signal: AbortSignal;
  isPaused(): boolean;
  now?: () => number;
}

export interface Listing {
  /** Ends when every range is done, or the signal came: what was read is committed. Throws what makes going on impossible. */
  run(): Promise<{ finished: boolean }>;
  /** Asks again for what may be asked now. */
  wake(): void;
  /** The server asked for less. */
  slower(): void;
}

/**
 * Lists all ranges of an order into the store.
 *
 * What is promised: an object (with versions: a version) that exists unchanged from the beginning to the end of a run is
 * stored exactly once, over all pauses, kills and resumes. One that is written, overwritten or deleted meanwhile is stored at
 * most once as current, never twice. For: ranges of a bucket are disjoint and cover it at any time; a range's new position
 * and the entries up to it are one commit; commits become durable in order; what a page shows outside its range, or before
 * its position, is dropped.
 */
export function createListing(order: ReadOrder, deps: ListingDeps): Listing {
  const { client, store, trouble, signal, isPaused, now = () => performance.now() } = deps;
  const flow = createFlow(order.options.inFlight);
  const ranges = new Ranges(order.ranges, {
    prefix: order.prefix,
    versions: order.versions,
    ...(order.expected ? { expected: order.expected } : {}),
    pageSize: () => flow.pageSize,
  });
  const failures = new WeakMap<object, number>();
  let inFlight = 0;
  let unacknowledged = 0;
  let failed: { error: unknown } | undefined;
  let settle: () => void = () => undefined;

  function fill(): void {
    while (!failed && !signal.aborted && !isPaused() && inFlight < flow.limit && unacknowledged < mostCommits) {
      const task = ranges.next();
      if (!task) break;
      inFlight++;
      void work(task)
        .catch((error: unknown) => {
          failed ??= { error };
        })
        .finally(() => {
          inFlight--;
          fill();
        });
    }
    // After a failure nothing is waited for: what is still under way ends with the run, and is not stored.
    if (failed || (inFlight === 0 && unacknowledged === 0 && (signal.aborted || ranges.done))) settle();
  }

  async function work(task: Task): Promise<void> {
    const since = now();
    const full = inFlight >= flow.limit;
    let page: Page;
    try {
      page = await client.page({
        bucket: order.buckets[task.bucket] ?? '',
        versions: order.versions,
        prefix: order.prefix,
        ...task.ask,
        signal,
      });
    } catch (error) {
      return mend(task, error);
    }
    flow.landed(page.entries.length, now() - since, full, now());
    let entries: Listed[];
    try {
      entries = ranges.land(task, page, client.host);
    } catch (error) {
      return mend(task, error);
    }
    failures.delete(task.live);
    const known = entries.some(needsHead) ? await judged(task, entries) : entries;
    if (!known) return;
    commit(task.bucket, known, [], () => ranges.stored(task));
  }

  async function judged(task: Task, entries: Listed[]): Promise<Known[] | undefined> {
    try {
      return await trouble.judge(order.buckets[task.bucket] ?? '', entries);
    } catch (error) {
      await mend(task, error);
      return undefined;
    }
  }

  /** A page that did not come. Narrowed where objects are to blame; a gap where nothing helps; else the end of the run. */
  async function mend(task: Task, error: unknown): Promise<void> {
    if (signal.aborted) return ranges.givenBack(task);
    if (!isAppError(error) || endsRun(error)) {
      ranges.givenBack(task);
      throw error;
    }
    if (ofTheBucket.has(error.code)) return giveUp(task, error, true);
    const count = (failures.get(task.live) ?? 0) + 1;
    failures.set(task.live, count);
    const isSlow = error.code === 'networkTimeout';
    if (ranges.withoutWalk(task) && count < tries) return ranges.givenBack(task, isSlow);
    if (isSlow || error.code === 'answerNotUnderstood') {
      if (isSlow) flow.slower(now());
      if (count < tries) return ranges.givenBack(task, isSlow);
      if (!isSlow) return giveUp(task, error, false);
    }
    const bucket = order.buckets[task.bucket] ?? '';
    const place = ranges.placeOf(task);
    try {
      const around = await trouble.around({ bucket, prefix: order.prefix, versions: order.versions, ...place }, error);
      const { after, versionAfter, done } = around;
      if (
        after === place.after &&
        versionAfter === place.versionAfter &&
        !done &&
        around.entries.length === 0 &&
        around.gaps.length === 0
      ) {
        if (count < tries * 3) return ranges.givenBack(task, isSlow);
        return giveUp(task, error, false);
      }
      failures.delete(task.live);
      commit(task.bucket, around.entries, around.gaps, () =>
        ranges.steppedTo(task, { after, ...(versionAfter === undefined ? {} : { versionAfter }) }, done),
      );
    } catch (worse) {
      if (signal.aborted) return ranges.givenBack(task);
      if (!isAppError(worse) || endsRun(worse)) throw worse;
      giveUp(task, worse, ofTheBucket.has(worse.code));
    }
  }

  function giveUp(task: Task, error: AppError, whole: boolean): void {
    const { after, to } = ranges.placeOf(task);
    const bucket = order.buckets[task.bucket] ?? '';
    const gap = { bucket, after: whole ? '' : after, ...(whole || to === undefined ? {} : { to }), error: frameOf(error) };
    if (ranges.isOver(task)) return;
    commit(task.bucket, [], [gap], () => ranges.giveUp(task, whole));
  }

  /** `settled` is done and told at the same moment at which the entries go: positions and entries are one commit. */
  function commit(bucket: number, entries: readonly Known[], gaps: Commit['gaps'] & object, settled: () => void): void {
    if (failed) return;
    settled();
    const changes = ranges.takeChanges();
    if (entries.length === 0 && gaps.length === 0 && changes.length === 0) return;
    unacknowledged++;
    const parts: Commit = {
      ranges: changes,
      ...(entries.length > 0 ? { entries: columnsOf(bucket, entries, order.versions) } : {}),
      ...(gaps.length > 0 ? { gaps } : {}),
    };
    store
      .commit(parts)
      .catch((error: unknown) => {
        failed ??= { error };
      })
      .finally(() => {
        unacknowledged--;
        fill();
      });
  }

  return {
    async run() {
      await new Promise<void>((resolve) => {
        settle = resolve;
        signal.addEventListener('abort', () => fill(), { once: true });
        fill();
      });
      if (failed) throw failed.error;
      const changes = ranges.takeChanges();
      if (changes.length > 0) await store.commit({ ranges: changes });
      return { finished: ranges.done };
    },
    wake: fill,
    slower: () => flow.slower(now()),
  };
}

/** What the page does not say, or says in a way that wants proof (`Trouble.judge`). */
function needsHead(entry: Listed): boolean {
  if (entry.deleteMarker) return false;
  return entry.state === undefined || entry.state === 'sse-c' || (entry.state === 'sse-kms' && entry.kmsKey === undefined);
}
