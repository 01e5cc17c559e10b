import { isAbsolute } from 'node:path';
import { AppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import type { uploadProcedures } from '../../../shared/uploads.ts';
import { withS3 } from '../../clients/s3/forStack.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';
import { keyRefused, lookAtChoices } from './choices.ts';
import { lookForConflicts } from './conflicts.ts';
import { refusalOf } from './names.ts';
import { itemOf, type NewItem } from './store/rows.ts';
import type { UploadStore } from './store/store.ts';
import { createUploadFiles } from './uploadFiles.ts';
import { createUploadRuns, type UploadsDeps } from './uploads.ts';
import { createWaitingWindows } from './waitingWindows.ts';
import { walk } from './walk.ts';

const takeMs = 20_000;
const lostCodes = { changed: 'uploadSourceChanged', gone: 'uploadSourceGone', unreadable: 'uploadSourceUnreadable' } as const;

export interface UploadService {
  handlers: DomainHandlers<typeof uploadProcedures>;
  /** How many large files lie at the server in parts that were not put together, by bucket. */
  unfinished(stackId: string): Promise<ReadonlyMap<string, number>>;
  /** Lets go of the files of a stack that is about to be removed. */
  release(stackId: string): Promise<void>;
  /** What works is paused and can be resumed. */
  close(): Promise<void>;
}

/** Uploads of a stack: what is staged, sent, read back and kept across restarts. */
export function createUploads(deps: Omit<UploadsDeps, 'kept'> & { dataFolder: string }): UploadService {
  const { open, jobs } = deps;
  const runs = createUploadRuns({ ...deps, kept: createUploadFiles(deps.dataFolder) });

  const windows = createWaitingWindows((id) => runs.sourceOf(id) !== undefined, runs.windowGone, deps.patience?.window?.goneMs);

  /** The name at the target, and why it cannot be. */
  function stagedItem(store: UploadStore, item: Omit<NewItem, 'key'>): NewItem {
    const key = `${store.head.prefix}${item.path}`;
    const error = item.error ?? refusalOf(key, item.size);
    return { ...item, key, ...(error ? { error } : {}) };
  }

  async function lookUp(store: UploadStore, signal: AbortSignal, tell: (done: number) => void): Promise<void> {
    const { head } = store;
    const { stackId, cluster, bucket } = head;
    await withS3(await open(stackId, cluster), async (s3) => {
      store.forgetFound();
      let looked = 0;
      for (const names of store.names()) {
        store.found(await lookForConflicts(names, { s3, bucket, signal, tell: (done) => tell(looked + done) }));
        looked += names.length;
      }
    });
    head.looked = true;
    store.saveHead();
    runs.changed(store);
  }

  return {
    unfinished: runs.unfinished,
    release: runs.release,
    close: () => {
      windows.close();
      return runs.close();
    },
    handlers: {
      'uploads.choices': async ({ stackId, cluster, bucket }) => lookAtChoices(await open(stackId, cluster), bucket),
      'uploads.tryKey': async ({ stackId, cluster, key }) => {
        const error = await keyRefused(await open(stackId, cluster), key);
        return { ok: !error, at: new Date().toISOString(), ...(error ? { error } : {}) };
      },
      'uploads.stage': async ({ stackId, cluster, bucket, prefix }) => runs.stage(await open(stackId, cluster), bucket, prefix),
      'uploads.add': async ({ stackId, id, files }) => {
        const store = runs.staged(stackId, id);
        const first = store.add(files.map((file) => stagedItem(store, file)));
        store.head.looked = false;
        store.saveHead();
        runs.changed(store);
        return { ...runs.show(store), first };
      },
      'uploads.addPaths': async ({ stackId, id, paths }, { host, signal }) => {
        if (host === 'browser') throw new AppError('uploadPathsFromBrowser');
        // From where the engine works it would lead into its data folder.
        const relative = paths.find((path) => !isAbsolute(path));
        if (relative !== undefined) throw new AppError('folderRelative', { folder: relative });
        const store = runs.staged(stackId, id);
        let emptyFolders = 0;
        for await (const found of walk(paths, signal, () => emptyFolders++)) {
          if (store.head.phase !== 'staged') throw new AppError('uploadNotStaged', { id });
          store.add(found.map((one) => stagedItem(store, one)));
          runs.changed(store);
        }
        store.head.source = 'disk';
        store.head.looked = false;
        store.saveHead();
        return { ...runs.show(store), emptyFolders };
      },
      'uploads.retarget': async ({ stackId, id, prefix }) => {
        const store = runs.staged(stackId, id);
        store.retarget(prefix, refusalOf);
        runs.changed(store);
        return runs.show(store);
      },
      'uploads.leaveOut': async ({ stackId, id, items }) => {
        const store = runs.staged(stackId, id);
        store.leaveOut(items);
        // Of a window that was closed nothing may be missing any more.
        store.head.needsFiles = store.left().away > 0;
        store.saveHead();
        runs.changed(store);
        return runs.show(store);
      },
      'uploads.lookForConflicts': async ({ stackId, id }) => {
        const store = runs.idle(stackId, id);
        return jobs.start({
          title: say('uploadLookJob', { where: `${store.head.bucket}/${store.head.prefix}` }),
          stackId,
          unit: 'objects',
          async run(report, signal) {
            await lookUp(store, signal, (done) => report({ done, total: store.sums().files }));
            return { conflicts: store.sums().conflicts };
          },
        });
      },
      'uploads.items': async ({ stackId, id, ...view }) => {
        const { rows, total } = runs.storeOf(stackId, id).items(view);
        return { items: rows.map(itemOf), total };
      },
      'uploads.start': async ({ stackId, id, choice, onConflict }, { signal }) => {
        const store = runs.staged(stackId, id);
        const access = await open(stackId, store.head.cluster);
        if (!store.head.looked) await lookUp(store, signal, () => undefined);
        store.head.onConflict = onConflict;
        if (onConflict === 'skip') store.skipConflicts();
        return runs.begin(access, store, choice, true);
      },
      'uploads.pause': ({ stackId, id }) => runs.pause(stackId, id),
      'uploads.resume': async ({ stackId, id, choice, again }) => {
        const store = runs.idle(stackId, id);
        const { phase } = store.head;
        if (phase === 'staged') throw new AppError('uploadNotStarted', { id });
        if (phase === 'ended' && !again) throw new AppError('uploadEnded', { id });
        // What landed wrongly is forgotten only when it is really sent again.
        const prepare = (): void => {
          if (again) store.move(['failed', 'alarm'], 'waits');
        };
        return runs.begin(await open(stackId, store.head.cluster), store, choice ?? store.head.choice, choice !== undefined, prepare);
      },
      'uploads.cancel': ({ stackId, id }) => runs.cancel(stackId, id),
      'uploads.remove': async ({ stackId, id }) => {
        await runs.remove(stackId, id);
        return {};
      },
      'uploads.list': async ({ stackId, cluster }) => ({ uploads: await runs.list(stackId, cluster) }),
      'uploads.rejoin': async ({ stackId, id, files }) => {
        const store = runs.storeOf(stackId, id);
        const matched = files.flatMap(({ path, size, modified }, at): [number, number][] => {
          const n = store.rejoin(path, size, modified);
          return n === undefined ? [] : [[at, n]];
        });
        store.head.needsFiles = store.left().away > 0;
        store.saveHead();
        runs.changed(store);
        return { upload: runs.show(store), matched };
      },
      'uploads.take': async ({ stackId, id, atMost }, { signal }) => {
        const store = runs.storeOf(stackId, id);
        return windows.while(id, async () => {
          if (store.head.phase !== 'ended') await windows.untilItRuns(id, takeMs, signal);
          const pieces = (await runs.sourceOf(id)?.take(atMost, takeMs, signal)) ?? [];
          return { pieces, phase: store.head.phase };
        });
      },
      'uploads.lost': async ({ stackId, id, n, reason }) => {
        const { path: name } = runs.storeOf(stackId, id).row(n);
        runs.sourceOf(id)?.lost(n, new AppError(lostCodes[reason], { name, reason: '@uploadReasonWindow' }));
        return {};
      },
    },
  };
}
