import { closeSync, lstatSync, openSync } from 'node:fs';
import { basename } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { AppError } from '../../../../shared/rpc/errors.ts';

/*
 * One file an upload. Write-ahead log with `synchronous=NORMAL`: what was committed survives the end of this process, even by
 * SIGKILL. A loss of power may take back the last commits; then parts and objects are found at the server again.
 */

/** 'SDup' in the file's head, so that another program's database is not taken for an upload. */
const applicationId = 0x53447570;
const formVersion = 1;

const schema = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE items (
  n INTEGER PRIMARY KEY, path TEXT NOT NULL, key TEXT NOT NULL, folded TEXT NOT NULL, size INTEGER NOT NULL, modified REAL, type TEXT,
  file TEXT, state INTEGER NOT NULL, held INTEGER NOT NULL, sent INTEGER NOT NULL DEFAULT 0, conflict INTEGER NOT NULL DEFAULT 0,
  begun INTEGER NOT NULL DEFAULT 0, multipart TEXT, partSize INTEGER, rest TEXT NOT NULL DEFAULT '{}');
CREATE INDEX byName ON items (folded);
CREATE TABLE parts (n INTEGER, number INTEGER, size INTEGER NOT NULL, etag TEXT NOT NULL, checksum TEXT, PRIMARY KEY (n, number)) WITHOUT ROWID;
`;

const settings = 'PRAGMA cache_size=-4000; PRAGMA mmap_size=0; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=1000;';

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
  if (kind === full || errcode === sharedMemorySize) return new AppError('uploadDiskFull', { path: file }, { cause: error });
  if (damaged.includes(kind)) return new AppError('uploadFileDamaged', { file: basename(file) }, { cause: error });
  if (refusedByDisk.includes(kind)) return new AppError('fileNotWritable', { path: file, reason: String(error) }, { cause: error });
  return error;
}

/** A new file with the form's tables, mode 0600. */
export function createFile(file: string): DatabaseSync {
  // SQLite takes a file that is empty for a new one, and gives its companions the same mode.
  closeSync(openSync(file, 'a', 0o600));
  const db = new DatabaseSync(file);
  try {
    db.exec(`PRAGMA journal_mode=WAL; ${settings}`);
    db.exec(`BEGIN; ${schema} PRAGMA application_id=${applicationId}; PRAGMA user_version=${formVersion}; COMMIT`);
    return db;
  } catch (error) {
    db.close();
    throw fileError(error, file);
  }
}

/** Throws `uploadFileDamaged`, `uploadFileNewer`. */
export function openFile(file: string): DatabaseSync {
  const notOurs = () => new AppError('uploadFileDamaged', { file: basename(file) });
  // Opening a pipe would wait for ever, and a link leads to somebody else's file.
  if (!lstatSync(file, { throwIfNoEntry: false })?.isFile()) throw notOurs();
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { timeout: 5000 });
    if (pragma(db, 'application_id') !== applicationId) throw notOurs();
    if (pragma(db, 'user_version') > formVersion) throw new AppError('uploadFileNewer', { file: basename(file) });
    db.exec(settings);
    return db;
  } catch (error) {
    db?.close();
    throw fileError(error, file);
  }
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
}
