import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import type { Audit } from '../../../shared/audit.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { say, type Text } from '../../../shared/text.ts';
import type { S3Endpoint } from '../../clients/s3/signedClient.ts';
import type { Report } from '../../jobs/jobRunner.ts';
import type { Log } from '../../platform/log.ts';
import { startThread, type Thread, threadFile } from '../../platform/threadCalls.ts';
import { toWire } from '../../rpc/connection.ts';
import type { AuditFiles } from './auditFiles.ts';
import { plainEndpoint } from './looking.ts';
import { createProgress, type Progress, seenOf } from './progress.ts';
import type { BucketFacts, KeyRange, ReaderCalls, ReaderNews, ReadOrder, StoreCalls } from './work.ts';

/** Publishing: at most four times a second. */
const tellEveryMs = 250;
const saveEveryMs = 3_000;
/** What only a run at work has. */
const idle = { waitsFor: undefined, rate: undefined, secondsLeft: undefined, inFlight: undefined, phaseDone: undefined };

/** What a run finds out before it reads. */
export interface Looked {
  buckets: BucketFacts[];
  method: Audit['method'];
  who: Audit['who'];
  expected?: Audit['expected'];
}

export interface RunDeps {
  files: Pick<AuditFiles, 'pathOf' | 'save' | 'removeRows'>;
  log: Log;
  /** The engine ends: nobody cancelled it. */
  closing(): boolean;
  /** Tells everybody; called with each change. */
  changed(audit: Audit): void;
  look(signal: AbortSignal): Promise<Looked>;
  endpoint: S3Endpoint;
}

export interface Run {
  readonly audit: Audit;
  readonly store: Thread<StoreCalls> | undefined;
  pause(): Promise<void>;
  goOn(): Promise<void>;
  /** To its end: finished, or thrown: `cancelled` after everything that was read is kept, or what makes going on impossible. */
  work(report: Report, signal: AbortSignal, resumes: boolean): Promise<void>;
}

/** One run from its first look to its last index. The audit it holds is the truth of it while it works. */
export function createRun(audit: Audit, { files, log, closing, changed, look, endpoint }: RunDeps): Run {
  let store: Thread<StoreCalls> | undefined;
  let reader: Thread<ReaderCalls> | undefined;
  let news: ReaderNews | undefined;
  let progress: Progress | undefined;
  let saved = 0;
  const path = files.pathOf(audit.stackId, audit.id);

  const startStore = (): Thread<StoreCalls> => {
    store = startThread<StoreCalls>(threadFile(import.meta.dirname, 'auditStore', 'store/thread.ts'));
    store.onTold((told) => {
      const { arranging } = told as { arranging?: number };
      if (arranging !== undefined && audit.phase === 'arranging') audit.phaseDone = arranging;
    });
    return store;
  };

  let told = 0;
  let soon: NodeJS.Timeout | undefined;
  /** The whole audit to everybody, now or when the pace allows it. */
  function publish(): void {
    if (soon) return;
    const wait = told + tellEveryMs - Date.now();
    const now = (): void => {
      soon = undefined;
      told = Date.now();
      changed(audit);
    };
    if (wait > 0) soon = setTimeout(now, wait);
    else now();
  }

  async function save(): Promise<void> {
    saved = Date.now();
    await files.save(audit);
    await store?.calls.saveAudit(audit);
  }

  /** A change that everybody has to know at once, and that a kill must not undo. */
  async function enter(change: Partial<Audit>): Promise<void> {
    Object.assign(audit, change, { at: new Date().toISOString() });
    publish();
    await save();
  }

  /** A reader that ends at this moment has nothing to hear any more. */
  async function tellReader(what: 'pause' | 'goOn'): Promise<void> {
    await reader?.calls[what]().catch(() => undefined);
  }

  async function begin(signal: AbortSignal, resumes: boolean): Promise<{ buckets: BucketFacts[]; ranges: KeyRange[] }> {
    const opened = resumes && existsSync(path) ? await startStore().calls.open(path, true) : undefined;
    if (opened && opened.ranges.length > 0) return opened;
    // Cut off before there was anything to go on from: it looks again.
    await store?.end();
    store = undefined;
    await files.removeRows(audit.stackId, audit.id);
    const { buckets, ...facts } = await look(signal);
    Object.assign(audit, facts, { buckets: { done: 0, total: buckets.length } });
    const ranges = buckets.map((_, bucket): KeyRange => ({ id: bucket, bucket, after: '', done: false }));
    const { calls } = startStore();
    await calls.create(path, audit, buckets);
    // Those that were never reached when a kill comes are otherwise not known to be there.
    await calls.commit({ ranges });
    return { buckets, ranges };
  }

  /** What was read is kept whatever ended it, and the last word on its state with it, as far as the disk lets. */
  async function keep(change: Partial<Audit>): Promise<void> {
    const quietly = async (work: () => Promise<unknown>): Promise<void> => {
      await work().catch((error: unknown) => log.error('audit.keep', { id: audit.id, error }));
    };
    await quietly(async () => {
      if (store) progress?.take(audit, await store.calls.totals(), news, Date.now());
    });
    const endedAt = new Date().toISOString();
    Object.assign(audit, idle, { at: endedAt, endedAt }, change);
    clearTimeout(soon);
    soon = undefined;
    changed(audit);
    await quietly(() => files.save(audit));
    await quietly(async () => store?.calls.saveAudit(audit));
    await quietly(async () => store?.calls.close());
  }

  async function read(order: ReadOrder, report: Report, signal: AbortSignal): Promise<void> {
    const { calls } = store as Thread<StoreCalls>;
    const { port1, port2 } = new MessageChannel();
    reader = startThread<ReaderCalls>(threadFile(import.meta.dirname, 'auditReader', 'reader/thread.ts'));
    news = undefined;
    reader.onTold((told) => {
      news = told as ReaderNews;
    });
    const stop = (): void => void reader?.calls.stop().catch(() => undefined);
    signal.addEventListener('abort', stop, { once: true });
    try {
      await calls.attach(port1);
      const running = reader.calls.run(order, port2);
      if (audit.state === 'paused') await reader.calls.pause();
      if (signal.aborted) stop();
      const { finished } = await whileTelling(running, report);
      // The last word of a short run came between two ticks.
      await tell(report);
      if (!finished) throw new AppError('cancelled');
    } finally {
      signal.removeEventListener('abort', stop);
      await reader.end();
      reader = undefined;
      port1.close();
    }
  }

  async function arrange(report: Report, signal: AbortSignal): Promise<void> {
    const cancelled = Promise.withResolvers<never>();
    const cancel = (): void => cancelled.reject(new AppError('cancelled'));
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) cancel();
    const { calls } = store as Thread<StoreCalls>;
    // Its transactions are whole or not there, so it may be cut off anywhere.
    await whileTelling(Promise.race([calls.arrange(), cancelled.promise]), report);
  }

  /** Waits for the work and tells meanwhile how it goes. A store that cannot be written ends it. */
  async function whileTelling<T>(work: Promise<T>, report: Report): Promise<T> {
    let over = false;
    const telling = async (): Promise<never> => {
      for (;;) {
        await pause(tellEveryMs);
        if (over) return new Promise<never>(() => undefined);
        await tell(report);
        if (Date.now() - saved > saveEveryMs) await save();
      }
    };
    try {
      return await Promise.race([work, telling()]);
    } finally {
      over = true;
      work.catch(() => undefined);
    }
  }

  async function tell(report: Report): Promise<void> {
    const totals = await (store as Thread<StoreCalls>).calls.totals();
    const fresh = reader ? news : undefined;
    if (audit.state !== 'paused' && fresh) {
      const { waitsFor } = fresh;
      audit.state = waitsFor ? 'waiting' : 'running';
      audit.waitsFor = waitsFor;
    }
    if (fresh && audit.phase === 'listing') audit.phase = fresh.phase;
    progress?.take(audit, totals, fresh, Date.now());
    publish();
    const total = audit.expected?.objects;
    report({ done: seenOf(audit), ...(total === undefined ? {} : { total: Math.max(total, seenOf(audit)) }), note: noteOf(audit) });
  }

  return {
    audit,
    get store() {
      return store;
    },

    async pause() {
      if (audit.state === 'paused' || audit.phase === 'arranging' || audit.phase === 'done') return;
      audit.state = 'paused';
      await tellReader('pause');
      // It may have come to its end meanwhile.
      if (audit.state === 'paused') await enter({ waitsFor: undefined, rate: undefined, secondsLeft: undefined });
    },

    async goOn() {
      if (audit.state !== 'paused') return;
      audit.state = 'running';
      await tellReader('goOn');
      await enter({});
    },

    async work(report, signal, resumes) {
      try {
        report({ note: say('auditNoteLooking') });
        const { buckets, ranges } = await begin(signal, resumes);
        const open = ranges.filter(({ done }) => !done);
        progress = createProgress(audit, Date.now());
        const phase = open.length > 0 ? 'listing' : 'opening';
        await enter({ phase, phaseDone: undefined });
        const { prefix, versions } = audit.scope;
        const order: ReadOrder = {
          endpoint: plainEndpoint(endpoint),
          method: audit.method,
          prefix,
          versions,
          options: audit.options,
          buckets: buckets.map(({ name }) => name),
          expected: buckets.map(({ expected }) => expected),
          ranges: open,
          phase,
        };
        await read(order, report, signal);
        await enter({ ...idle, state: 'running', phase: 'arranging', phaseDone: 0 });
        await arrange(report, signal);
        await tell(report);
        const rate = audit.workedMs > 0 ? (seenOf(audit) / audit.workedMs) * 1000 : undefined;
        // The average is what the next estimate goes by.
        await keep({ state: 'finished', phase: 'done', rate });
      } catch (error) {
        const ended = signal.aborted ? (closing() ? 'interrupted' : 'cancelled') : 'failed';
        await keep({ state: ended, error: ended === 'failed' ? toWire(error, log, 'audit') : undefined });
        throw error;
      } finally {
        await store?.end();
        store = undefined;
      }
    },
  };
}

function noteOf(audit: Audit): Text {
  const { phase, state, buckets } = audit;
  if (state === 'paused') return say('auditNotePaused');
  if (state === 'waiting') return say('auditNoteWaiting');
  if (phase === 'opening') return say('auditNoteOpening');
  if (phase === 'arranging') return say('auditNoteArranging');
  return say('auditNoteListing', { done: buckets.done, total: buckets.total });
}
