import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { AppError } from '../../../../shared/rpc/errors.ts';
import type { Part } from '../../../clients/s3/objectTypes.ts';
import { createSqliteFile, inTransaction, openSqliteFile, sqliteFailure } from '../../../platform/sqliteFile.ts';
import { form } from './form.ts';
import { judgeName, leaveOut, numberOf, type Refusal, retarget, type Sql } from './restage.ts';
import { columns, foldedName, type Head, head as headForm, type ItemState, type NewItem, type Row, restOf, rowOf, states } from './rows.ts';

/** Of these nothing more is sent. */
const settled: readonly ItemState[] = ['done', 'alarm', 'failed', 'skipped', 'refused', 'cancelled'];
const settledNumbers = settled.map(numberOf).join(',');

export interface Sums {
  counts: Partial<Record<ItemState, number>>;
  /** Without refused ones. */
  files: number;
  bytes: number;
  sent: number;
  conflicts: number;
  warnings: number;
}

/** What waits and nobody has the bytes of: how many, and the first of their paths. */
export interface Missing {
  files: number;
  names: string[];
}
const mostNames = 20;

/**
 * The file of one upload. Rows at work are changed in memory and written in portions (`touch`, `flush`), so that many small
 * files cost one transaction several times a second; what must be on disk before the server hears of it is flushed at once.
 */
export class UploadStore {
  readonly #file: string;
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #dirty = new Map<number, Row>();
  readonly #newParts: [n: number, part: Part][] = [];
  readonly head: Head;
  #sums: Sums | undefined;
  #missing: Missing | undefined;

  static create(file: string, head: Head): UploadStore {
    const db = createSqliteFile(file, form);
    const store = new UploadStore(file, db, head);
    store.saveHead();
    return store;
  }

  /** Throws `uploadFileDamaged`, `uploadFileNewer`. */
  static open(file: string): UploadStore {
    const db = openSqliteFile(file, form);
    try {
      const raw = db.prepare("SELECT value FROM meta WHERE name = 'head'").get()?.value;
      const head = headForm.safeParse(raw === undefined ? undefined : JSON.parse(String(raw)));
      // A file has its upload's name: another one's must not be shown or sent as its own.
      if (!head.success || `${head.data.id}.sqlite` !== basename(file)) throw new AppError('uploadFileDamaged', { file: basename(file) });
      return new UploadStore(file, db, head.data);
    } catch (error) {
      db.close();
      throw sqliteFailure(error, file, form);
    }
  }

  private constructor(file: string, db: DatabaseSync, head: Head) {
    this.#file = file;
    this.#db = db;
    this.head = head;
  }

  saveHead(): void {
    this.#write(() => this.#saveHead());
  }

  #saveHead(): void {
    this.head.at = new Date().toISOString();
    this.#run("INSERT OR REPLACE INTO meta (name, value) VALUES ('head', ?)", JSON.stringify(this.head));
  }

  /** Numbers follow those that are there. A name that is taken in this upload is refused, one that only looks the same gets a warning. */
  add(items: readonly NewItem[]): number {
    const first = Number(this.#get('SELECT coalesce(max(n), -1) + 1 AS next FROM items')?.next);
    this.#write(() => {
      for (const [at, item] of items.entries()) this.#add(first + at, item);
    });
    this.#sums = undefined;
    return first;
  }

  #add(n: number, item: NewItem): void {
    const { path, key, size, modified, type, file } = item;
    let { error, warning } = item;
    if (!error) ({ error, warning } = { warning, ...judgeName(this.#sql, key) });
    this.#run(
      'INSERT INTO items (n, path, key, folded, size, modified, type, file, state, held, rest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)',
      n,
      path,
      key,
      foldedName(key),
      size,
      modified ?? null,
      type ?? null,
      file ?? null,
      numberOf(error ? 'refused' : 'waits'),
      error || warning ? restOf({ error, warning }) : '{}',
    );
  }

  /** Before it begins: all names below another prefix. In one transaction: a kill leaves all as they were. */
  retarget(prefix: string, refusal: Refusal): void {
    const { head } = this;
    const before = { prefix: head.prefix, looked: head.looked };
    try {
      this.#write(() => {
        Object.assign(head, { prefix, looked: false });
        this.#saveHead();
        retarget(this.#sql, prefix, refusal);
      });
    } catch (error) {
      Object.assign(head, before);
      throw error;
    }
    this.#sums = undefined;
    this.#missing = undefined;
  }

  /** Before it begins: as if these had never been added. */
  leaveOut(items: readonly number[]): void {
    this.#write(() => {
      // What is sent in its place was not looked up at the target.
      for (const n of items) if (leaveOut(this.#sql, n)) this.head.looked = false;
    });
    this.#sums = undefined;
    this.#missing = undefined;
  }

  row(n: number): Row {
    this.flush();
    const raw = this.#get(`SELECT ${columns} FROM items WHERE n = ?`, n);
    if (!raw) throw new AppError('uploadItemUnknown', { n });
    return rowOf(raw);
  }

  items(view: { states?: readonly ItemState[] | undefined; conflicts: boolean; offset: number; limit: number }): {
    rows: Row[];
    total: number;
  } {
    this.flush();
    const where = [
      ...(view.states ? [`state IN (${view.states.map(numberOf).join(',')})`] : []),
      ...(view.conflicts ? ['conflict = 1'] : []),
    ];
    const clause = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
    const { counts } = this.sums();
    // Asked several times a second while it runs: the numbers are known without reading all rows.
    const total = view.conflicts
      ? Number(this.#get(`SELECT count(*) AS total FROM items ${clause}`)?.total)
      : (view.states ?? states).reduce((sum, state) => sum + (counts[state] ?? 0), 0);
    const rows = this.#all(`SELECT ${columns} FROM items ${clause} ORDER BY n LIMIT ? OFFSET ?`, view.limit, view.offset);
    return { rows: rows.map(rowOf), total };
  }

  /** The next ones to send, as they were before; from now on they count as begun, which is on disk when this returns. */
  next(after: number, limit: number): Row[] {
    this.flush();
    const rows = this.#all(
      `SELECT ${columns} FROM items WHERE n > ? AND held = 1 AND state < ${numberOf('done')} ORDER BY n LIMIT ?`,
      after,
      limit,
    ).map(rowOf);
    const last = rows.at(-1);
    if (last)
      this.#write(() =>
        this.#run(`UPDATE items SET begun = 1 WHERE n > ? AND n <= ? AND held = 1 AND state < ${numberOf('done')}`, after, last.n),
      );
    return rows;
  }

  /** Names and sizes of all that may be sent, for the look at the target. */
  *names(limit = 20_000): Generator<{ n: number; key: string }[]> {
    const sql = `SELECT n, key FROM items WHERE n > ? AND state NOT IN (${settledNumbers}) ORDER BY n LIMIT ?`;
    for (let after = -1; ; ) {
      const names = this.#all(sql, after, limit).map(({ n, key }) => ({ n: Number(n), key: String(key) }));
      if (names.length > 0) yield names;
      if (names.length < limit) return;
      after = names.at(-1)?.n ?? after;
    }
  }

  forgetFound(): void {
    this.#write(() => this.#run('UPDATE items SET conflict = 0 WHERE conflict = 1'));
    this.#sums = undefined;
  }

  found(found: ReadonlyMap<number, NonNullable<Row['exists']>>): void {
    this.#write(() => {
      for (const [n, exists] of found)
        this.#run("UPDATE items SET conflict = 1, rest = json_set(rest, '$.exists', json(?)) WHERE n = ?", JSON.stringify(exists), n);
    });
    this.#sums = undefined;
  }

  /** Before it begins: what is there already is left alone. */
  skipConflicts(): void {
    this.#write(() =>
      this.#run(`UPDATE items SET state = ${numberOf('skipped')} WHERE conflict = 1 AND begun = 0 AND state = ${numberOf('waits')}`),
    );
    this.#sums = undefined;
  }

  /** All of these states into another one. */
  move(from: readonly ItemState[], to: ItemState): void {
    this.flush();
    const clean =
      to === 'waits'
        ? ", sent = CASE WHEN multipart IS NULL THEN 0 ELSE (SELECT coalesce(sum(parts.size), 0) FROM parts WHERE parts.n = items.n) END, rest = json_remove(rest, '$.error', '$.endedAt', '$.landed')"
        : '';
    this.#write(() => this.#run(`UPDATE items SET state = ?${clean} WHERE state IN (${from.map(numberOf).join(',')})`, numberOf(to)));
    this.#sums = undefined;
    this.#missing = undefined;
  }

  /** Nobody has their bytes any more, until a window drops them again. */
  letGo(): void {
    this.#write(() => this.#run(`UPDATE items SET held = 0 WHERE file IS NULL AND state < ${numberOf('done')}`));
    this.#missing = undefined;
  }

  /** The item that this file is, if it still has to be sent. From now on it is held. */
  rejoin(path: string, size: number, modified: number | undefined): number | undefined {
    const raw = this.#get(
      `SELECT n FROM items WHERE folded = ? AND path = ? AND size = ? AND (modified IS NULL OR ? IS NULL OR modified = ?)
        AND file IS NULL AND state < ${numberOf('done')} LIMIT 1`,
      foldedName(`${this.head.prefix}${path}`),
      path,
      size,
      modified ?? null,
      modified ?? null,
    );
    if (!raw) return undefined;
    const n = Number(raw.n);
    this.#write(() => this.#run('UPDATE items SET held = 1 WHERE n = ?', n));
    this.#missing = undefined;
    return n;
  }

  /** Kept until files are taken or let go: it is told ten times a second while the others are sent. */
  missing(): Missing {
    const where = `held = 0 AND state < ${numberOf('done')}`;
    this.#missing ??= {
      files: this.left().away,
      names: this.#all(`SELECT path FROM items WHERE ${where} ORDER BY n LIMIT ${mostNames}`).map(({ path }) => String(path)),
    };
    return this.#missing;
  }

  /** Those that still have to be sent: all, and those of them whose bytes nobody has. */
  left(): { all: number; away: number } {
    this.flush();
    const raw = this.#get(`SELECT count(*) AS total, coalesce(sum(held = 0), 0) AS away FROM items WHERE state < ${numberOf('done')}`);
    return { all: Number(raw?.total), away: Number(raw?.away) };
  }

  /** Items whose parts lie at the server, or may: it was asked for an upload, and its answer is not recorded. */
  unfinished(): Row[] {
    this.flush();
    const may = `partSize IS NOT NULL AND state NOT IN (${(['done', 'alarm', 'skipped'] as const).map(numberOf).join(',')})`;
    return this.#all(`SELECT ${columns} FROM items WHERE multipart IS NOT NULL OR (${may})`).map(rowOf);
  }

  /** Notes a change of a row that is at work; on disk with the next `flush`. `from`: its state before. */
  touch(row: Row, from: ItemState, sentBefore: number): void {
    this.#dirty.set(row.n, row);
    const sums = this.#sums;
    if (!sums) return;
    if (from !== row.state) {
      sums.counts[from] = (sums.counts[from] ?? 0) - 1;
      sums.counts[row.state] = (sums.counts[row.state] ?? 0) + 1;
    }
    sums.sent += row.sent - sentBefore;
  }

  addPart(n: number, part: Part): void {
    this.#newParts.push([n, part]);
  }

  dropParts(n: number): void {
    this.flush();
    this.#write(() => this.#run('DELETE FROM parts WHERE n = ?', n));
  }

  parts(n: number): Part[] {
    this.flush();
    return this.#all('SELECT number, size, etag, checksum FROM parts WHERE n = ? ORDER BY number', n).map((raw) => ({
      number: Number(raw.number),
      size: Number(raw.size),
      etag: String(raw.etag),
      ...(raw.checksum === null ? {} : { checksum: String(raw.checksum) }),
    }));
  }

  flush(): void {
    if (this.#dirty.size === 0 && this.#newParts.length === 0) return;
    this.#write(() => {
      for (const row of this.#dirty.values())
        this.#run(
          'UPDATE items SET state = ?, sent = ?, begun = ?, multipart = ?, partSize = ?, rest = ? WHERE n = ?',
          numberOf(row.state),
          row.sent,
          row.begun ? 1 : 0,
          row.multipart ?? null,
          row.partSize ?? null,
          restOf(row),
          row.n,
        );
      for (const [n, { number, size, etag, checksum }] of this.#newParts)
        this.#run(
          'INSERT OR REPLACE INTO parts (n, number, size, etag, checksum) VALUES (?, ?, ?, ?, ?)',
          n,
          number,
          size,
          etag,
          checksum ?? null,
        );
    });
    this.#dirty.clear();
    this.#newParts.length = 0;
  }

  sums(): Sums {
    if (this.#sums) return this.#sums;
    this.flush();
    const sums: Sums = { counts: {}, files: 0, bytes: 0, sent: 0, conflicts: 0, warnings: 0 };
    const rows = this.#all(`SELECT state, count(*) AS files, total(size) AS bytes, total(sent) AS sent, sum(conflict) AS conflicts,
      sum(json_extract(rest, '$.warning') IS NOT NULL) AS warnings FROM items GROUP BY state`);
    for (const raw of rows) {
      const state = states[Number(raw.state)] ?? 'failed';
      sums.counts[state] = Number(raw.files);
      sums.conflicts += Number(raw.conflicts);
      sums.warnings += Number(raw.warnings);
      if (state === 'refused') continue;
      sums.files += Number(raw.files);
      sums.bytes += Number(raw.bytes);
      sums.sent += Number(raw.sent);
    }
    this.#sums = sums;
    return sums;
  }

  close(): void {
    try {
      this.flush();
    } finally {
      this.#db.close();
    }
  }

  #write(work: () => unknown): void {
    // SQLite writes on into a file that has no name any more, and nothing of it could ever be read again.
    if (!existsSync(this.#file)) throw new AppError('uploadFileGone', { file: basename(this.#file) });
    this.#saying(() => inTransaction(this.#db, work));
  }

  #saying<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw sqliteFailure(error, this.#file, form);
    }
  }

  #prepared(sql: string): StatementSync {
    let found = this.#statements.get(sql);
    if (!found) {
      found = this.#db.prepare(sql);
      this.#statements.set(sql, found);
    }
    return found;
  }

  #run = (sql: string, ...values: SQLInputValue[]): unknown => this.#prepared(sql).run(...values);
  #get = (sql: string, ...values: SQLInputValue[]) => this.#saying(() => this.#prepared(sql).get(...values));
  #all = (sql: string, ...values: SQLInputValue[]) => this.#saying(() => this.#prepared(sql).all(...values));
  readonly #sql: Sql = { run: this.#run, all: this.#all };
}
