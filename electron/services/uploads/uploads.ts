import type { EncryptionChoice } from '../../../shared/encryption.ts';
import { clusterMark, sameCluster } from '../../../shared/projected.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import type { Upload } from '../../../shared/uploads.ts';
import { customerKeysOf } from '../../clients/s3/customerKeys.ts';
import { minioEndpoint, withObjectClient } from '../../clients/s3/forStack.ts';
import { createObjectClient } from '../../clients/s3/objectClient.ts';
import type { Patience } from '../../clients/s3/retries.ts';
import { recordName } from '../../jobs/clusterView.ts';
import type { DomainDeps, StackAccess } from '../../jobs/step.ts';
import type { FileStore } from '../../platform/files.ts';
import { newRunId } from '../../platform/runId.ts';
import { abandonParts } from './abandoned.ts';
import { settleChoice } from './choices.ts';
import { conclude } from './conclude.ts';
import { diskSource } from './diskSource.ts';
import { createOpened } from './opened.ts';
import { createRate, type Rate } from './rate.ts';
import { sameState, stateName } from './readBack.ts';
import { createRun, type Run } from './run.ts';
import { checksAtOnce, requestsAtOnce } from './sizes.ts';
import type { UploadStore } from './store/store.ts';
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
type Settled = Awaited<ReturnType<typeof settleChoice>>;

const pauseGraceMs = 2_000;
const goneGraceMs = 60_000;
const tickMs = 200;

/** All uploads of all stacks: at most one run each. */
export function createUploadRuns(deps: UploadsDeps) {
  const { open, jobs, publish, log } = deps;
  const live = new Map<string, Live>();
  const busy = new Set<string>();
  const opened = createOpened(
    deps.kept,
    { rateOf: (id) => live.get(id)?.rate, broken: (id, error) => live.get(id)?.run.fail(error) },
    deps,
  );
  const { show, changed, quietly } = opened;

  function requireIdle({ head: { id } }: UploadStore): void {
    if (live.has(id)) throw new AppError('uploadRunning', { id });
  }

  function idle(stackId: string, id: string): UploadStore {
    const store = opened.get(stackId, id);
    requireIdle(store);
    return store;
  }

  /** Stops it, if it runs, and waits until it has. */
  async function stop(id: string, graceMs: number, cancelled: boolean): Promise<void> {
    const held = live.get(id);
    if (!held) return;
    held.cancelled ||= cancelled;
    held.run.stop(graceMs);
    await jobs.wait(await held.jobId);
  }

  async function abandon(store: UploadStore): Promise<void> {
    if (store.unfinished().length === 0) return;
    const access = await open(store.head.stackId, store.head.cluster);
    // To forget an upload is no change of a server, unless parts of it lie there.
    if (access.stack.readOnly) throw new AppError('stackReadOnly', { name: access.stack.name });
    await withObjectClient(access, (client) => abandonParts(store, client));
  }

  /**
   * Everything that can be refused is refused before the job begins. `chosen`: somebody chose it now, knowing the bucket's
   * rule as it is; otherwise the rule must still mean what it meant. `prepare` changes items, once nothing refuses any more.
   */
  async function begin(
    access: StackAccess,
    store: UploadStore,
    choice: EncryptionChoice,
    chosen: boolean,
    prepare: () => void = () => undefined,
  ): Promise<{ jobId: string }> {
    requireIdle(store);
    const { head } = store;
    const settled = await settleChoice(access, head.bucket, choice);
    const { meant, rule } = settled;
    if (!chosen && head.meant && choice.kind === 'rule' && meant && !sameState(head.meant, meant))
      throw new AppError('uploadRuleChanged', { was: stateName(head.meant), now: stateName(meant) });
    // What was begun under another choice would land under it.
    if (JSON.stringify(head.choice) !== JSON.stringify(choice)) await abandon(store);
    const endpoint = await minioEndpoint(access);
    // Between here and the job nothing waits: two calls at once cannot both find it idle.
    requireIdle(store);
    prepare();
    const client = createObjectClient(endpoint, { connections: requestsAtOnce + checksAtOnce });
    // It stays until its object is sent again, or somebody who has seen it puts the whole upload away.
    const alarm = head.alarm && store.row(head.alarm.n).state === 'alarm' ? head.alarm : undefined;
    Object.assign(head, { choice, meant, rule, phase: 'running', alarm, error: undefined });
    head.startedAt ??= new Date().toISOString();
    store.saveHead();
    const job = Promise.withResolvers<string>();
    const held = createLive(access, store, client, settled, job.promise);
    live.set(head.id, held);
    const { jobId } = startJob(access, store, client, held);
    job.resolve(jobId);
    return { jobId };
  }

  function createLive(
    access: StackAccess,
    store: UploadStore,
    client: ReturnType<typeof createObjectClient>,
    { encrypt, meant }: Settled,
    jobId: Promise<string>,
  ): Live {
    const { stackId, cluster, bucket, choice, onConflict } = store.head;
    const keys = choice.kind === 'sse-c' ? { id: choice.keyId, of: customerKeysOf(access) } : undefined;
    const windowGone = (): void => {
      quietly(store, () => opened.loseWindow(store));
      // What came from it may still land.
      run.stop(goneGraceMs);
      source.end(new AppError('cancelled'));
    };
    const source = createWindowSource(deps.files, windowGone, deps.patience?.window);
    const run = createRun({
      store,
      client,
      bucket,
      server: recordName(stackId, cluster),
      encrypt,
      meant,
      busy,
      customerKey: encrypt.kind === 'sse-c' ? encrypt.key : undefined,
      onlyNew: ({ ours }) => onConflict === 'skip' && !ours,
      ...(deps.patience?.server ? { patience: deps.patience.server } : {}),
      sourceOf: (row) => (row.file === undefined ? source : diskSource),
      changed: () => changed(store),
      waiting(why) {
        store.head.error = why;
        changed(store);
      },
      before: async (rows) => {
        const names = rows.map(({ key }) => key);
        await keys?.of.used(keys.id, bucket, names);
      },
    });
    return { run, source, rate: createRate(), jobId, cancelled: false };
  }

  function startJob(access: StackAccess, store: UploadStore, client: ReturnType<typeof createObjectClient>, held: Live): { jobId: string } {
    const { head } = store;
    const { id, stackId, bucket, choice } = head;
    const where = `${bucket}/${head.prefix}`;
    return jobs.start({
      title: say('uploadJob', { where }),
      stackId,
      unit: 'bytes',
      async run(report, signal) {
        const end = (): void => held.run.stop(0);
        signal.addEventListener('abort', end, { once: true });
        const tell = (): void => {
          const { sent, bytes, counts } = store.sums();
          held.rate.note(sent, (counts.done ?? 0) + (counts.checking ?? 0));
          report({ done: sent, total: bytes, ...(head.error ? { note: say('uploadWaitsNote') } : {}) });
        };
        const tick = setInterval(() => quietly(store, tell), tickMs);
        try {
          await access.journal(say('uploadDidStart', { where, files: store.sums().files, how: choiceName(choice, access) }));
          const outcome = await held.run.work();
          return await conclude(access, store, outcome, { cancelled: held.cancelled, signal });
        } catch (error) {
          if (head.phase === 'running') {
            head.phase = 'paused';
            head.error = isAppError(error) ? error.frame : undefined;
            quietly(store, () => store.move(['sending', 'checking'], 'waits'));
          }
          throw error;
        } finally {
          clearInterval(tick);
          signal.removeEventListener('abort', end);
          held.source.end(new AppError('cancelled'));
          live.delete(id);
          await client.close().catch((error: unknown) => log.error('uploads.close', { error }));
          quietly(store, () => {
            store.flush();
            store.saveHead();
          });
          quietly(store, () => publish('uploads.changed', show(store)));
          publish('objects.changed', { stackId, bucket });
        }
      },
    });
  }

  return {
    show,
    changed,
    idle,
    begin,
    storeOf: opened.get,
    /** Those to one MinIO cluster, the first unless named. */
    async list(stackId: string, cluster?: string): Promise<Upload[]> {
      return (await opened.each(stackId, show)).filter((one) => sameCluster(one.cluster, cluster));
    },
    sourceOf: (id: string): WindowSource | undefined => live.get(id)?.source,

    async stage({ stack, cluster }: StackAccess, bucket: string, prefix: string): Promise<Upload> {
      const now = new Date();
      const store = await opened.make({
        version: 1,
        id: newRunId(now),
        stackId: stack.id,
        ...clusterMark(cluster),
        bucket,
        prefix,
        phase: 'staged',
        source: 'window',
        choice: { kind: 'rule' },
        onConflict: 'skip',
        looked: false,
        needsFiles: false,
        at: now.toISOString(),
      });
      changed(store);
      return show(store);
    },

    staged(stackId: string, id: string): UploadStore {
      const store = opened.get(stackId, id);
      if (store.head.phase !== 'staged') throw new AppError('uploadNotStaged', { id });
      return store;
    },

    /** The window that had the files of one that does not run is gone. */
    windowGone(id: string): void {
      const store = opened.held(id);
      if (!store || live.has(id) || store.head.source !== 'window' || store.head.phase === 'ended') return;
      quietly(store, () => {
        const { all, away } = store.left();
        if (all === away) return;
        opened.loseWindow(store);
        store.saveHead();
        changed(store);
      });
    },

    async pause(stackId: string, id: string): Promise<Upload> {
      const store = opened.get(stackId, id);
      await stop(id, pauseGraceMs, false);
      return show(store);
    },

    async cancel(stackId: string, id: string): Promise<Upload> {
      const store = opened.get(stackId, id);
      await stop(id, 0, true);
      const { head } = store;
      if (head.phase === 'ended') return show(store);
      await abandon(store);
      store.move(['waits', 'sending', 'checking'], 'cancelled');
      Object.assign(head, { phase: 'ended', needsFiles: false, error: undefined });
      store.saveHead();
      if (head.startedAt !== undefined)
        await (await open(stackId, head.cluster)).journal(say('uploadDidCancel', { where: `${head.bucket}/${head.prefix}` }));
      changed(store);
      return show(store);
    },

    async remove(stackId: string, id: string): Promise<void> {
      await abandon(idle(stackId, id));
      await opened.remove(stackId, id);
    },

    async unfinished(stackId: string): Promise<ReadonlyMap<string, number>> {
      const found = new Map<string, number>();
      for (const { bucket, count } of await opened.each(stackId, (store) => ({
        bucket: store.head.bucket,
        count: store.unfinished().length,
      })))
        if (count > 0) found.set(bucket, (found.get(bucket) ?? 0) + count);
      return found;
    },

    /** Closes the files of a stack that is about to be removed. */
    async release(stackId: string): Promise<void> {
      opened.close(stackId);
    },

    async close(): Promise<void> {
      await Promise.allSettled([...live.keys()].map((id) => stop(id, 0, false)));
      opened.close();
    },
  };
}
export type UploadRuns = ReturnType<typeof createUploadRuns>;

/** A customer's key by its name, as people know it. */
function choiceName(choice: EncryptionChoice, access: StackAccess): string {
  switch (choice.kind) {
    case 'rule':
      return '@uploadHowRule';
    case 'sse-s3':
      return 'SSE-S3';
    case 'sse-kms':
      return `SSE-KMS ${choice.key}`;
    case 'sse-c':
      return `SSE-C ${
        customerKeysOf(access)
          .list()
          .find(({ id }) => id === choice.keyId)?.name ?? choice.keyId
      }`;
  }
}
