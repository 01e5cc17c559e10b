import type { MessagePort } from 'node:worker_threads';
import { AppError } from '../../../../shared/rpc/errors.ts';
import type { StoreCalls } from '../work.ts';
import { RunStore } from './store.ts';

/** The calls of the store's thread: one file at a time. `serve` answers them on a port of the reader's. */
export function createStoreCalls(tell: (told: unknown) => void, serve: (port: MessagePort, calls: StoreCalls) => void): StoreCalls {
  let open: RunStore | undefined;
  const store = () => {
    if (!open) throw new AppError('threadEnded');
    return open;
  };
  const take = (opened: () => RunStore) => {
    open?.close();
    open = undefined;
    open = opened();
    return open;
  };
  const calls: StoreCalls = {
    async create(file, audit, buckets) {
      take(() => RunStore.create(file, audit, buckets));
    },
    open: async (file, write) => take(() => RunStore.open(file, write)).about(),
    commit: async (commit) => store().commit(commit),
    saveAudit: async (audit) => store().saveAudit(audit),
    totals: async () => store().totals(),
    samples: async () => store().samples(),
    byTime: () => Promise.reject(new Error('not built yet')),
    judge: () => Promise.reject(new Error('not built yet')),
    unread: () => Promise.reject(new Error('not built yet')),
    arrange: async () => store().arrange((arranging) => tell({ arranging })),
    buckets: async () => store().buckets(),
    keys: async () => store().keys(),
    gaps: async () => store().gaps(),
    map: async (place) => store().map(place),
    rows: async (view) => store().rows(view),
    row: async (row) => store().row(row),
    after: () => Promise.reject(new Error('not built yet')),
    compare: () => Promise.reject(new Error('not built yet')),
    async attach(port) {
      serve(port, calls);
    },
    async close() {
      open?.close();
      open = undefined;
    },
  };
  return calls;
}
