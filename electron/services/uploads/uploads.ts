import { existsSync } from 'node:fs';
import type { EncryptionChoice } from '../../../shared/encryption.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import type { Upload } from '../../../shared/uploads.ts';
import { customerKeysOf } from '../../clients/s3/customerKeys.ts';
import { minioEndpoint, withObjectClient } from '../../clients/s3/forStack.ts';
import { createObjectClient } from '../../clients/s3/objectClient.ts';
import type { DomainDeps, StackAccess } from '../../jobs/step.ts';
import type { FileStore } from '../../platform/files.ts';
import { newRunId } from '../../platform/runId.ts';
import { abandonParts } from './abandoned.ts';
import { whyItLanded } from './alarmWhy.ts';
import { settleChoice } from './choices.ts';
import { diskSource } from './diskSource.ts';
import { createRate, type Rate } from './rate.ts';
import { sameState, stateName } from './readBack.ts';
import type { Patience } from './retry.ts';
import { createRun, type Outcome, type Run } from './run.ts';
import { shownOf } from './shown.ts';
import { checksAtOnce, requestsAtOnce } from './sizes.ts';
import type { Head } from './store/rows.ts';
import { UploadStore } from './store/store.ts';
import type { UploadFiles } from './uploadFiles.ts';
import { createWindowSource, type WindowPatience, type WindowSource } from './windowSource.ts';

export interface UploadsDeps extends DomainDeps {
  kept: UploadFiles;
  files: Pick<FileStore, 'announce' | 'open'>;
  /** Shorter ones for tests. */
  patience?: { window?: WindowPatience; server?: Patience };
}

interface Live {
  run: Run;
  source: WindowSource;
  rate: Rate;
  jobId: Promise<string>;
  /** Parts are to be aborted when it has stopped. */
  cancelled: boolean;
}

const publishEveryMs = 100;
const pauseGraceMs = 2_000;
const goneGraceMs = 60_000;

/** All uploads of all stacks: their files, kept open once they were used, and what runs. */
export function createUploadRuns(deps: UploadsDeps) {
  const { kept, open, jobs, publish, log } = deps;
  const stores = new Map<string, UploadStore>();
  const live = new Map<string, Live>();
  const busy = new Set<string>();
  const timers = new Map<string, NodeJS.Timeout>();

  function storeOf(stackId: string, id: string): UploadStore {
    const held = stores.get(id);
    if (held) {
      if (held.head.stackId !== stackId) throw new AppError('uploadNotHere', { id });
      return held;
    }
    const path = kept.pathOf(stackId, id);
    if (!existsSync(path)) throw new AppError('uploadNotHere', { id });
    const store = UploadStore.open(path);
    stores.set(id, store);
    interrupted(store);
    return store;
  }

  /** An engine that was killed left it in the middle; what a window had is gone with that window's engine. */
  function interrupted(store: UploadStore): void {
    const { head } = store;
    if (head.phase === 'ended') return;
    if (head.phase === 'running') head.phase = 'paused';
    store.move(['sending', 'checking'], 'waits');
    if (head.source === 'window') loseWindow(store);
    store.saveHead();
  }

  function loseWindow(store: UploadStore): void {
    store.letGo();
    store.head.needsFiles = store.left().away > 0;
  }

  const show = (store: UploadStore): Upload => shownOf(store, live.get(store.head.id)?.rate);

  /** At most ten times a second, and never without the last word. */
  function changed(store: UploadStore): void {
    const { id } = store.head;
    if (timers.has(id)) return;
    timers.set(
      id,
      setTimeout(() => {
        timers.delete(id);
        if (stores.get(id) === store) publish('uploads.changed', show(store));
      }, publishEveryMs),
    );
  }

  function letGo(id: string): void {
    clearTimeout(timers.get(id));
    timers.delete(id);
    stores.get(id)?.close();
    stores.delete(id);
  }

  function requireIdle(store: UploadStore): void {
    if (live.has(store.head.id)) throw new AppError('uploadRunning', { id: store.head.id });
  }

  async function end(held: Live): Promise<void> {
    await jobs.wait(await held.jobId);
  }

  /** Everything that can be refused is refused before the job begins. */
  async function begin(access: StackAccess, store: UploadStore, choice: EncryptionChoice, restarted: boolean): Promise<{ jobId: string }> {
    requireIdle(store);
    const { head } = store;
    const { id, stackId, bucket } = head;
    const job = Promise.withResolvers<string>();
    job.promise.catch(() => undefined);
    const rate = createRate();
    let held: Live | undefined;
    const windowGone = (): void => {
      if (!held) return;
      loseWindow(store);
      // What came from it may still land.
      held.run.stop(goneGraceMs);
      source.end(new AppError('cancelled'));
    };
    const source = createWindowSource(deps.files, windowGone, deps.patience?.window);
    try {
      const { encrypt, meant, rule } = await settleChoice(access, bucket, choice);
      if (!restarted && head.meant && choice.kind === 'rule' && meant && !sameState(head.meant, meant))
        throw new AppError('uploadRuleChanged', { was: stateName(head.meant), now: stateName(meant) });
      // What was begun under another choice would land under it.
      if (JSON.stringify(head.choice) !== JSON.stringify(choice)) await withObjectClient(access, (client) => abandonParts(store, client));
      const endpoint = await minioEndpoint(access);
      // Between here and the job nothing waits: two calls at once cannot both find it idle.
      requireIdle(store);
      const client = createObjectClient(endpoint, { connections: requestsAtOnce + checksAtOnce });
      Object.assign(head, { choice, meant, rule, phase: 'running', alarm: undefined, error: undefined });
      head.startedAt ??= new Date().toISOString();
      store.saveHead();
      const keys = choice.kind === 'sse-c' ? customerKeysOf(access) : undefined;
      const run = createRun({
        store,
        client,
        bucket,
        stackId,
        encrypt,
        meant,
        busy,
        customerKey: encrypt.kind === 'sse-c' ? encrypt.key : undefined,
        onlyNew: head.onConflict === 'skip',
        ...(deps.patience?.server ? { patience: deps.patience.server } : {}),
        sourceOf: (row) => (row.file === undefined ? source : diskSource),
        changed: () => changed(store),
        waiting(why) {
          head.error = why;
          changed(store);
        },
        async before(rows) {
          if (keys && choice.kind === 'sse-c')
            await keys.used(
              choice.keyId,
              bucket,
              rows.map(({ key }) => key),
            );
        },
      });
      held = { run, source, rate, jobId: job.promise, cancelled: false };
      const mine = held;
      live.set(id, mine);
      const { jobId } = jobs.start({
        title: say('uploadJob', { where: `${bucket}/${head.prefix}` }),
        stackId,
        unit: 'bytes',
        async run(report, signal) {
          const stop = (): void => run.stop(0);
          signal.addEventListener('abort', stop, { once: true });
          const tick = setInterval(() => {
            const { sent, bytes, counts } = store.sums();
            rate.note(sent, (counts.done ?? 0) + (counts.checking ?? 0));
            report({ done: sent, total: bytes, ...(head.error ? { note: say('uploadWaitsNote') } : {}) });
          }, 200);
          try {
            await access.journal(
              say('uploadDidStart', { where: `${bucket}/${head.prefix}`, files: store.sums().files, how: choiceName(choice) }),
            );
            return await conclude(access, store, mine, await run.work(), signal);
          } catch (error) {
            if (head.phase === 'running') {
              head.phase = 'paused';
              head.error = isAppError(error) ? error.frame : undefined;
              store.move(['sending', 'checking'], 'waits');
            }
            throw error;
          } finally {
            clearInterval(tick);
            signal.removeEventListener('abort', stop);
            source.end(new AppError('cancelled'));
            live.delete(id);
            await client.close().catch((error: unknown) => log.error('uploads.close', { error }));
            store.flush();
            store.saveHead();
            publish('uploads.changed', show(store));
            publish('objects.changed', { stackId, bucket });
          }
        },
      });
      job.resolve(jobId);
      return { jobId };
    } catch (error) {
      source.end(new AppError('cancelled'));
      job.reject(error);
      throw error;
    }
  }

  async function conclude(access: StackAccess, store: UploadStore, held: Live, outcome: Outcome, signal: AbortSignal): Promise<unknown> {
    const { head } = store;
    store.move(['sending', 'checking'], 'waits');
    head.error = outcome.error?.frame;
    const { all, away } = store.left();
    if (outcome.alarm && !held.cancelled) {
      head.phase = 'alarm';
      head.alarm = { n: outcome.alarm.row.n, why: await whyItLanded(access, head, outcome.alarm) };
    } else if (held.cancelled || all > 0) {
      head.phase = 'paused';
      head.needsFiles = away > 0;
    } else {
      head.phase = 'ended';
      head.needsFiles = false;
    }
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

  return {
    show,
    changed,
    storeOf,
    begin,

    async stage(stackId: string, bucket: string, prefix: string): Promise<Upload> {
      const now = new Date();
      const at = now.toISOString();
      const head: Head = {
        version: 1,
        id: newRunId(now),
        stackId,
        bucket,
        prefix,
        phase: 'staged',
        source: 'window',
        choice: { kind: 'rule' },
        onConflict: 'skip',
        looked: false,
        needsFiles: false,
        at,
      };
      await kept.makeFolder(stackId);
      const store = UploadStore.create(kept.pathOf(stackId, head.id), head);
      stores.set(head.id, store);
      changed(store);
      return show(store);
    },

    staged(stackId: string, id: string): UploadStore {
      const store = storeOf(stackId, id);
      if (store.head.phase !== 'staged') throw new AppError('uploadNotStaged', { id });
      return store;
    },

    idle(stackId: string, id: string): UploadStore {
      const store = storeOf(stackId, id);
      requireIdle(store);
      return store;
    },

    sourceOf: (id: string): WindowSource | undefined => live.get(id)?.source,

    /** The window that had the files of one that does not run is gone. */
    windowGone(id: string): void {
      const store = stores.get(id);
      if (!store || live.has(id) || store.head.source !== 'window' || store.head.phase === 'ended' || store.head.needsFiles) return;
      loseWindow(store);
      store.saveHead();
      changed(store);
    },

    async pause(stackId: string, id: string): Promise<Upload> {
      const store = storeOf(stackId, id);
      const held = live.get(id);
      if (held) {
        held.run.stop(pauseGraceMs);
        await end(held);
      }
      return show(store);
    },

    async cancel(stackId: string, id: string): Promise<Upload> {
      const store = storeOf(stackId, id);
      const held = live.get(id);
      if (held) {
        held.cancelled = true;
        held.run.stop(0);
        await end(held);
      }
      const { head } = store;
      if (head.phase === 'ended') return show(store);
      const access = await open(stackId);
      if (store.unfinished().length > 0) await withObjectClient(access, (client) => abandonParts(store, client));
      store.move(['waits', 'sending', 'checking'], 'cancelled');
      Object.assign(head, { phase: 'ended', needsFiles: false, error: undefined, alarm: undefined });
      store.saveHead();
      if (head.startedAt !== undefined) await access.journal(say('uploadDidCancel', { where: `${head.bucket}/${head.prefix}` }));
      changed(store);
      return show(store);
    },

    async remove(stackId: string, id: string): Promise<void> {
      const store = storeOf(stackId, id);
      requireIdle(store);
      if (store.unfinished().length > 0) await withObjectClient(await open(stackId), (client) => abandonParts(store, client));
      letGo(id);
      await kept.remove(stackId, id);
      publish('uploads.removed', { stackId, id });
    },

    async list(stackId: string): Promise<Upload[]> {
      const uploads: Upload[] = [];
      for (const id of await kept.list(stackId)) {
        try {
          uploads.push(show(storeOf(stackId, id)));
        } catch (error) {
          // One that is damaged, or of a newer version, must not hide the others.
          log.error('uploads.list', { id, error });
        }
      }
      return uploads;
    },

    /** Closes the files of a stack that is about to be removed. */
    async release(stackId: string): Promise<void> {
      for (const [id, store] of [...stores]) if (store.head.stackId === stackId) letGo(id);
    },

    async close(): Promise<void> {
      for (const held of live.values()) held.run.stop(0);
      await Promise.allSettled([...live.values()].map(end));
      for (const id of [...stores.keys()]) letGo(id);
    },
  };
}
export type UploadRuns = ReturnType<typeof createUploadRuns>;

export function choiceName(choice: EncryptionChoice): string {
  switch (choice.kind) {
    case 'rule':
      return '@uploadHowRule';
    case 'sse-s3':
      return 'SSE-S3';
    case 'sse-kms':
      return `SSE-KMS ${choice.key}`;
    case 'sse-c':
      return `SSE-C ${choice.keyId}`;
  }
}
