import { closeSync, lstatSync, openSync } from 'node:fs';
import { basename } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { AppError } from '../../../shared/rpc/errors.ts';

/*
 * The file of a run. Write-ahead log with `synchronous=NORMAL`: what a returned commit holds is there for every later
 * process, also after SIGKILL. A loss of power may take back the last commits, whole ones only; then objects are looked at
 * again, and a copy that was made is recognised.
 */

/** 'SDip' in the file's head, so that another program's database is not taken for a run. */
const applicationId = 0x53446970;
const formVersion = 1;

const schema = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE buckets (id INTEGER PRIMARY KEY, facts TEXT NOT NULL);
CREATE TABLE wanted (bucket TEXT NOT NULL, key TEXT NOT NULL, state TEXT NOT NULL, kmsKey TEXT NOT NULL, seen INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (bucket, key, state, kmsKey)) WITHOUT ROWID;
CREATE TABLE rows (
  n INTEGER PRIMARY KEY, bucket INTEGER NOT NULL, key TEXT NOT NULL, version TEXT, size INTEGER NOT NULL, etag TEXT NOT NULL,
  modified INTEGER NOT NULL, latest INTEGER NOT NULL, state TEXT NOT NULL, kmsKey TEXT, phase INTEGER NOT NULL DEFAULT 0,
  outcome TEXT NOT NULL DEFAULT 'waits', landed TEXT, newVersion TEXT, deleted INTEGER NOT NULL DEFAULT 0, error TEXT);
CREATE TABLE keys (first INTEGER PRIMARY KEY, body TEXT NOT NULL, closed INTEGER NOT NULL DEFAULT 0);
`;

const settings = 'PRAGMA cache_size=-8000; PRAGMA temp_store=FILE; PRAGMA mmap_size=0;';
const sqliteError = z.object({ code: z.literal('ERR_SQLITE_ERROR'), errcode: z.number() });
const full = [13];
const damaged = [11, 26];

/** What SQLite says, as an error with a next step; anything else is returned as it is. */
export function fileError(error: unknown, file: string): unknown {
  const known = sqliteError.safeParse(error);
  if (!known.success) return error;
  const kind = known.data.errcode & 0xff;
  if (full.includes(kind)) return new AppError('inPlaceDiskFull', { path: file }, { cause: error });
  if (damaged.includes(kind)) return new AppError('inPlaceFileDamaged', { file: basename(file) }, { cause: error });
  return new AppError('fileNotWritable', { path: file, reason: String(error) }, { cause: error });
}

/** A new file with the form's tables, mode 0600. */
export function createFile(file: string): DatabaseSync {
  closeSync(openSync(file, 'a', 0o600));
  const db = new DatabaseSync(file);
  try {
    db.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; ${settings}`);
    db.exec(`BEGIN; ${schema} PRAGMA application_id=${applicationId}; PRAGMA user_version=${formVersion}; COMMIT`);
    return db;
  } catch (error) {
    db.close();
    throw fileError(error, file);
  }
}

/** Throws `inPlaceUnknown`, `inPlaceFileDamaged`. */
export function openFile(file: string): DatabaseSync {
  const name = basename(file, '.sqlite');
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (!found) throw new AppError('inPlaceUnknown', { id: name });
  // Opening a pipe would wait for ever, and a link leads to somebody else's file.
  if (!found.isFile()) throw new AppError('inPlaceFileDamaged', { file: basename(file) });
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { timeout: 5000 });
    db.exec(`${settings} PRAGMA synchronous=NORMAL`);
    if (pragma(db, 'application_id') !== applicationId || pragma(db, 'user_version') > formVersion)
      throw new AppError('inPlaceFileDamaged', { file: basename(file) });
    return db;
  } catch (error) {
    db?.close();
    throw fileError(error, file);
  }
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
}
