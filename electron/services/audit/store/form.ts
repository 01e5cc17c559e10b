import { AppError } from '../../../../shared/rpc/errors.ts';
import type { SqliteForm } from '../../../platform/sqliteFile.ts';

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

/** A run's file: rows and the positions of their ranges are always of the same moment. 'SDau' in its head. */
export const form: SqliteForm = {
  applicationId: 0x53446175,
  version: 1,
  schema,
  // Sorts spill to temporary files.
  settings: 'PRAGMA cache_size=-16000; PRAGMA temp_store=FILE; PRAGMA mmap_size=0; PRAGMA wal_autocheckpoint=2000;',
  begin: 'PRAGMA page_size=8192;',
  full: (path, cause) => new AppError('auditDiskFull', { path }, { cause }),
  damaged: (file, cause) => new AppError('auditFileDamaged', { file }, { cause }),
  newer: (file) => new AppError('auditFileNewer', { file }),
};
