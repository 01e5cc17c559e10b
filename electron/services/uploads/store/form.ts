import { AppError } from '../../../../shared/rpc/errors.ts';
import type { SqliteForm } from '../../../platform/sqliteFile.ts';

const schema = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE items (
  n INTEGER PRIMARY KEY, path TEXT NOT NULL, key TEXT NOT NULL, folded TEXT NOT NULL, size INTEGER NOT NULL, modified REAL, type TEXT,
  file TEXT, state INTEGER NOT NULL, held INTEGER NOT NULL, sent INTEGER NOT NULL DEFAULT 0, conflict INTEGER NOT NULL DEFAULT 0,
  begun INTEGER NOT NULL DEFAULT 0, multipart TEXT, partSize INTEGER, rest TEXT NOT NULL DEFAULT '{}');
CREATE INDEX byName ON items (folded);
CREATE TABLE parts (n INTEGER, number INTEGER, size INTEGER NOT NULL, etag TEXT NOT NULL, checksum TEXT, PRIMARY KEY (n, number)) WITHOUT ROWID;
`;

/** One file an upload. What a loss of power takes back of it is found at the server again. 'SDup' in its head. */
export const form: SqliteForm = {
  applicationId: 0x53447570,
  version: 1,
  schema,
  settings: 'PRAGMA cache_size=-4000; PRAGMA mmap_size=0; PRAGMA wal_autocheckpoint=1000;',
  full: (path, cause) => new AppError('uploadDiskFull', { path }, { cause }),
  damaged: (file, cause) => new AppError('uploadFileDamaged', { file }, { cause }),
  newer: (file) => new AppError('uploadFileNewer', { file }),
};
