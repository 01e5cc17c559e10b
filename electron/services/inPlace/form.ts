import { AppError } from '../../../shared/rpc/errors.ts';
import type { SqliteForm } from '../../platform/sqliteFile.ts';

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

/**
 * The file of a run. After a loss of power objects are looked at again, and a copy that was made is recognised. 'SDip' in its
 * head.
 */
export const form: SqliteForm = {
  applicationId: 0x53446970,
  version: 1,
  schema,
  settings: 'PRAGMA cache_size=-8000; PRAGMA temp_store=FILE; PRAGMA mmap_size=0;',
  full: (path, cause) => new AppError('inPlaceDiskFull', { path }, { cause }),
  damaged: (file, cause) => new AppError('inPlaceFileDamaged', { file }, { cause }),
  newer: (file) => new AppError('inPlaceFileDamaged', { file }),
};
