import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { EncryptionChoice } from '../../../shared/encryption.ts';
import { type InPlace, type InPlaceRow, inPlace } from '../../../shared/inPlace.ts';
import type { ObjectState } from '../../../shared/objects.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { createSqliteFile, inTransaction, openSqliteFile, sqliteFailure } from '../../platform/sqliteFile.ts';
import { form } from './form.ts';

export type Outcome = InPlaceRow['outcome'];
export type Versioning = 'off' | 'on' | 'suspended';

/** A bucket as the plan found it. `target`: never `rule`, a copy always says what it wants. */
export interface PlannedBucket {
  name: string;
  versioning: Versioning;
  lock: boolean;
  /** It has no rule, and no automatic encryption stands in for one; absent in plans of before. */
  bare?: boolean;
  target: Exclude<EncryptionChoice, { kind: 'rule' }>;
}

/** One version that is to be copied, as it was when the plan looked. */
export interface Planned {
  bucket: number;
  key: string;
  versionId: string | undefined;
  size: number;
  etag: string;
  /** ms since 1970. */
  modified: number;
  latest: boolean;
  from: ObjectState;
}

/** How far a row is: a copy may have been made; it was, as `newVersion`. */
export type Phase = 'new' | 'begun' | 'copied';
const phases: readonly Phase[] = ['new', 'begun', 'copied'];

export interface Row extends Planned {
  n: number;
  phase: Phase;
  outcome: Outcome;
  newVersion: string | undefined;
  /** The version was deleted after its copy was read whole. */
  deleted: boolean;
}

export interface Settled {
  n: number;
  outcome: Outcome;
  size: number;
  landed?: ObjectState | undefined;
  newVersion?: string | undefined;
  deleted?: boolean | undefined;
  error?: InPlaceRow['error'];
}

/** What was there before the first version of a key was copied; `extra`: versions of ours that no row knows. */
export interface KeyNote {
  /** Newest first. */
  versions: { versionId: string; deleteMarker: boolean }[];
  extra: string[];
  /** Of those of `extra`: what each was put on top for. */
  copyOf?: Record<string, string>;
  /** Those of `extra` that were read whole. */
  proven?: string[];
}

/** The file of one run: its plan's rows and how far each is. Every call is synchronous and on disk when it returns. */
export class RunFile {
  readonly #db: DatabaseSync;
  readonly #file: string;
  readonly #statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  #buckets: PlannedBucket[] = [];

  static create(file: string, about: InPlace): RunFile {
    const made = new RunFile(createSqliteFile(file, form), file);
    made.save(about);
    return made;
  }

  /** Throws `inPlaceUnknown`, `inPlaceFileDamaged`. */
  static open(file: string): RunFile {
    if (!existsSync(file)) throw new AppError('inPlaceUnknown', { id: basename(file, '.sqlite') });
    return new RunFile(openSqliteFile(file, form), file);
  }

  private constructor(db: DatabaseSync, file: string) {
    this.#db = db;
    this.#file = file;
    this.#buckets = this.#all('SELECT facts FROM buckets ORDER BY id').map(({ facts }) => JSON.parse(String(facts)) as PlannedBucket);
  }

  about(): InPlace {
    const [found] = this.#all("SELECT value FROM meta WHERE name = 'about'");
    const read = inPlace.safeParse(parsed(String(found?.value ?? 'null')));
    if (!read.success) throw new AppError('inPlaceFileDamaged', { file: this.#file });
    return read.data;
  }

  save(about: InPlace): void {
    this.#run("INSERT OR REPLACE INTO meta (name, value) VALUES ('about', ?)", JSON.stringify(about));
  }

  /** Time that the run really worked, ms. */
  get workedMs(): number {
    return Number(this.#all("SELECT value FROM meta WHERE name = 'workedMs'")[0]?.value ?? 0);
  }

  set workedMs(ms: number) {
    this.#run("INSERT OR REPLACE INTO meta (name, value) VALUES ('workedMs', ?)", String(Math.round(ms)));
  }

  get buckets(): readonly PlannedBucket[] {
    return this.#buckets;
  }

  bucket(id: number): PlannedBucket {
    const found = this.#buckets[id];
    if (!found) throw new Error('a row of no bucket');
    return found;
  }

  addBucket(facts: PlannedBucket): number {
    this.#run('INSERT INTO buckets (id, facts) VALUES (?, ?)', this.#buckets.length, JSON.stringify(facts));
    return this.#buckets.push(facts) - 1;
  }

  addRows(rows: readonly Planned[]): void {
    this.#together(() => {
      for (const { bucket, key, versionId, size, etag, modified, latest, from } of rows)
        this.#run(
          'INSERT INTO rows (bucket, key, version, size, etag, modified, latest, state, kmsKey) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
          ...[bucket, key, versionId ?? null, size, etag, modified, latest ? 1 : 0, from.state, from.key ?? null],
        );
    });
  }

  /** What an audit saw; taken away again by `seen`, what is left is not there any more as it was. */
  addWanted(rows: readonly { bucket: string; key: string; state: string; kmsKey: string }[]): void {
    this.#together(() => {
      for (const { bucket, key, state, kmsKey } of rows)
        this.#run('INSERT OR IGNORE INTO wanted (bucket, key, state, kmsKey) VALUES (?, ?, ?, ?)', bucket, key, state, kmsKey);
    });
  }

  wantedBuckets(): { bucket: string; keys: number; first: string; last: string }[] {
    return this.#all('SELECT bucket, count(DISTINCT key) AS keys, min(key) AS first, max(key) AS last FROM wanted GROUP BY bucket').map(
      ({ bucket, keys, first, last }) => ({ bucket: String(bucket), keys: Number(keys), first: String(first), last: String(last) }),
    );
  }

  wantedKeys(bucket: string, after: string, limit: number): string[] {
    return this.#all('SELECT DISTINCT key FROM wanted WHERE bucket = ? AND key > ? ORDER BY key LIMIT ?', bucket, after, limit).map(
      ({ key }) => String(key),
    );
  }

  /** Whether the audit saw this key in this state; then it is found. */
  isWanted(bucket: string, key: string, { state, key: kmsKey = '' }: ObjectState): boolean {
    const found = this.#statement('UPDATE wanted SET seen = 1 WHERE bucket = ? AND key = ? AND state = ? AND kmsKey = ?').run(
      ...[bucket, key, state, state === 'sse-kms' ? kmsKey : ''],
    );
    return Number(found.changes) > 0;
  }

  /** What the audit saw and nobody sees now. */
  unseen(sample: number): { count: number; names: string[] } {
    const [found] = this.#all('SELECT count(*) AS count FROM wanted WHERE NOT seen');
    const names = this.#all('SELECT bucket, key FROM wanted WHERE NOT seen LIMIT ?', sample).map(({ bucket, key }) => `${bucket}/${key}`);
    return { count: Number(found?.count ?? 0), names };
  }

  dropWanted(): void {
    this.#run('DELETE FROM wanted');
  }

  /** Rows behind a number, in order; those that wait, or all. */
  after(n: number, limit: number, all = false): Row[] {
    return this.#all(`SELECT * FROM rows WHERE n > ?${all ? '' : " AND outcome = 'waits'"} ORDER BY n LIMIT ?`, n, limit).map(rowOf);
  }

  between(first: number, last: number): Row[] {
    return this.#all('SELECT * FROM rows WHERE n BETWEEN ? AND ? ORDER BY n', first, last).map(rowOf);
  }

  /** From now on a copy of them may be there. */
  begin(rows: readonly Pick<Row, 'n'>[]): void {
    this.#together(() => {
      for (const { n } of rows) this.#run('UPDATE rows SET phase = 1 WHERE n = ? AND phase = 0', n);
    });
  }

  copied(n: number, newVersion: string): void {
    this.#run('UPDATE rows SET phase = 2, newVersion = ? WHERE n = ?', newVersion, n);
  }

  settle(results: readonly Settled[]): void {
    this.#together(() => {
      for (const { n, outcome, landed, newVersion, deleted, error } of results)
        this.#run(
          'UPDATE rows SET outcome = ?, landed = ?, newVersion = coalesce(?, newVersion), deleted = ?, error = ? WHERE n = ?',
          ...[
            outcome,
            landed ? JSON.stringify(landed) : null,
            newVersion ?? null,
            deleted ? 1 : 0,
            error ? JSON.stringify(error) : null,
            n,
          ],
        );
    });
  }

  keyNote(first: number): { note: KeyNote; closed: boolean } | undefined {
    const [found] = this.#all('SELECT body, closed FROM keys WHERE first = ?', first);
    return found && { note: JSON.parse(String(found.body)) as KeyNote, closed: found.closed === 1 };
  }

  /** One that was closed stays closed. */
  noteKey(first: number, note: KeyNote, closed = false): void {
    this.#run(
      'INSERT INTO keys (first, body, closed) VALUES (?, ?, ?) ON CONFLICT (first) DO UPDATE SET body = excluded.body, closed = max(closed, excluded.closed)',
      ...[first, JSON.stringify(note), closed ? 1 : 0],
    );
  }

  /** The number before the first row that waits behind `n`; the last one where none does. */
  settledTo(n: number): number {
    const [waits] = this.#all("SELECT n FROM rows WHERE n > ? AND outcome = 'waits' ORDER BY n LIMIT 1", n);
    if (waits) return Number(waits.n) - 1;
    return Number(this.#all('SELECT max(n) AS last FROM rows')[0]?.last ?? 0);
  }

  /** Rows behind `n` that were copied, up to another number. */
  copies(n: number, to: number, limit: number): Row[] {
    return this.#all(
      "SELECT * FROM rows WHERE n > ? AND n <= ? AND outcome = 'done' AND newVersion IS NOT NULL ORDER BY n LIMIT ?",
      ...[n, to, limit],
    ).map(rowOf);
  }

  /** Counts by outcome, and what is done in bytes. */
  totals(): Pick<InPlace, 'total' | 'totalBytes' | 'done' | 'doneBytes' | 'counts' | 'deleted'> {
    const sums = { total: 0, totalBytes: 0, done: 0, doneBytes: 0, counts: {} as Partial<Record<Outcome, number>>, deleted: 0 };
    for (const { outcome, rows, bytes, deleted } of this.#all(
      'SELECT outcome, count(*) AS rows, total(size) AS bytes, sum(deleted) AS deleted FROM rows GROUP BY outcome',
    )) {
      sums.total += Number(rows);
      sums.totalBytes += Number(bytes);
      sums.deleted += Number(deleted);
      sums.counts[String(outcome) as Outcome] = Number(rows);
      if (outcome === 'waits') continue;
      sums.done += Number(rows);
      sums.doneBytes += Number(bytes);
    }
    return sums;
  }

  /** `large`: objects with more bytes than that. */
  byBucket(
    above: number,
  ): { bucket: PlannedBucket; objects: number; bytes: number; most: number; older: number; olderBytes: number; large: number }[] {
    const found = new Map(
      this.#all(
        'SELECT bucket, count(*) AS objects, total(size) AS bytes, max(size) AS most, sum(NOT latest) AS older, total(CASE WHEN latest THEN 0 ELSE size END) AS olderBytes, sum(size > ?) AS large FROM rows GROUP BY bucket',
        above,
      ).map((row) => [Number(row.bucket), row]),
    );
    return this.#buckets.map((bucket, id) => {
      const { objects = 0, bytes = 0, most = 0, older = 0, olderBytes = 0, large = 0 } = found.get(id) ?? {};
      return {
        bucket,
        ...{
          objects: Number(objects),
          bytes: Number(bytes),
          most: Number(most),
          older: Number(older),
          olderBytes: Number(olderBytes),
          large: Number(large),
        },
      };
    });
  }

  page(outcomes: readonly Outcome[] | undefined, offset: number, limit: number): { rows: InPlaceRow[]; total: number } {
    const where = outcomes ? 'WHERE outcome IN (SELECT value FROM json_each(?))' : '';
    const given = outcomes ? [JSON.stringify(outcomes)] : [];
    const rows = this.#all(`SELECT * FROM rows ${where} ORDER BY n LIMIT ? OFFSET ?`, ...given, limit, offset);
    const [total] = this.#all(`SELECT count(*) AS count FROM rows ${where}`, ...given);
    return { rows: rows.map((row) => this.#shown(row)), total: Number(total?.count ?? 0) };
  }

  close(): void {
    this.#db.close();
  }

  #shown(raw: Record<string, unknown>): InPlaceRow {
    const { versionId, key, size, outcome, from, newVersion, bucket } = rowOf(raw);
    return {
      bucket: this.bucket(bucket).name,
      ...{ key, size, outcome, from },
      ...(versionId === undefined ? {} : { versionId }),
      ...(raw.landed === null ? {} : { landed: JSON.parse(String(raw.landed)) as ObjectState }),
      ...(newVersion === undefined ? {} : { newVersionId: newVersion }),
      ...(raw.error === null ? {} : { error: JSON.parse(String(raw.error)) as NonNullable<InPlaceRow['error']> }),
    };
  }

  #statement(sql: string): ReturnType<DatabaseSync['prepare']> {
    const made = this.#statements.get(sql) ?? this.#db.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }

  #all(sql: string, ...values: (string | number | null)[]): Record<string, unknown>[] {
    try {
      return this.#statement(sql).all(...values);
    } catch (error) {
      throw sqliteFailure(error, this.#file, form);
    }
  }

  #run(sql: string, ...values: (string | number | null)[]): void {
    try {
      this.#statement(sql).run(...values);
    } catch (error) {
      throw sqliteFailure(error, this.#file, form);
    }
  }

  #together(work: () => void): void {
    try {
      inTransaction(this.#db, work);
    } catch (error) {
      throw sqliteFailure(error, this.#file, form);
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function rowOf(raw: Record<string, unknown>): Row {
  const text = (value: unknown): string | undefined => (value === null ? undefined : String(value));
  const kmsKey = text(raw.kmsKey);
  return {
    n: Number(raw.n),
    bucket: Number(raw.bucket),
    key: String(raw.key),
    versionId: text(raw.version),
    size: Number(raw.size),
    etag: String(raw.etag),
    modified: Number(raw.modified),
    latest: raw.latest === 1,
    from: { state: String(raw.state) as ObjectState['state'], ...(kmsKey === undefined ? {} : { key: kmsKey }) },
    phase: phases[Number(raw.phase)] ?? 'new',
    outcome: String(raw.outcome) as Outcome,
    newVersion: text(raw.newVersion),
    deleted: raw.deleted === 1,
  };
}
