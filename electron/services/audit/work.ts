import type { MessagePort } from 'node:worker_threads';
import type {
  Amounts,
  Audit,
  AuditBucket,
  AuditChange,
  AuditFilter,
  AuditGap,
  AuditKey,
  AuditOptions,
  AuditRow,
  MapNode,
  Opens,
} from '../../../shared/audit.ts';
import type { Language, Text } from '../../../shared/text.ts';

/*
 * Three threads work on a run: the engine's own (asks and tells), the reader (requests, parsing, classifying) and the
 * store (SQLite, one a file). The reader writes to the store through a port of its own.
 */

/** The place of a state in `auditStates`, and one more for delete markers, which have none. */
export const deleteMarkerState = 6;

/** Bits of `Entries.flags`. */
export const flag = { latest: 1, context: 2, multipart: 4, byHead: 8 } as const;

/** Entries of one bucket as columns, in the order of keys. */
export interface Entries {
  bucket: number;
  keys: string[];
  /** Only with versions. */
  versions?: string[];
  sizes: Float64Array;
  /** ms since 1970. */
  modified: Float64Array;
  states: Uint8Array;
  /** 0: none, else 1 + place in `names`. */
  kmsKeys: Uint16Array;
  names: string[];
  flags: Uint8Array;
  /** Why `unknown` or `unreadable`, by place in `keys`. */
  reasons: [number, Text][];
}

/** Keys of a bucket that one worker reads in order: greater than `after`, up to and with `to`. All ranges of a bucket are disjoint and cover it. */
export interface KeyRange {
  id: number;
  bucket: number;
  /** Last key that was read and stored; '' at the beginning. */
  after: string;
  /** Only with versions: the last version of `after` that was stored, while others of that key are left. */
  versionAfter?: string;
  /** Beside `versionAfter`: when it was written, and all stored versions of that ms. Should it be gone, the server lists the key again. */
  versionTime?: { modifiedAt: number; versions: string[] };
  /** Absent: to the end. */
  to?: string;
  done: boolean;
}

/** Becomes durable as a whole or not at all, in the order of sending. */
export interface Commit {
  entries?: Entries;
  ranges: KeyRange[];
  gaps?: AuditGap[];
}

/** What is known of a bucket before it is read. */
export type BucketFacts = Pick<AuditBucket, 'name' | 'expected' | 'rule' | 'ruleError' | 'versioning' | 'ruleSince'>;

/** An object to read a byte of. */
export interface Target {
  row: number;
  bucket: number;
  key: string;
  versionId?: string;
  modified: number;
}

/** Oldest and newest object with content of one key in one bucket. */
export interface Sample {
  bucket: number;
  state: number;
  kmsKey: string;
  objects: number;
  oldest: Target;
  newest: Target;
}

/** What reading told. `rows` are single objects; the rest of the key in that bucket follows by sample. */
export interface Verdict {
  bucket: number;
  state: number;
  kmsKey: string;
  opens: Opens;
  boundary?: AuditKey['boundary'];
}
export interface RowVerdict {
  row: number;
  /** Only when reading told another state than the listing: unreadable, plaintext, … */
  state?: number;
  kmsKey?: string;
  reason?: Text;
  opens: Opens;
}

/** What changes while a run works. */
export interface Totals {
  current: Amounts;
  noncurrent: Amounts;
  deleteMarkers: number;
  folderMarkers: number;
  opens: Audit['opens'];
  bucketsDone: number;
  gaps: number;
}

/** A form of rows as text: `keys` are those of what has content, each with a NUL behind it. */
export type RowForm = 'csv' | 'jsonl' | 'keys';
export interface TextsWanted {
  filter: AuditFilter;
  /** One text for each, in this order. */
  forms: RowForm[];
  language: Language;
  /** Most rows at a time. */
  limit: number;
}

/** One file: a run. Every call may throw `auditDiskFull`, `auditFileDamaged`, `fileNotWritable`; `open` also `auditFileNewer`. */
export interface StoreCalls {
  create(file: string, audit: Audit, buckets: BucketFacts[]): Promise<void>;
  /** An existing run; rows and ranges are as last committed. `write` false: for reading only. */
  open(file: string, write: boolean): Promise<{ audit: Audit; buckets: BucketFacts[]; ranges: KeyRange[] }>;
  /** Resolves when it is on disk, together with others that came close to it. */
  commit(commit: Commit): Promise<void>;
  saveAudit(audit: Audit): Promise<void>;
  totals(): Promise<Totals>;
  /** For each key and bucket; zero-byte objects are left out, they always open. */
  samples(): Promise<Sample[]>;
  /** The n-th, from 0, of the objects with content of a key in a bucket, oldest first. */
  byTime(of: Pick<Sample, 'bucket' | 'state' | 'kmsKey'>, n: number): Promise<Target | undefined>;
  judge(verdicts: Verdict[], rows: RowVerdict[]): Promise<void>;
  /** Encrypted objects with content after a row, for reading them all. */
  unread(afterRow: number, limit: number): Promise<Target[]>;
  /** Builds indexes and the map's tree; tells `{arranging: 0…1}` meanwhile. Only then are views sorted. */
  arrange(): Promise<void>;
  buckets(): Promise<AuditBucket[]>;
  keys(): Promise<AuditKey[]>;
  gaps(): Promise<AuditGap[]>;
  /** Why an object of a bucket is unreadable or unknown, one for each; not of more than a hundred. Costs no search. */
  reasons(): Promise<{ bucket: string; state: 'unreadable' | 'unknown'; reason: Text }[]>;
  map(place: { bucket?: string; prefix: string; by: 'objects' | 'bytes'; depth: number; cells: number }): Promise<MapNode>;
  rows(view: {
    filter: AuditFilter;
    sort: 'key' | 'size' | 'modifiedAt' | 'state' | 'read';
    descending: boolean;
    offset: number;
    limit: number;
  }): Promise<{ rows: AuditRow[]; total?: number }>;
  row(row: number): Promise<AuditRow>;
  /**
   * Rows after one in the order of buckets and keys (or of reading, before `arrange`), for exports: flat memory. They come as
   * the text of each form, because making it from a thousand rows would hold up the engine's own thread. Without `cursor`: the last.
   */
  texts(after: string | undefined, wanted: TextsWanted): Promise<{ texts: string[]; rows: number; cursor?: string }>;
  /** The same as rows, for who works on them: flat memory, too. */
  page(after: string | undefined, filter: AuditFilter, limit: number): Promise<{ rows: AuditRow[]; cursor?: string }>;
  compare(
    before: string,
    page: { change?: AuditChange; offset: number; limit: number },
  ): Promise<{
    counts: Partial<Record<AuditChange, number>>;
    rows: { change: AuditChange; before?: AuditRow; after?: AuditRow }[];
    total: number;
  }>;
  /** A port for the reader, which serves these same calls. */
  attach(port: MessagePort): Promise<void>;
  close(): Promise<void>;
}

/** All that the reader is told. The secret goes to the thread and nowhere else. */
export interface ReadOrder {
  endpoint: { url: string; ca: string[]; accessKey: string; secretKey: string };
  method: 'list' | 'head';
  prefix: string;
  versions: boolean;
  options: AuditOptions;
  /** Names by their number in the store. */
  buckets: string[];
  /** Objects that are probably there, by the same number: only where ranges are cut follows from it. */
  expected?: (number | undefined)[];
  /** Unfinished ones; a run begins with one for each bucket, whole. */
  ranges: KeyRange[];
  phase: 'listing' | 'opening';
}

/** What the reader tells several times a second. */
export interface ReaderNews {
  phase: 'listing' | 'opening';
  inFlight: number;
  requests: number;
  /** Paused by itself: the KMS is away, or the server is. */
  waitsFor?: { code: string; details?: Record<string, string | number> };
  /** 0 to 1 of the opening phase. */
  opened?: number;
}

export interface ReaderCalls {
  /** Ends when every range is done and samples are read, or after `stop`. Throws what makes going on impossible, e.g. `minioCredentialRefused`. */
  run(order: ReadOrder, store: MessagePort): Promise<{ finished: boolean }>;
  pause(): Promise<void>;
  goOn(): Promise<void>;
  /** Commits what was read and ends `run`. */
  stop(): Promise<void>;
}
