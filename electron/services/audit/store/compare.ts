import type { DatabaseSync } from 'node:sqlite';
import type { AuditChange, AuditRow } from '../../../../shared/audit.ts';
import { auditChange } from '../../../../shared/audit.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { compareKeys } from '../../../clients/s3/keyOrder.ts';
import { isEncrypted } from './aggregate.ts';
import { type RawRow, rowColumns } from './rowReader.ts';

/** One of the two files of a comparison. */
export interface Side {
  db: DatabaseSync;
  buckets: readonly { name: string }[];
  kmsKeyOf(group: number): string;
  readRow(raw: RawRow): AuditRow;
}

type Short = [row: number, key: string, state: number, grp: number];
const changes = auditChange.options;

/**
 * What changed between two files, current objects by bucket's name and key: read once, side by side in the order of keys,
 * kept in a temporary table on disk. `older` is closed by whoever opened it, after `end`.
 */
export class Comparison {
  readonly #after: Side;
  readonly #older: Side;
  readonly #counts = new Map<AuditChange, number>();
  readonly ready: Promise<void>;
  #open: IterableIterator<Short>[] = [];
  #ended = false;

  constructor(after: Side, older: Side, whenFree: () => Promise<void>) {
    this.#after = after;
    this.#older = older;
    after.db.exec(
      'DROP TABLE IF EXISTS temp.changes; CREATE TEMP TABLE changes (change INTEGER, n INTEGER, older INTEGER, after INTEGER, PRIMARY KEY (change, n)) WITHOUT ROWID',
    );
    this.ready = this.#read(whenFree);
  }

  page(change: AuditChange | undefined, offset: number, limit: number) {
    const pages = this.#after.db.prepare('SELECT older, after FROM temp.changes WHERE change = ? AND n >= ? ORDER BY n LIMIT ?');
    const rows: { change: AuditChange; before?: AuditRow; after?: AuditRow }[] = [];
    const of = changes.filter((each) => change === undefined || each === change);
    let from = offset;
    for (const each of of) {
      const count = this.#counts.get(each) ?? 0;
      if (rows.length < limit && from < count) {
        for (const { older, after } of pages.all(changes.indexOf(each), from, limit - rows.length)) {
          rows.push({
            change: each,
            ...(older === null ? {} : { before: rowOf(this.#older, Number(older)) }),
            ...(after === null ? {} : { after: rowOf(this.#after, Number(after)) }),
          });
        }
      }
      from = Math.max(0, from - count);
    }
    const total = of.reduce((sum, each) => sum + (this.#counts.get(each) ?? 0), 0);
    return { counts: Object.fromEntries(this.#counts) as Partial<Record<AuditChange, number>>, rows, total };
  }

  /** Ends the reading; nobody may wait for it any more. */
  end(): void {
    this.#ended = true;
    for (const rows of this.#open) rows.return?.();
  }

  async #read(whenFree: () => Promise<void>): Promise<void> {
    const ids = new Map(this.#older.buckets.map(({ name }, id) => [name, id]));
    const pairs: [string, number, number][] = this.#after.buckets.map(({ name }, id) => [name, ids.get(name) ?? -1, id]);
    const here = new Set(this.#after.buckets.map(({ name }) => name));
    for (const [name, id] of ids) if (!here.has(name)) pairs.push([name, id, -1]);
    for (const [, older, after] of pairs) {
      await this.#bucket(older, after, whenFree);
    }
  }

  async #bucket(older: number, after: number, whenFree: () => Promise<void>): Promise<void> {
    const insert = this.#after.db.prepare('INSERT INTO temp.changes (change, n, older, after) VALUES (?, ?, ?, ?)');
    let found: [number, number, number | null, number | null][] = [];
    const add = (change: AuditChange, beforeRow: number | null, afterRow: number | null) => {
      const n = this.#counts.get(change) ?? 0;
      this.#counts.set(change, n + 1);
      found.push([changes.indexOf(change), n, beforeRow, afterRow]);
    };
    const keep = () => {
      const alone = !this.#after.db.isTransaction;
      if (alone) this.#after.db.exec('BEGIN');
      for (const values of found) insert.run(...values);
      if (alone) this.#after.db.exec('COMMIT');
      found = [];
    };
    const left = inOrder(this.#older.db, older);
    const right = inOrder(this.#after.db, after);
    this.#open = [left, right];
    let one = left.next();
    let other = right.next();
    let since = performance.now();
    for (let read = 1; !(one.done && other.done); read += 1) {
      const order = one.done ? 1 : other.done ? -1 : compareKeys(one.value[1], other.value[1]);
      if (order < 0 && !one.done) add('gone', one.value[0], null);
      else if (order > 0 && !other.done) add('new', null, other.value[0]);
      else if (!one.done && !other.done) {
        const change = this.#changeOf(one.value, other.value);
        if (change) add(change, one.value[0], other.value[0]);
      }
      if (order <= 0) one = left.next();
      if (order >= 0) other = right.next();
      if (read % 1000 === 0 && performance.now() - since > 20) {
        keep();
        await whenFree();
        if (this.#ended) throw new AppError('auditViewEnded');
        since = performance.now();
      }
    }
    this.#open = [];
    keep();
  }

  #changeOf([, , before, beforeGroup]: Short, [, , after, afterGroup]: Short): AuditChange | undefined {
    if (before === after) return this.#older.kmsKeyOf(beforeGroup) === this.#after.kmsKeyOf(afterGroup) ? undefined : 'otherKey';
    if (before === 0 && isEncrypted(after)) return 'newlyEncrypted';
    if (isEncrypted(before) && after === 0) return 'newlyPlain';
    return 'otherState';
  }
}

function inOrder(db: DatabaseSync, bucket: number): IterableIterator<Short> {
  const rows = db.prepare('SELECT row, key, state, grp FROM objects WHERE bucket = ? AND flags & 1 AND state < 6 ORDER BY key, row');
  rows.setReturnArrays(true);
  return rows.iterate(bucket) as unknown as IterableIterator<Short>;
}

function rowOf({ db, readRow }: Side, row: number): AuditRow {
  const one = db.prepare(`SELECT ${rowColumns} FROM objects WHERE row = ?`);
  one.setReturnArrays(true);
  return readRow(one.get(row) as unknown as RawRow);
}
