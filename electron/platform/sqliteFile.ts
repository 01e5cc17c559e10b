import { closeSync, lstatSync, openSync } from 'node:fs';
import { basename } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { AppError } from '../../shared/rpc/errors.ts';

/*
 * Files of SQLite that a domain keeps. Write-ahead log with `synchronous=NORMAL`: a transaction is on disk for every later
 * process once its commit returns, so the end of this process, even by SIGKILL, loses nothing that was told to be done. A
 * loss of power may take back the last commits, whole ones only.
 */

/** What a domain's file is, and how it speaks of what is wrong with one. */
export interface SqliteForm {
  /** In the file's head, so that another program's database is not taken for one. */
  applicationId: number;
  version: number;
  schema: string;
  /** PRAGMAs of each connection: small caches keep memory flat. */
  settings: string;
  /** PRAGMAs of a new file alone. */
  begin?: string;
  full(path: string, cause: unknown): AppError;
  /** `file`: its name without folders. */
  damaged(file: string, cause?: unknown): AppError;
  newer(file: string): AppError;
}

const sqliteError = z.object({ code: z.literal('ERR_SQLITE_ERROR'), errcode: z.number() });
const full = 13;
const sharedMemorySize = 4874;
const refusedByDisk = [8, 10, 14];
const damaged = [11, 26];

/** What SQLite says, as an error with a next step; anything else is returned as it is. */
export function sqliteFailure(error: unknown, file: string, form: Pick<SqliteForm, 'full' | 'damaged'>): unknown {
  const known = sqliteError.safeParse(error);
  if (!known.success) return error;
  const { errcode } = known.data;
  const kind = errcode & 0xff;
  if (kind === full || errcode === sharedMemorySize) return form.full(file, error);
  if (damaged.includes(kind)) return form.damaged(basename(file), error);
  if (refusedByDisk.includes(kind)) return new AppError('fileNotWritable', { path: file, reason: String(error) }, { cause: error });
  return error;
}

/** A new file with the form's tables, mode 0600. `maxPages` is the tests' stand-in for a full disk. */
export function createSqliteFile(file: string, form: SqliteForm, maxPages?: number): DatabaseSync {
  ownFile(file);
  const db = new DatabaseSync(file);
  try {
    db.exec(`${form.begin ?? ''} PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; ${form.settings}`);
    if (maxPages !== undefined) db.exec(`PRAGMA max_page_count=${maxPages}`);
    db.exec(`BEGIN; ${form.schema} PRAGMA application_id=${form.applicationId}; PRAGMA user_version=${form.version}; COMMIT`);
    return db;
  } catch (error) {
    db.close();
    throw sqliteFailure(error, file, form);
  }
}

/** SQLite takes a file that is empty for a new one, and gives its companions the same mode. */
function ownFile(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600));
  } catch {
    // SQLite finds the same, and says it in its way.
  }
}

/** Throws the form's `damaged` and `newer`. */
export function openSqliteFile(
  file: string,
  form: SqliteForm,
  { write = true, maxPages }: { write?: boolean; maxPages?: number | undefined } = {},
): DatabaseSync {
  // Opening a pipe would wait for ever, and a link leads to somebody else's file.
  if (!lstatSync(file, { throwIfNoEntry: false })?.isFile()) throw form.damaged(basename(file));
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { readOnly: !write, timeout: 5000 });
    db.exec(`${form.settings}${write ? 'PRAGMA synchronous=NORMAL' : ''}`);
    if (maxPages !== undefined) db.exec(`PRAGMA max_page_count=${maxPages}`);
    if (pragma(db, 'application_id') !== form.applicationId) throw form.damaged(basename(file));
    if (pragma(db, 'user_version') > form.version) throw form.newer(basename(file));
    return db;
  } catch (error) {
    db?.close();
    throw sqliteFailure(error, file, form);
  }
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
}

/** All of the work or nothing of it. */
export function inTransaction(db: DatabaseSync, work: () => unknown): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    work();
    db.exec('COMMIT');
  } catch (error) {
    // A full disk has rolled it back already.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
