import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Text } from '../../../../shared/text.ts';
import { type Commit, deleteMarkerState, type Entries, flag, type KeyRange } from '../work.ts';
import type { Aggregate, Counted } from './aggregate.ts';

/** Rows of one statement: a third faster than one by one. */
const together = 16;
const columns = 10;
/** What comes in one go is one transaction, up to so many rows. */
const groupedRows = 50_000;

interface Waiting {
  resolve: () => void;
  reject: (error: unknown) => void;
}
/** Rows that are written but not yet durable. */
interface Batch {
  entries: Entries;
  firstRow: number;
  groups: Int32Array;
}
type Cell = string | number | null;

/**
 * Writes commits, several in one transaction. After a failure nothing more is taken: a later commit would put a range's
 * position behind rows that are not there.
 */
export class Writer {
  readonly ranges = new Map<number, KeyRange>();
  gaps = 0;
  readonly #db: DatabaseSync;
  readonly #aggregate: Aggregate;
  readonly #failed: (error: unknown) => unknown;
  readonly #groupIds = new Map<string, number>();
  readonly #reasonIds = new Map<string, number>();
  readonly #statements: ReturnType<typeof prepare>;
  #nextRow: number;
  #waiting: Waiting[] = [];
  /** Counted only when they are durable. */
  #uncounted: Batch[] = [];
  #rows = 0;
  #soon: NodeJS.Immediate | undefined;
  #broken: { error: unknown } | undefined;

  constructor(db: DatabaseSync, aggregate: Aggregate, failed: (error: unknown) => unknown) {
    this.#db = db;
    this.#aggregate = aggregate;
    this.#failed = failed;
    this.#statements = prepare(db);
    this.#nextRow = Number(db.prepare('SELECT coalesce(max(row), 0) + 1 AS next FROM objects').get()?.next);
    for (const { id, bucket, state, kmsKey } of aggregate.groups.values()) this.#groupIds.set(`${bucket} ${state} ${kmsKey}`, id);
    for (const range of db.prepare('SELECT body FROM ranges ORDER BY id').all()) {
      const read = JSON.parse(String(range.body)) as KeyRange;
      this.ranges.set(read.id, read);
    }
    this.gaps = Number(db.prepare('SELECT count(*) AS gaps FROM gaps').get()?.gaps);
  }

  commit({ entries, ranges, gaps = [] }: Commit): Promise<void> {
    return this.write(() => {
      if (entries) this.#insert(entries);
      for (const range of ranges) this.#statements.range.run(range.id, JSON.stringify(range));
      for (const gap of gaps) this.#statements.gap.run(JSON.stringify(gap));
      this.#rows += entries?.keys.length ?? 0;
      return () => {
        for (const range of ranges) this.ranges.set(range.id, range);
        this.gaps += gaps.length;
      };
    });
  }

  /** Does something within the open transaction; what it returns is done when that is durable. */
  write(work: () => (() => void) | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#broken) return reject(this.#broken.error);
      try {
        if (!this.#db.isTransaction) this.#db.exec('BEGIN IMMEDIATE');
        const durable = work();
        this.#waiting.push({
          resolve: () => {
            durable?.();
            resolve();
          },
          reject,
        });
      } catch (error) {
        this.#waiting.push({ resolve, reject });
        return this.#fail(error);
      }
      if (this.#rows >= groupedRows) this.flush();
      else this.#soon ??= setImmediate(() => this.flush());
    });
  }

  /** Makes durable what was taken. */
  flush(): void {
    clearImmediate(this.#soon);
    this.#soon = undefined;
    if (this.#waiting.length === 0) return;
    try {
      this.#db.exec('COMMIT');
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#rows = 0;
    const waiting = this.#waiting;
    const uncounted = this.#uncounted;
    this.#waiting = [];
    this.#uncounted = [];
    for (const batch of uncounted) this.#count(batch);
    for (const { resolve } of waiting) resolve();
  }

  /** The number of a group, made if it is new. */
  groupId(bucket: number, state: number, kmsKey: string): number {
    const name = `${bucket} ${state} ${kmsKey}`;
    const known = this.#groupIds.get(name);
    if (known !== undefined) return known;
    const id = this.#groupIds.size + 1;
    this.#statements.group.run(id, bucket, state, kmsKey);
    this.#groupIds.set(name, id);
    this.#aggregate.group({ id, bucket, state, kmsKey });
    return id;
  }

  reasonId(reason: Text): number {
    const body = JSON.stringify(reason);
    const known = this.#reasonIds.get(body);
    if (known !== undefined) return known;
    this.#statements.addReason.run(body);
    const id = Number(this.#statements.reason.get(body)?.id);
    // Reasons that name their object are many: the memory of them is bounded.
    if (this.#reasonIds.size >= 1000) this.#reasonIds.clear();
    this.#reasonIds.set(body, id);
    return id;
  }

  #insert(entries: Entries): void {
    const { bucket, keys, versions, sizes, modified, states, kmsKeys, names, flags } = entries;
    const reasons = new Map<number, number>();
    const reasonsByObject = new Map<Text, number>();
    for (const [at, reason] of entries.reasons) {
      let id = reasonsByObject.get(reason);
      if (id === undefined) {
        id = this.reasonId(reason);
        reasonsByObject.set(reason, id);
      }
      reasons.set(at, id);
    }
    const groups = new Int32Array(keys.length);
    const groupOf = new Map<number, number>();
    const firstRow = this.#nextRow;
    const cells: Cell[] = new Array(together * columns);
    let filled = 0;
    for (let at = 0; at < keys.length; at += 1) {
      const state = states[at] ?? 0;
      const kmsKey = kmsKeys[at] ?? 0;
      const pair = kmsKey * 8 + state;
      let grp = groupOf.get(pair);
      if (grp === undefined) {
        grp = this.groupId(bucket, state, kmsKey === 0 ? '' : (names[kmsKey - 1] ?? ''));
        groupOf.set(pair, grp);
      }
      groups[at] = grp;
      cells[filled] = firstRow + at;
      cells[filled + 1] = bucket;
      cells[filled + 2] = grp;
      cells[filled + 3] = keys[at] ?? '';
      cells[filled + 4] = versions?.[at] || null;
      cells[filled + 5] = sizes[at] ?? 0;
      cells[filled + 6] = modified[at] ?? 0;
      cells[filled + 7] = state;
      cells[filled + 8] = versions ? (flags[at] ?? 0) : (flags[at] ?? 0) | flag.latest;
      cells[filled + 9] = reasons.get(at) ?? null;
      filled += columns;
      if (filled === cells.length) {
        this.#statements.many.run(...cells);
        filled = 0;
      }
    }
    for (let from = 0; from < filled; from += columns) this.#statements.one.run(...cells.slice(from, from + columns));
    this.#nextRow += keys.length;
    this.#uncounted.push({ entries, firstRow, groups });
  }

  #count({ entries, firstRow, groups }: Batch): void {
    const { bucket, keys, versions, sizes, modified, states, flags } = entries;
    const latest = versions ? 0 : flag.latest;
    const row: Counted = { row: 0, bucket, grp: 0, key: '', version: null, size: 0, modified: 0, state: 0, flags: 0 };
    for (let at = 0; at < keys.length; at += 1) {
      row.row = firstRow + at;
      row.grp = groups[at] ?? 0;
      row.key = keys[at] ?? '';
      row.version = versions?.[at] || null;
      row.size = sizes[at] ?? 0;
      row.modified = modified[at] ?? 0;
      row.state = states[at] ?? deleteMarkerState;
      row.flags = (flags[at] ?? 0) | latest;
      this.#aggregate.add(row);
    }
  }

  #fail(error: unknown): void {
    const told = this.#failed(error);
    this.#broken = { error: told };
    clearImmediate(this.#soon);
    this.#soon = undefined;
    // A full disk has ended the transaction already.
    if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
    for (const { reject } of this.#waiting.splice(0)) reject(told);
    this.#uncounted = [];
  }
}

function prepare(db: DatabaseSync) {
  const names = '(row, bucket, grp, key, version, size, modified, state, flags, reason)';
  const values = `(${Array(columns).fill('?').join(', ')})`;
  const into = (rows: number): StatementSync => db.prepare(`INSERT INTO objects ${names} VALUES ${Array(rows).fill(values).join(', ')}`);
  return {
    one: into(1),
    many: into(together),
    range: db.prepare('INSERT OR REPLACE INTO ranges (id, body) VALUES (?, ?)'),
    gap: db.prepare('INSERT INTO gaps (body) VALUES (?)'),
    group: db.prepare('INSERT INTO groups (id, bucket, state, kmsKey) VALUES (?, ?, ?, ?)'),
    addReason: db.prepare('INSERT OR IGNORE INTO reasons (body) VALUES (?)'),
    reason: db.prepare('SELECT id FROM reasons WHERE body = ?'),
  };
}
