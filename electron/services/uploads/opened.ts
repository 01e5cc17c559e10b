import { existsSync } from 'node:fs';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Upload } from '../../../shared/uploads.ts';
import type { DomainDeps } from '../../jobs/step.ts';
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
  list(stackId: string): Promise<Upload[]>;
  remove(stackId: string, id: string): Promise<void>;
  close(stackId?: string): void;
}

/** `rateOf`: of those that run. */
export function createOpened(
  kept: UploadFiles,
  rateOf: (id: string) => Rate | undefined,
  { publish, log }: Pick<DomainDeps, 'publish' | 'log'>,
): Opened {
  const stores = new Map<string, UploadStore>();
  const timers = new Map<string, NodeJS.Timeout>();

  function get(stackId: string, id: string): UploadStore {
    const held = stores.get(id);
    const path = kept.pathOf(stackId, id);
    if (held ? held.head.stackId !== stackId : !existsSync(path)) throw new AppError('uploadNotHere', { id });
    if (held) return held;
    const store = UploadStore.open(path);
    stores.set(id, store);
    afterEngine(store);
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
    clearTimeout(timers.get(id));
    timers.delete(id);
    stores.get(id)?.close();
    stores.delete(id);
  }

  return {
    get,
    show,
    loseWindow,
    held: (id) => stores.get(id),

    async make(head) {
      await kept.makeFolder(head.stackId);
      const store = UploadStore.create(kept.pathOf(head.stackId, head.id), head);
      stores.set(head.id, store);
      return store;
    },

    changed(store) {
      const { id } = store.head;
      if (timers.has(id)) return;
      const tell = (): void => {
        timers.delete(id);
        if (stores.get(id) === store) publish('uploads.changed', show(store));
      };
      timers.set(id, setTimeout(tell, publishEveryMs));
    },

    async list(stackId) {
      const uploads: Upload[] = [];
      for (const id of await kept.list(stackId)) {
        try {
          const unused = !stores.has(id);
          const store = get(stackId, id);
          uploads.push(show(store));
          // Many may be kept: those that nobody works with hold no file open.
          if (unused && store.head.phase === 'ended') letGo(id);
        } catch (error) {
          // One that is damaged, or of a newer version, must not hide the others.
          log.error('uploads.list', { id, error });
        }
      }
      return uploads;
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
