import type { MessagePort } from 'node:worker_threads';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { sqliteFailure } from '../../../platform/sqliteFile.ts';
import { textsOf } from '../report/forms.ts';
import type { StoreCalls } from '../work.ts';
import { form } from './form.ts';
import { RunStore } from './store.ts';

/** The calls of the store's thread: one file at a time. `serve` answers them on a port of the reader's. */
export function createStoreCalls(tell: (told: unknown) => void, serve: (port: MessagePort, calls: StoreCalls) => void): StoreCalls {
  let open: RunStore | undefined;
  let file = '';
  const store = () => {
    if (!open) throw new AppError('threadEnded');
    return open;
  };
  const take = (path: string, opened: () => RunStore) => {
    file = path;
    open?.close();
    open = undefined;
    open = opened();
    return open;
  };
  const calls: StoreCalls = {
    async create(path, audit, buckets) {
      take(path, () => RunStore.create(path, audit, buckets));
    },
    open: async (path, write) => take(path, () => RunStore.open(path, write)).about(),
    commit: async (commit) => store().commit(commit),
    saveAudit: async (audit) => store().saveAudit(audit),
    totals: async () => store().totals(),
    samples: async () => store().samples(),
    byTime: async (of, n) => store().byTime(of, n),
    judge: async (verdicts, rows) => store().judge(verdicts, rows),
    unread: async (afterRow, limit) => store().unread(afterRow, limit),
    arrange: async () => store().arrange((arranging) => tell({ arranging })),
    buckets: async () => store().buckets(),
    keys: async () => store().keys(),
    gaps: async () => store().gaps(),
    reasons: async () => store().reasons(),
    map: async (place) => store().map(place),
    rows: async (view) => store().rows(view),
    row: async (row) => store().row(row),
    texts: async (after, wanted) => textsOf(store().after(after, wanted.filter, wanted.limit), wanted),
    page: async (after, filter, limit) => store().after(after, filter, limit),
    compare: async (before, page) => store().compare(before, page),
    async attach(port) {
      serve(
        port,
        guarded(calls, () => file),
      );
    },
    async close() {
      open?.close();
      open = undefined;
    },
  };
  return guarded(calls, () => file);
}

/** What SQLite says in any call is told as an error with a next step. */
function guarded(calls: StoreCalls, file: () => string): StoreCalls {
  const entries = Object.entries(calls) as [string, (...args: unknown[]) => Promise<unknown>][];
  return Object.fromEntries(
    entries.map(([name, call]) => [
      name,
      (...args: unknown[]) => call(...args).catch((error) => Promise.reject(sqliteFailure(error, file(), form))),
    ]),
  ) as unknown as StoreCalls;
}
