import type { EncryptionChoice } from '../../../shared/encryption.ts';
import type { InPlace } from '../../../shared/inPlace.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import type { CustomerKeys } from '../../clients/s3/customerKeys.ts';
import type { ObjectClient } from '../../clients/s3/objectTypes.ts';
import type { Report } from '../../jobs/jobRunner.ts';
import { pause } from '../../jobs/pause.ts';
import { forEachOf } from '../../platform/eachOf.ts';
import type { Target } from './copy.ts';
import { createCoveredLook } from './covered.ts';
import { type CopyDeps, encryptCurrent } from './current.ts';
import { lookAgain, rewriteKey } from './history.ts';
import { createProgress } from './progress.ts';
import { isAboutObject } from './refusals.ts';
import type { PlannedBucket, Row, RunFile, Settled } from './store.ts';
import { createPatience } from './waiting.ts';

/** Objects at once: small ones are bound by the answers' way. In `history` each reads twice the whole content. */
export const atOnce = { current: 64, history: 8 } as const;
const chunk = 256;
const noteEveryMs = 100;
/**
 * The last look comes so long after the last copy: versions are sorted by the clocks of nodes, so that what is written just
 * after a copy may show itself below it. Meanwhile what was copied is looked at so often.
 */
const showsAfterMs = 1_000;
const lookEveryMs = 10_000;
/** So long what is under way may take to its end when a run is cancelled. */
const graceMs = 20_000;

export interface Run {
  readonly about: InPlace;
  /** Throws `cancelled`, or what keeps it from going on. */
  work(report: Report, signal: AbortSignal): Promise<void>;
  pause(): void;
  goOn(): void;
}

interface Deps {
  file: RunFile;
  client: ObjectClient;
  keys: CustomerKeys;
  changed(about: InPlace): void;
}

/** The run of a plan: can be ended anywhere and worked on again. */
export function createRun(about: InPlace, { file, client, keys, changed }: Deps): Run {
  const stop = new AbortController();
  const patience = createPatience(stop.signal, {
    away(error) {
      about.waitsFor = error;
      changed(about);
    },
    held(error) {
      about.state = 'paused';
      if (error) about.error = error.frame;
      flush();
      file.save(about);
      changed(about);
    },
  });
  const progress = createProgress(about, file);
  const results: Settled[] = [];
  let told: Report = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  let broken: unknown;
  let covered: AppError | undefined;

  function flush(): void {
    if (timer) clearTimeout(timer);
    timer = undefined;
    const some = results.splice(0);
    if (some.length > 0) file.settle(some);
  }

  function take(result: Settled, written = false): void {
    if (!written) results.push(result);
    progress.take(result);
    told({ done: about.done, total: about.total });
    timer ??= setTimeout(() => {
      try {
        flush();
        progress.measure();
        changed(about);
      } catch (error) {
        // The disk that keeps the notes is full: nothing more may be copied.
        broken = error;
        stop.abort();
      }
    }, noteEveryMs);
  }

  const pace = createPace(() => about.atMostPerSecond, stop.signal);

  return {
    about,
    pause: () => patience.hold(undefined),
    goOn() {
      about.state = 'running';
      delete about.error;
      progress.restart();
      patience.goOn();
      changed(about);
    },
    async work(report, signal) {
      told = report;
      const hard = new AbortController();
      let grace: NodeJS.Timeout | undefined;
      const cancel = (): void => {
        stop.abort();
        grace = setTimeout(() => hard.abort(), graceMs);
      };
      if (signal.aborted) cancel();
      signal.addEventListener('abort', cancel, { once: true });
      const deps: CopyDeps = {
        client,
        signal: hard.signal,
        targetOf: ({ target }) => encryptFor(target, keys),
        async customerKeyOf(at) {
          const found = await keys.find(client, at);
          if (!found) throw new AppError('customerKeyNeeded', { where: `${at.bucket}/${at.key}` });
          return found.key;
        },
      };
      const goOn = async (): Promise<void> => {
        await patience.mayGo();
        await pace();
      };
      try {
        await noteCustomerKeys(file, keys);
        if (about.mode === 'history') await rewriteAll(deps, goOn);
        else await encryptAll(deps, goOn);
        if (covered) throw covered;
      } catch (error) {
        stop.abort();
        throw broken ?? error;
      } finally {
        clearTimeout(grace);
        signal.removeEventListener('abort', cancel);
        flushQuietly();
        progress.stop();
      }
    },
  };

  async function encryptAll(deps: CopyDeps, goOn: () => Promise<void>): Promise<void> {
    const look = createCoveredLook(file, deps);
    const kept = file.buckets.some(({ versioning }) => versioning === 'on');
    const through = new AbortController();
    const signal = AbortSignal.any([stop.signal, through.signal]);
    const watch = async (): Promise<void> => {
      while (kept && !signal.aborted) {
        await pause(lookEveryMs, signal).catch(() => undefined);
        if (!signal.aborted) await patience.patiently(() => look(false));
      }
    };
    const watched = watch();
    try {
      await forEachOf(waitingRows(file), atOnce.current, (row) => workOnRow(row, deps, goOn));
    } finally {
      through.abort();
      // Nothing may look at a file that is closed; why it failed is told below.
      await watched.catch(() => undefined);
    }
    await watched;
    flush();
    if (!kept) return;
    await pause(showsAfterMs, stop.signal);
    await patience.patiently(() => look(true));
    Object.assign(about, file.totals());
  }

  async function rewriteAll(deps: CopyDeps, goOn: () => Promise<void>): Promise<void> {
    await forEachOf(keyGroups(file), atOnce.history, (rows) => workOnKey(rows, deps, goOn));
    flush();
    await pause(showsAfterMs, stop.signal);
    await forEachOf(keyGroups(file), atOnce.history, async ({ first, last }) => {
      const rows = file.between(first, last);
      const bucket = file.bucket(rows[0]?.bucket ?? 0);
      if (bucket.versioning !== 'off') await patience.patiently(() => orCovered(rows, bucket, () => lookAgain(rows, bucket, file, deps)));
    });
    Object.assign(about, file.totals());
  }

  /** Something else than the newest is on top: the worst that can be told, and tried again when the run is resumed. */
  async function orCovered(rows: readonly Row[], { name }: PlannedBucket, work: () => Promise<void>): Promise<void> {
    const [top] = rows;
    try {
      await work();
    } catch (error) {
      if (!top || !isAboutObject(error)) throw error;
      const where = `${name}/${top.key}`;
      const alarm = error.code === 'inPlaceWritten' ? error : new AppError('inPlaceOldIsCurrent', { where, code: error.code });
      covered ??= alarm;
      file.settle([{ n: top.n, size: top.size, outcome: 'unproven', error: alarm.frame }]);
    }
  }

  function flushQuietly(): void {
    try {
      flush();
    } catch {
      // What is not noted is looked at again.
    }
  }

  async function workOnRow(row: Row, deps: CopyDeps, goOn: () => Promise<void>): Promise<void> {
    await goOn();
    const bucket = file.bucket(row.bucket);
    const result = await patience.patiently(() => orItsReason(row, () => encryptCurrent(row, bucket, deps)));
    take(result);
  }

  async function workOnKey({ first, last }: KeyGroup, deps: CopyDeps, goOn: () => Promise<void>): Promise<void> {
    const [top] = file.between(first, first);
    if (!top) return;
    const bucket = file.bucket(top.bucket);
    if (bucket.versioning === 'off' || top.key.endsWith('/')) {
      for (const row of file.between(first, last)) if (row.outcome === 'waits') await workOnRow(row, deps, goOn);
      return;
    }
    await goOn();
    const before = file.between(first, last).filter(({ outcome }) => outcome === 'waits');
    await patience.patiently(async () => {
      const rows = file.between(first, last);
      await orCovered(rows, bucket, () => rewriteKey(rows, bucket, file, deps));
    });
    const after = file.between(first, last);
    for (const { n, size } of before) {
      const row = after.find((one) => one.n === n);
      if (row && row.outcome !== 'waits') take({ n, size, outcome: row.outcome, deleted: row.deleted }, true);
    }
  }
}

interface KeyGroup {
  first: number;
  last: number;
}

/** An answer about this one object is its outcome; whatever would be the same for others goes up. */
async function orItsReason(row: Row, work: () => Promise<Settled>): Promise<Settled> {
  try {
    return await work();
  } catch (error) {
    // Nothing else needed this key: the target's is gone.
    if (isAppError(error, 'kmsKeyNotFound') && row.from.state !== 'sse-kms' && row.from.state !== 'sse-s3')
      throw new AppError('inPlaceTargetKeyGone', { where: String(error.details.where ?? '') }, { cause: error });
    if (!isAboutObject(error)) throw error;
    return { n: row.n, size: row.size, outcome: 'refused', error: error.frame };
  }
}

function encryptFor(target: Exclude<EncryptionChoice, { kind: 'rule' }>, keys: Pick<CustomerKeys, 'secret'>): Target {
  return target.kind === 'sse-c' ? { kind: 'sse-c', key: keys.secret(target.keyId) } : target;
}

/** Which objects depend on a customer's key is written down before the first of them is encrypted with it. */
async function noteCustomerKeys(file: RunFile, keys: Pick<CustomerKeys, 'used'>): Promise<void> {
  if (!file.buckets.some(({ target }) => target.kind === 'sse-c')) return;
  for (let after = 0; ; ) {
    const rows = file.after(after, chunk);
    if (rows.length === 0) return;
    for (const id of new Set(rows.map(({ bucket }) => bucket))) {
      const { name, target } = file.bucket(id);
      const names = rows.filter(({ bucket }) => bucket === id).map(({ key }) => key);
      if (target.kind === 'sse-c') await keys.used(target.keyId, name, names);
    }
    after = rows.at(-1)?.n ?? after;
  }
}

/** Rows that wait, in portions; from when one is given out, a copy of it may be there. */
function* waitingRows(file: RunFile): Generator<Row> {
  for (let after = 0; ; ) {
    const rows = file.after(after, chunk);
    if (rows.length === 0) return;
    file.begin(rows);
    yield* rows;
    after = rows.at(-1)?.n ?? after;
  }
}

/** Names whose versions lie one after the other in the file. */
function* keyGroups(file: RunFile): Generator<KeyGroup> {
  let open: (KeyGroup & Pick<Row, 'bucket' | 'key'>) | undefined;
  for (let after = 0; ; ) {
    const rows = file.after(after, chunk, true);
    for (const { n, bucket, key } of rows) {
      if (open && open.key === key && open.bucket === bucket) open.last = n;
      else {
        if (open) yield open;
        open = { first: n, last: n, bucket, key };
      }
    }
    if (rows.length < chunk) break;
    after = rows.at(-1)?.n ?? after;
  }
  if (open) yield open;
}

/** At most so many begin each second, evenly. */
function createPace(perSecond: () => number | undefined, signal: AbortSignal): () => Promise<void> {
  let nextAt = 0;
  return async () => {
    const rate = perSecond();
    if (rate === undefined) return;
    const now = performance.now();
    const at = Math.max(now, nextAt);
    nextAt = at + 1000 / rate;
    if (at > now) await pause(at - now, signal);
  };
}

export const journalOf = (about: InPlace) => {
  const { counts, deleted, done, total, id } = about;
  const left = Object.entries(counts).reduce((sum, [outcome, count]) => (outcome === 'done' || outcome === 'waits' ? sum : sum + count), 0);
  return say('inPlaceJournalEnd', { id, encrypted: counts.done ?? 0, left, deleted, done, total });
};
