import type { DatabaseSync } from 'node:sqlite';
import type { AuditFilter } from '../../../../shared/audit.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import type { Parameter, Where } from './filter.ts';
import { type RawRow, rowColumns } from './rowReader.ts';

export type Sort = 'key' | 'size' | 'modifiedAt' | 'state' | 'read';

/** `near`: rows lie nearly as the index has them, so that looking at those that follow costs little. The indexes of the others hold all but the key. */
const orders: Record<Sort, { index: string; by: string[]; near: boolean }> = {
  key: { index: 'INDEXED BY byKey', by: ['bucket', 'key', 'row'], near: true },
  size: { index: 'INDEXED BY bySize', by: ['size', 'row'], near: false },
  modifiedAt: { index: 'INDEXED BY byTime', by: ['modified', 'row'], near: false },
  state: { index: 'INDEXED BY byState', by: ['state', 'row'], near: false },
  read: { index: 'NOT INDEXED', by: ['row'], near: true },
};

const slice = 20_000;
/** All lists together: 48 MB. */
const mostRanked = 12_000_000;
const mostViews = 6;
const idleMs = 60_000;
/** Up to here a page is found quicker by walking than by waiting for the list. */
const nearOffset = 1000;
/** So many places are walked for a page before all rows are asked at once: few where each is a look at a row that lies anywhere. */
const walked = { near: 20_000, far: 2000 };

/** A filtered and sorted view: its rows by rank, as far as they are listed. */
interface View {
  chunks: Uint32Array[];
  length: number;
  done: boolean;
  waiting: (() => void)[];
  sql: string;
  parameters: Parameter[];
  source: Iterator<[number]> | undefined;
  failure?: unknown;
}

/**
 * Sorted and filtered pages of an arranged file. The first page of a view is walked to; meanwhile its rows are listed by
 * rank in slices, and then any page is found at once. A filter that finds little along an index is listed by one pass over
 * the rows, which a sort of the few then follows.
 */
export class Views {
  readonly #db: DatabaseSync;
  readonly #views = new Map<string, View>();
  #listing = false;
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
    const { index, by, near } = orders[sort];
    // What an index can answer alone, or narrow down, is walked to its end.
    const direct = near ? where.ofKey || filter.bucket !== undefined : !where.ofKey;
    const orderBy = `ORDER BY ${by.map((column) => `${column}${descending ? ' DESC' : ''}`).join(', ')}`;
    const view = this.#view(
      JSON.stringify([filter, sort, descending]),
      `SELECT row FROM objects ${index} WHERE ${where.sql} ${orderBy}`,
      where,
    );
    if (!view.done && view.length < offset + limit && offset + limit <= nearOffset) {
      const from = direct
        ? `objects ${index} WHERE ${where.sql} ${orderBy}`
        : `(SELECT ${rowColumns} FROM objects ${index} ${orderBy} LIMIT ${near ? walked.near : walked.far}) WHERE ${where.sql}`;
      const page = this.#db.prepare(`SELECT ${rowColumns} FROM ${from} LIMIT ? OFFSET ?`);
      page.setReturnArrays(true);
      const rows = page.all(...where.parameters, limit, offset) as unknown as RawRow[];
      if (rows.length === limit) return { rows };
      // A page that is not full is the last one.
      if (direct && (rows.length > 0 || offset === 0)) return { rows, total: offset + rows.length };
      if (!view.source)
        view.sql = `SELECT row FROM objects ${where.ofKey ? 'NOT INDEXED' : 'INDEXED BY byState'} WHERE ${where.sql} ${orderBy}`;
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

  /** Forgets all, at the latest before rows change: an index that is being walked cannot be dropped. */
  drop(): void {
    clearTimeout(this.#idle);
    for (const [name, view] of this.#views) this.#end(name, view);
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
    const view: View = { chunks: [], length: 0, done: false, waiting: [], sql, parameters: where.parameters, source: undefined };
    this.#views.set(name, view);
    // The first page is answered before the list is begun.
    if (!this.#listing) {
      this.#listing = true;
      setImmediate(() => this.#listNewest());
    }
    return view;
  }

  /** One at a time, the one asked last first. */
  #listNewest(): void {
    const view = [...this.#views.values()].findLast(({ done }) => !done);
    this.#listing = view !== undefined;
    if (!view) return;
    this.#list(view);
    setImmediate(() => this.#listNewest());
  }

  /** Lists for some milliseconds, then lets other calls through. */
  #list(view: View): void {
    const since = performance.now();
    try {
      if (!view.source) {
        const rows = this.#db.prepare(view.sql);
        rows.setReturnArrays(true);
        view.source = rows.iterate(...view.parameters) as unknown as Iterator<[number]>;
      }
      for (let next = view.source.next(); ; next = view.source.next()) {
        if (next.done) {
          view.done = true;
          break;
        }
        const at = view.length % slice;
        if (at === 0) view.chunks.push(new Uint32Array(slice));
        const chunk = view.chunks.at(-1);
        if (chunk) chunk[at] = next.value[0];
        view.length += 1;
        if (view.length % 500 === 0 && performance.now() - since > 15) break;
      }
    } catch (error) {
      view.failure = error;
      view.done = true;
    }
    for (const resolve of view.waiting.splice(0)) resolve();
    this.#makeRoom(view);
  }

  #makeRoom(keep: View): void {
    let ranked = [...this.#views.values()].reduce((sum, { length }) => sum + length, 0);
    for (const [name, view] of this.#views) {
      if (ranked <= mostRanked && this.#views.size <= mostViews) return;
      if (view === keep) continue;
      ranked -= view.length;
      this.#end(name, view);
    }
  }

  #end(name: string, view: View): void {
    this.#views.delete(name);
    if (!view.done) view.failure = new AppError('auditViewEnded');
    view.done = true;
    view.source?.return?.();
    for (const resolve of view.waiting.splice(0)) resolve();
  }
}
