import { basename } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { type Audit, type AuditBucket, type AuditFilter, type AuditGap, type AuditRow, auditId } from '../../../../shared/audit.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { createSqliteFile, openSqliteFile, sqliteFailure } from '../../../platform/sqliteFile.ts';
import type { BucketFacts, KeyRange, RowVerdict, StoreCalls, Target, Totals, Verdict } from '../work.ts';
import { Aggregate } from './aggregate.ts';
import { arrangedSums, arrangeFile, disarrange } from './arrange.ts';
import { Comparison, type Side } from './compare.ts';
import { whereOf } from './filter.ts';
import { form } from './form.ts';
import { ByTime, countedOf, judgeRows, unreadRows } from './judge.ts';
import { type MapSource, mapOf } from './map.ts';
import { createRowReader, OpensTexts, type RawRow, rowColumns } from './rowReader.ts';
import { treeOf } from './tree.ts';
import { Views } from './views.ts';
import { Writer } from './writer.ts';

const whenFree = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** So many buckets are asked why an object of theirs is unknown or unreadable. */
const mostReasons = 100;

interface Compared {
  before: string;
  made: Comparison;
  end: () => void;
}
/** Where an export goes on: bucket, key and row of the last one. */
const place = z.tuple([z.number(), z.string(), z.number()]);

/** One open file and all that is known of it in memory. */
export class RunStore {
  readonly #file: string;
  readonly #db: DatabaseSync;
  readonly #facts: BucketFacts[];
  readonly #bucketIds: ReadonlyMap<string, number>;
  readonly #aggregate: Aggregate;
  readonly #opens: OpensTexts;
  readonly #writer: Writer;
  readonly #views: Views;
  readonly #readRow: ReturnType<typeof createRowReader>;
  readonly #byTime: ByTime;
  #comparison: Compared | undefined;
  #arranged = false;
  #tree: ReturnType<typeof treeOf> | undefined;

  static create(file: string, audit: Audit, buckets: BucketFacts[], maxPages?: number): RunStore {
    const db = createSqliteFile(file, form, maxPages);
    db.exec('BEGIN IMMEDIATE');
    const add = db.prepare('INSERT INTO buckets (id, facts) VALUES (?, ?)');
    for (const [id, facts] of buckets.entries()) add.run(id, JSON.stringify(facts));
    db.prepare("INSERT INTO meta (name, value) VALUES ('audit', ?)").run(JSON.stringify(audit));
    db.exec('COMMIT');
    return new RunStore(file, db);
  }

  static open(file: string, write: boolean, maxPages?: number): RunStore {
    const db = openSqliteFile(file, form, { write, maxPages });
    try {
      const store = new RunStore(file, db);
      // A run's file has its name: rows of another one must not be shown, signed or added to as its own.
      const named = auditId.safeParse(basename(file, '.sqlite'));
      if (named.success && store.about().audit.id !== named.data) throw new AppError('auditFileDamaged', { file: basename(file) });
      return store;
    } catch (error) {
      db.close();
      throw sqliteFailure(error, file, form);
    }
  }

  private constructor(file: string, db: DatabaseSync) {
    this.#file = file;
    this.#db = db;
    this.#facts = db
      .prepare('SELECT facts FROM buckets ORDER BY id')
      .all()
      .map(({ facts }) => JSON.parse(String(facts)) as BucketFacts);
    this.#bucketIds = new Map(this.#facts.map(({ name }, id) => [name, id]));
    this.#opens = new OpensTexts(db);
    this.#aggregate = new Aggregate(this.#facts);
    this.#count();
    this.#writer = new Writer(db, this.#aggregate, (error) => sqliteFailure(error, file, form));
    this.#views = new Views(db);
    this.#readRow = createRowReader(db, { buckets: this.#facts, groups: this.#aggregate.groups, opens: this.#opens });
    this.#byTime = new ByTime(db);
  }

  about(): { audit: Audit; buckets: BucketFacts[]; ranges: KeyRange[] } {
    const audit = this.#db.prepare("SELECT value FROM meta WHERE name = 'audit'").get()?.value;
    return { audit: JSON.parse(String(audit)) as Audit, buckets: this.#facts, ranges: [...this.#writer.ranges.values()] };
  }

  commit(...[commit]: Parameters<StoreCalls['commit']>): Promise<void> {
    if (commit.entries?.keys.length) this.#change();
    return this.#writer.commit(commit);
  }

  async saveAudit(audit: Audit): Promise<void> {
    const saved = this.#writer.write(() => {
      this.#db.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('audit', ?)").run(JSON.stringify(audit));
      return undefined;
    });
    this.#writer.flush();
    await saved;
  }

  totals(): Totals {
    return {
      ...this.#aggregate.totals(),
      bucketsDone: this.#bucketsDone().size,
      gaps: this.#writer.gaps,
    };
  }

  buckets(): AuditBucket[] {
    const done = this.#bucketsDone();
    const whole = new Map(this.gaps().flatMap((gap) => (gap.after === '' && gap.to === undefined ? [[gap.bucket, gap.error]] : [])));
    return this.#facts.map((facts, id) => {
      const error = whole.get(facts.name);
      return { ...facts, ...this.#aggregate.bucket(id), done: done.has(id), ...(error ? { error } : {}) };
    });
  }

  judge(verdicts: Verdict[], rows: RowVerdict[]): Promise<void> {
    this.#change();
    return this.#writer.write(() => {
      judgeRows({ db: this.#db, aggregate: this.#aggregate, opens: this.#opens, writer: this.#writer }, verdicts, rows);
      return undefined;
    });
  }

  unread = (afterRow: number, limit: number): Target[] => unreadRows(this.#db, this.#aggregate, afterRow, limit);
  byTime = (of: Parameters<StoreCalls['byTime']>[0], n: number): Target | undefined => this.#byTime.at(this.#aggregate, of, n);
  keys = () => this.#aggregate.keys();
  samples = () => this.#aggregate.samples();

  gaps(): AuditGap[] {
    return this.#db
      .prepare('SELECT body FROM gaps ORDER BY id')
      .all()
      .map(({ body }) => JSON.parse(String(body)) as AuditGap);
  }

  async arrange(tell: (done: number) => void): Promise<void> {
    this.#endReading();
    this.#writer.flush();
    const rows = Number(this.#db.prepare('SELECT max(row) AS rows FROM objects').get()?.rows);
    try {
      await arrangeFile(this.#db, rows, () => this.#aggregate.save(), tell, whenFree);
    } catch (error) {
      throw sqliteFailure(error, this.#file, form);
    }
    this.#arranged = true;
  }

  map(...[place]: Parameters<StoreCalls['map']>): ReturnType<typeof mapOf> {
    const bucket = place.bucket === undefined ? undefined : this.#bucketIds.get(place.bucket);
    if (place.bucket !== undefined && bucket === undefined) throw new AppError('auditBucketUnknown', { bucket: place.bucket });
    if (this.#arranged) this.#tree ??= treeOf(this.#db);
    const done = this.#bucketsDone();
    const source: MapSource = {
      buckets: this.#facts.map(({ name, expected = 0 }, id) => ({
        name,
        notRead: this.#arranged || done.has(id) ? 0 : Math.max(0, expected - this.#aggregate.objectsOf(id, 'current')),
      })),
      look: this.#tree ?? ((...at) => this.#aggregate.map.look(...at)),
    };
    return mapOf(source, { ...place, bucket });
  }

  async rows(...[view]: Parameters<StoreCalls['rows']>): ReturnType<StoreCalls['rows']> {
    const { filter, sort, descending, offset, limit } = view;
    const where = this.#where(filter);
    const page = this.#arranged
      ? await this.#views.page(filter, where, sort, descending, offset, limit)
      : { rows: this.#raw(`WHERE ${where.sql} ORDER BY row LIMIT ? OFFSET ?`, ...where.parameters, limit, offset) };
    const total = page.total ?? this.#known(filter);
    return { rows: page.rows.map(this.#readRow), ...(total === undefined ? {} : { total }) };
  }

  /** Rows behind a place, for `texts`. */
  after(cursor: string | undefined, filter: AuditFilter, limit: number): { rows: AuditRow[]; cursor?: string } {
    const where = this.#where(filter);
    const order = this.#arranged ? 'bucket, key, row' : 'row';
    const from = cursor === undefined ? undefined : place.parse(JSON.parse(cursor));
    const beyond = from === undefined ? '' : this.#arranged ? 'AND (bucket, key, row) > (?, ?, ?)' : 'AND row > ?';
    const raw = this.#raw(
      `${this.#arranged ? 'INDEXED BY byKey' : 'NOT INDEXED'} WHERE ${where.sql} ${beyond} ORDER BY ${order} LIMIT ?`,
      ...where.parameters,
      ...(from === undefined ? [] : this.#arranged ? from : from.slice(2)),
      limit,
    );
    const last = raw.length < limit ? undefined : raw.at(-1);
    return { rows: raw.map(this.#readRow), ...(last ? { cursor: JSON.stringify([last[1], last[3], last[0]]) } : {}) };
  }

  async compare(before: string, { change, offset, limit }: Parameters<StoreCalls['compare']>[1]): ReturnType<StoreCalls['compare']> {
    if (this.#comparison?.before !== before) {
      this.#endComparison();
      this.#comparison = this.#compared(before);
    }
    const { made } = this.#comparison;
    await made.ready;
    return made.page(change, offset, limit);
  }

  reasons(): Awaited<ReturnType<StoreCalls['reasons']>> {
    return this.#aggregate
      .examples()
      .slice(0, mostReasons)
      .flatMap(({ row }) => {
        const { bucket, state, reason } = this.row(row);
        return reason && (state === 'unreadable' || state === 'unknown') ? [{ bucket, state, reason }] : [];
      });
  }

  row(row: number): AuditRow {
    const [found] = this.#raw('WHERE row = ?', row);
    if (!found) throw new AppError('auditRowUnknown', { row });
    return this.#readRow(found);
  }

  /** Lists that are under way hold the file as it is. */
  #endReading(): void {
    this.#views.drop();
    this.#endComparison();
  }

  #endComparison(): void {
    const ended = this.#comparison;
    this.#comparison = undefined;
    ended?.end();
  }

  close(): void {
    this.#endReading();
    this.#writer.flush();
    this.#db.close();
  }

  /** The older file is opened for itself: what is wrong with it is told of it. */
  #compared(before: string): Compared {
    const older = RunStore.open(before, false);
    const made = new Comparison(this.#side(), older.#side(), whenFree);
    made.ready.catch(() => undefined);
    const end = () => {
      made.end();
      older.close();
    };
    return { before, made, end };
  }

  #side(): Side {
    return {
      db: this.#db,
      buckets: this.#facts,
      kmsKeyOf: (group) => this.#aggregate.groups.get(group)?.kmsKey ?? '',
      readRow: this.#readRow,
    };
  }

  #raw(rest: string, ...parameters: (string | number)[]): RawRow[] {
    const statement = this.#db.prepare(`SELECT ${rowColumns} FROM objects ${rest}`);
    statement.setReturnArrays(true);
    return statement.all(...parameters) as unknown as RawRow[];
  }

  #where(filter: Parameters<typeof whereOf>[0]): ReturnType<typeof whereOf> {
    return whereOf(filter, {
      bucketIds: this.#bucketIds,
      groups: this.#aggregate.groups,
      answers: (answer) => this.#opens.ids(answer),
    });
  }

  /** How many a filter finds where the sums tell it. */
  #known({ states, bucket, versions = 'current', ...others }: Parameters<typeof whereOf>[0]): number | undefined {
    if (Object.keys(others).length > 0 || (versions !== 'current' && versions !== 'noncurrent')) return undefined;
    const id = bucket === undefined ? undefined : (this.#bucketIds.get(bucket) ?? -1);
    return id === -1 ? 0 : this.#aggregate.objectsOf(id, versions, states);
  }

  #bucketsDone(): Set<number> {
    const begun = new Set<number>();
    const open = new Set<number>();
    for (const { bucket, done } of this.#writer.ranges.values()) {
      begun.add(bucket);
      if (!done) open.add(bucket);
    }
    for (const bucket of open) begun.delete(bucket);
    return begun;
  }

  /** Counts what the file holds. */
  #count(): void {
    const sums = arrangedSums(this.#db);
    if (sums !== undefined) {
      this.#arranged = true;
      this.#aggregate.restore(sums);
      return;
    }
    for (const { id, bucket, state, kmsKey, opens, boundary } of this.#db.prepare('SELECT * FROM groups ORDER BY id').all()) {
      const group = this.#aggregate.group({ id: Number(id), bucket: Number(bucket), state: Number(state), kmsKey: String(kmsKey) });
      const told = this.#opens.get(Number(opens));
      if (told) group.verdict = { opens: told, ...(boundary === null ? {} : { boundary: JSON.parse(String(boundary)) }) };
    }
    for (const raw of this.#all()) this.#aggregate.add(countedOf(raw, this.#opens));
  }

  #all(): Iterable<RawRow> {
    const all = this.#db.prepare(`SELECT ${rowColumns} FROM objects ORDER BY row`);
    all.setReturnArrays(true);
    return all.iterate() as unknown as Iterable<RawRow>;
  }

  /** Before rows change: what was made of them is dropped. */
  #change(): void {
    this.#endReading();
    this.#byTime.drop();
    if (!this.#arranged) return;
    this.#writer.flush();
    this.#tree = undefined;
    this.#arranged = false;
    disarrange(this.#db);
    const add = this.#aggregate.startMap();
    for (const raw of this.#all()) add(countedOf(raw, this.#opens));
  }
}
