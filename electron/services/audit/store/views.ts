import type { DatabaseSync } from 'node:sqlite';
import type { AuditFilter } from '../../../../shared/audit.ts';
import type { Where } from './filter.ts';
import { type RawRow, rowColumns } from './rowReader.ts';

export type Sort = 'key' | 'size' | 'modifiedAt' | 'state' | 'read';

const orders: Record<Sort, { index: string; by: string[] }> = {
  key: { index: 'INDEXED BY byKey', by: ['bucket', 'key', 'row'] },
  size: { index: 'INDEXED BY bySize', by: ['size', 'row'] },
  modifiedAt: { index: 'INDEXED BY byTime', by: ['modified', 'row'] },
  state: { index: 'INDEXED BY byState', by: ['state', 'row'] },
  read: { index: 'NOT INDEXED', by: ['row'] },
};

const slice = 20_000;
/** All lists together: 48 MB. */
const mostRanked = 12_000_000;
const idleMs = 60_000;
/** Up to here a page is found quicker by walking than by waiting for the list. */
const nearOffset = 1000;

/** A filtered and sorted view: its rows by rank, as far as they are listed. */
interface View {
  chunks: Uint32Array[];
  length: number;
  done: boolean;
  ended: boolean;
  waiting: (() => void)[];
  failure?: unknown;
}

/**
 * Sorted and filtered pages of an arranged file. The first page of a view is walked to; meanwhile its rows are listed by
 * rank in slices, and then any page is found at once.
 */
export class Views {
  readonly #db: DatabaseSync;
  readonly #views = new Map<string, View>();
  #idle: NodeJS.Timeout | undefined;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  async page(
    filter: AuditFilter,
    where: Where,
    sort: Sort,
    descending: boolean,
    offset: number,
    limit: number,
  ): Promise<{ rows: RawRow[]; total?: number }> {
    const order = orders[sort];
    const orderBy = order.by.map((column) => `${column}${descending ? ' DESC' : ''}`).join(', ');
    const from = `FROM objects ${order.index} WHERE ${where.sql} ORDER BY ${orderBy}`;
    const view = this.#view(JSON.stringify([filter, sort, descending]), `SELECT row ${from}`, where);
    if (!view.done && view.length < offset + limit && offset + limit <= nearOffset) {
      const page = this.#db.prepare(`SELECT ${rowColumns} ${from} LIMIT ? OFFSET ?`);
      page.setReturnArrays(true);
      const rows = page.all(...where.parameters, limit, offset) as unknown as RawRow[];
      return rows.length < limit && (rows.length > 0 || offset === 0) ? { rows, total: offset + rows.length } : { rows };
    }
    while (!view.done && view.length < offset + limit) await new Promise<void>((resolve) => view.waiting.push(resolve));
    if (view.failure) throw view.failure;
    const one = this.#db.prepare(`SELECT ${rowColumns} FROM objects WHERE row = ?`);
    one.setReturnArrays(true);
    const rows: RawRow[] = [];
    for (let rank = offset; rank < Math.min(view.length, offset + limit); rank += 1) {
      rows.push(one.get(view.chunks[Math.floor(rank / slice)]?.[rank % slice] ?? -1) as unknown as RawRow);
    }
    return { rows, ...(view.done ? { total: view.length } : {}) };
  }

  /** Forgets all: rows are about to change. */
  drop(): void {
    clearTimeout(this.#idle);
    for (const view of this.#views.values()) view.ended = true;
    this.#views.clear();
  }

  #view(name: string, sql: string, where: Where): View {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.drop(), idleMs).unref();
    const known = this.#views.get(name);
    if (known) {
      // The one used last is dropped last.
      this.#views.delete(name);
      this.#views.set(name, known);
      return known;
    }
    const view: View = { chunks: [], length: 0, done: false, ended: false, waiting: [] };
    this.#views.set(name, view);
    void this.#list(view, sql, where);
    return view;
  }

  async #list(view: View, sql: string, where: Where): Promise<void> {
    const wake = () => {
      for (const resolve of view.waiting.splice(0)) resolve();
    };
    try {
      // The first page is answered before the list is begun.
      await new Promise((resolve) => setImmediate(resolve));
      const rows = this.#db.prepare(sql);
      rows.setReturnArrays(true);
      let chunk = new Uint32Array(slice);
      let since = performance.now();
      for (const raw of rows.iterate(...where.parameters) as unknown as Iterable<[number]>) {
        const at = view.length % slice;
        if (at === 0) {
          chunk = new Uint32Array(slice);
          view.chunks.push(chunk);
        }
        chunk[at] = raw[0];
        view.length += 1;
        if (view.length % 1000 === 0 && performance.now() - since > 20) {
          wake();
          this.#makeRoom(view);
          await new Promise((resolve) => setImmediate(resolve));
          if (view.ended) break;
          since = performance.now();
        }
      }
      this.#makeRoom(view);
    } catch (error) {
      view.failure = error;
    }
    view.done = true;
    wake();
  }

  #makeRoom(keep: View): void {
    let ranked = [...this.#views.values()].reduce((sum, { length }) => sum + length, 0);
    for (const [name, view] of this.#views) {
      if (ranked <= mostRanked && this.#views.size <= 6) return;
      if (view === keep) continue;
      view.ended = true;
      this.#views.delete(name);
      ranked -= view.length;
    }
  }
}
