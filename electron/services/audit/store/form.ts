import { closeSync, lstatSync, openSync } from 'node:fs';
import { basename } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { AppError } from '../../../../shared/rpc/errors.ts';

/*
 * The form of a run's file. Write-ahead log with `synchronous=NORMAL`: a transaction is on disk for every later process once
 * its commit returns, so the end of this process, even by SIGKILL, loses nothing that was told to be done. A loss of power
 * may take back the last commits, whole ones only: rows and the positions of their ranges are always of the same moment.
 */

/** 'SDau' in the file's head, so that another program's database is not taken for a run. */
const applicationId = 0x53446175;
const formVersion = 1;

const schema = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE buckets (id INTEGER PRIMARY KEY, facts TEXT NOT NULL);
CREATE TABLE ranges (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE gaps (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE groups (id INTEGER PRIMARY KEY, bucket INTEGER NOT NULL, state INTEGER NOT NULL, kmsKey TEXT NOT NULL, opens INTEGER NOT NULL DEFAULT 0, boundary TEXT);
CREATE TABLE reasons (id INTEGER PRIMARY KEY, body TEXT NOT NULL UNIQUE);
CREATE TABLE opens (id INTEGER PRIMARY KEY, answer TEXT NOT NULL, body TEXT NOT NULL UNIQUE);
CREATE TABLE objects (
  row INTEGER PRIMARY KEY, bucket INTEGER NOT NULL, grp INTEGER NOT NULL, key TEXT NOT NULL, version TEXT,
  size INTEGER NOT NULL, modified INTEGER NOT NULL, state INTEGER NOT NULL, flags INTEGER NOT NULL, reason INTEGER, listed INTEGER, opens INTEGER);
`;

/** Small caches: memory stays flat, sorts spill to temporary files. */
const settings = 'PRAGMA cache_size=-16000; PRAGMA temp_store=FILE; PRAGMA mmap_size=0; PRAGMA wal_autocheckpoint=2000;';

const sqliteError = z.object({ code: z.literal('ERR_SQLITE_ERROR'), errcode: z.number() });
const full = 13;
const sharedMemorySize = 4874;
const refusedByDisk = [8, 10, 14];
const damaged = [11, 26];

/** What SQLite says, as an error with a next step; anything else is returned as it is. */
export function fileError(error: unknown, file: string): unknown {
  const known = sqliteError.safeParse(error);
  if (!known.success) return error;
  const { errcode } = known.data;
  const kind = errcode & 0xff;
  if (kind === full || errcode === sharedMemorySize) return new AppError('auditDiskFull', { path: file }, { cause: error });
  if (damaged.includes(kind)) return new AppError('auditFileDamaged', { file: basename(file) }, { cause: error });
  if (refusedByDisk.includes(kind)) return new AppError('fileNotWritable', { path: file, reason: String(error) }, { cause: error });
  return error;
}

/** A new file with the form's tables, mode 0600. `maxPages` is the tests' stand-in for a full disk. */
export function createFile(file: string, maxPages?: number): DatabaseSync {
  ownFile(file);
  const db = new DatabaseSync(file);
  try {
    db.exec(`PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; ${settings}`);
    if (maxPages !== undefined) db.exec(`PRAGMA max_page_count=${maxPages}`);
    db.exec(`BEGIN; ${schema} PRAGMA application_id=${applicationId}; PRAGMA user_version=${formVersion}; COMMIT`);
    return db;
  } catch (error) {
    db.close();
    throw fileError(error, file);
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

/** Throws `auditFileDamaged`, `auditFileNewer`. */
export function openFile(file: string, write: boolean, maxPages?: number): DatabaseSync {
  const notOurs = () => new AppError('auditFileDamaged', { file: basename(file) });
  // Opening a pipe would wait for ever, and a link leads to somebody else's file.
  if (!lstatSync(file, { throwIfNoEntry: false })?.isFile()) throw notOurs();
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { readOnly: !write, timeout: 5000 });
    db.exec(`${settings}${write ? 'PRAGMA synchronous=NORMAL' : ''}`);
    if (maxPages !== undefined) db.exec(`PRAGMA max_page_count=${maxPages}`);
    if (pragma(db, 'application_id') !== applicationId) throw notOurs();
    if (pragma(db, 'user_version') > formVersion) throw new AppError('auditFileNewer', { file: basename(file) });
    return db;
  } catch (error) {
    db?.close();
    throw fileError(error, file);
  }
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
}
