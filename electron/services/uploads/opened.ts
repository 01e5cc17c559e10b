import { existsSync } from 'node:fs';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { Upload } from '../../../shared/uploads.ts';
import type { DomainDeps } from '../../jobs/step.ts';
import { createThrottle } from '../../platform/throttle.ts';
import type { Rate } from './rate.ts';
import { shownOf } from './shown.ts';
import type { Head } from './store/rows.ts';
import { UploadStore } from './store/store.ts';
import type { UploadFiles } from './uploadFiles.ts';

const publishEveryMs = 100;

/** The records of uploads: opened once they are used, and told of when they change. */
export interface Opened {
  /** Throws `uploadNotHere`, `uploadFileDamaged`, `uploadFileNewer`. */
  get(stackId: string, id: string): UploadStore;
  make(head: Head): Promise<UploadStore>;
  /** Without opening it. */
  held(id: string): UploadStore | undefined;
  show(store: UploadStore): Upload;
  /** Tells it, at most ten times a second and never without the last word. */
  changed(store: UploadStore): void;
  /** What a window had of it is gone. */
  loseWindow(store: UploadStore): void;
  /** Work that nobody waits for: where its file cannot be written, that is the upload's own error. */
  quietly(store: UploadStore, work: () => void): void;
  /** Looks at each, newest first; those that are damaged, or of a newer version, are left out and logged. */
  each<T>(stackId: string, look: (store: UploadStore) => T): Promise<T[]>;
  remove(stackId: string, id: string): Promise<void>;
  close(stackId?: string): void;
}

/** `rateOf`: of those that run. `broken`: the file of one failed outside of any call. */
export function createOpened(
  kept: UploadFiles,
  { rateOf, broken }: { rateOf(id: string): Rate | undefined; broken(id: string, error: unknown): void },
  { publish, log }: Pick<DomainDeps, 'publish' | 'log'>,
): Opened {
  const stores = new Map<string, UploadStore>();
  const throttle = createThrottle(publishEveryMs, (error, id) => {
    const store = stores.get(id);
    if (store) failed(store, error);
  });

  function failed({ head }: UploadStore, error: unknown): void {
    log.error('uploads.file', { id: head.id, error });
    if (isAppError(error)) head.error = error.frame;
    broken(head.id, error);
  }

  function quietly(store: UploadStore, work: () => void): void {
    try {
      work();
    } catch (error) {
      failed(store, error);
    }
  }

  function get(stackId: string, id: string): UploadStore {
    const held = stores.get(id);
    const path = kept.pathOf(stackId, id);
    if (held ? held.head.stackId !== stackId : !existsSync(path)) throw new AppError('uploadNotHere', { id });
    if (held) return held;
    const store = UploadStore.open(path);
    stores.set(id, store);
    quietly(store, () => afterEngine(store));
    return store;
  }

  /** An engine that ended left it in the middle; what a window had is gone with that window's engine. */
  function afterEngine(store: UploadStore): void {
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

  const show = (store: UploadStore): Upload => shownOf(store, rateOf(store.head.id));

  function letGo(id: string): void {
    throttle.drop(id);
    const store = stores.get(id);
    stores.delete(id);
    if (store) quietly(store, () => store.close());
  }

  return {
    get,
    show,
    loseWindow,
    quietly,
    held: (id) => stores.get(id),

    async make(head) {
      await kept.makeFolder(head.stackId);
      const store = UploadStore.create(kept.pathOf(head.stackId, head.id), head);
      stores.set(head.id, store);
      return store;
    },

    changed(store) {
      const { id } = store.head;
      throttle.soon(id, () => {
        if (stores.get(id) === store) publish('uploads.changed', show(store));
      });
    },

    async each<T>(stackId: string, look: (store: UploadStore) => T): Promise<T[]> {
      const found: T[] = [];
      for (const id of await kept.list(stackId)) {
        try {
          const unused = !stores.has(id);
          const store = get(stackId, id);
          found.push(look(store));
          // Many may be kept: those that nobody works with hold no file open.
          if (unused && store.head.phase === 'ended') letGo(id);
        } catch (error) {
          log.error('uploads.list', { id, error });
        }
      }
      return found;
    },

    async remove(stackId, id) {
      letGo(id);
      await kept.remove(stackId, id);
      publish('uploads.removed', { stackId, id });
    },

    close(stackId) {
      for (const [id, store] of [...stores]) if (stackId === undefined || store.head.stackId === stackId) letGo(id);
    },
  };
}
