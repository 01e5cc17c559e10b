import { z } from 'zod';
import { jobStarted } from './jobs.ts';
import { bucketRule } from './minio.ts';
import { procedure } from './rpc/define.ts';
import { errorFrame } from './rpc/frames.ts';
import { clusterId, inStack, stackId } from './stacks.ts';
import { text } from './text.ts';

/** The states in their fixed order (visual.md 1). Counts are arrays in this order. */
export const auditStates = ['plaintext', 'unreadable', 'unknown', 'sse-c', 'sse-s3', 'sse-kms'] as const;
export const auditState = z.enum(auditStates);
export type AuditState = z.infer<typeof auditState>;

/** Sorts by the time it was begun: `20261122T020000-1a2b3c4d`. */
export const auditId = z.string().regex(/^\d{8}T\d{6}-[0-9a-f]{8}$/);
/** Wider than MinIO's own rule: other servers have older buckets. */
export const anyBucket = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/);
export const prefix = z.string().max(1024);

/** How many objects and bytes of each state, by the order of `auditStates`. Bytes are plaintext sizes as listed. */
export const amounts = z.object({ objects: z.array(z.int()).length(6), bytes: z.array(z.number()).length(6) });
export type Amounts = z.infer<typeof amounts>;

export const auditScope = z.strictObject({
  /** Absent: every bucket that the credential sees. */
  buckets: z.array(anyBucket).min(1).max(10_000).optional(),
  prefix: prefix.default(''),
  /** Also noncurrent versions and delete markers; needs `s3:ListBucketVersions`. */
  versions: z.boolean().default(false),
});
export type AuditScope = z.infer<typeof auditScope>;

export const auditOptions = z.strictObject({
  /** Reads one byte of every encrypted object instead of samples of each key and bucket. */
  verifyAll: z.boolean().default(false),
  /** Most requests in flight. Absent: begins with two, four by default, up to sixteen where it pays. */
  inFlight: z.int().min(1).max(16).optional(),
  /** Gentle mode: a ceiling of requests per second. */
  requestsPerSecond: z.number().min(0.1).max(1000).optional(),
});
export type AuditOptions = z.infer<typeof auditOptions>;

/**
 * Whether a byte could be read. `read`: this object itself; `sample`: of the same key in the same bucket; without `how` it
 * was not tested, and `why` says the reason. `differs`: samples of one key disagree, a key was made again under its name.
 */
export const opens = z.object({
  answer: z.enum(['yes', 'no', 'differs', 'notTested']),
  how: z.enum(['read', 'sample']).optional(),
  why: text.optional(),
  error: errorFrame.optional(),
});
export type Opens = z.infer<typeof opens>;

/** Keys that could not be listed: one object, a range, or a whole bucket. Never presented as audited. */
export const auditGap = z.object({
  bucket: z.string(),
  /** Exclusive; '' is the beginning. */
  after: z.string(),
  /** Inclusive; absent: to the end of the bucket. */
  to: z.string().optional(),
  error: errorFrame,
});
export type AuditGap = z.infer<typeof auditGap>;

export const auditPhase = z.enum(['looking', 'listing', 'opening', 'arranging', 'done']);
export const auditRunState = z.enum(['running', 'paused', 'waiting', 'finished', 'interrupted', 'cancelled', 'failed']);
export type AuditRunState = z.infer<typeof auditRunState>;

/** One run as lists show it, and as `audit.changed` carries it. Running ones are as of `at`. */
export const audit = z.object({
  version: z.literal(1),
  id: auditId,
  stackId,
  stackName: z.string(),
  /** The MinIO cluster that was read. Absent: the first. */
  cluster: clusterId.optional(),
  /** Generated, not read from any server. */
  sample: z.boolean().default(false),
  scope: auditScope,
  options: auditOptions,
  /** `head`: the server has no listing with metadata. */
  method: z.enum(['list', 'head']).default('list'),
  /** `waiting`: paused by itself until what `waitsFor` names is over. `interrupted`: its engine ended; it can be resumed. */
  state: auditRunState,
  phase: auditPhase,
  waitsFor: errorFrame.optional(),
  error: errorFrame.optional(),
  startedAt: z.string(),
  endedAt: z.string().optional(),
  at: z.string(),
  /** Time that it really worked, ms. */
  workedMs: z.number(),
  /** Who read: user of this machine, credential's name, server's address and version as it says. */
  who: z.object({ user: z.string(), credential: z.string(), server: z.string(), serverVersion: z.string().optional() }),
  /** "practice: not protected" is part of what is told about it. */
  protected: z.boolean(),
  /** Current versions that are objects: without delete markers, folder markers included. */
  current: amounts,
  /** Only with versions. */
  noncurrent: amounts,
  deleteMarkers: z.int(),
  /** Plaintext keys without content that end in '/': counted in `current`, in neither `plainBefore` nor `plainAfter`. */
  folderMarkers: z.int(),
  /** Encrypted objects (current and noncurrent) of which a byte could be read, could not, or was not tried; by samples too. */
  opens: z.object({ yes: z.int(), no: z.int(), notTested: z.int() }),
  buckets: z.object({ done: z.int(), total: z.int() }),
  /** How many could be there, and who says so. */
  expected: z.object({ objects: z.int(), from: z.enum(['usage', 'audit']), at: z.string() }).optional(),
  rate: z.number().optional(),
  secondsLeft: z.number().optional(),
  inFlight: z.int().optional(),
  requests: z.int(),
  /** Number of places that could not be listed. */
  gaps: z.int(),
  /** How far verifying has come, or arranging: 0 to 1. */
  phaseDone: z.number().optional(),
});
export type Audit = z.infer<typeof audit>;

/** One bucket of a run. */
export const auditBucket = z.object({
  name: z.string(),
  current: amounts,
  noncurrent: amounts,
  deleteMarkers: z.int(),
  folderMarkers: z.int(),
  done: z.boolean(),
  expected: z.int().optional(),
  /** As it was when the audit looked; absent with `ruleError`: could not be read. */
  rule: bucketRule.optional(),
  ruleError: errorFrame.optional(),
  versioning: z.enum(['off', 'on', 'suspended']).optional(),
  /** When the rule was set, and who knows: MinIO's own record, or Sealdeck's journal. */
  ruleSince: z.object({ at: z.string(), from: z.enum(['server', 'journal']) }).optional(),
  /** Plaintext of current objects older than `ruleSince`, and since then. */
  plainBefore: z.int().optional(),
  plainAfter: z.int().optional(),
  error: errorFrame.optional(),
});
export type AuditBucket = z.infer<typeof auditBucket>;

const stamped = z.object({ bucket: z.string(), key: z.string(), versionId: z.string().optional(), modifiedAt: z.string() });
/** What one key protects in one bucket. */
export const auditKey = z.object({
  bucket: z.string(),
  state: z.enum(['sse-s3', 'sse-kms', 'sse-c']),
  /** '' where the server does not name it: SSE-S3 has the default key, SSE-C the customer's. */
  kmsKey: z.string(),
  objects: z.int(),
  bytes: z.number(),
  oldest: stamped.optional(),
  newest: stamped.optional(),
  opens,
  /** Between these two writes the key was made again: the last that fails and the first that opens, or the other way round. */
  boundary: z.object({ fails: stamped, works: stamped, reads: z.int() }).optional(),
});
export type AuditKey = z.infer<typeof auditKey>;

/** A finding in plain words, its next step, and the filter that shows its objects. */
export const auditFinding = z.object({
  level: z.enum(['fail', 'warn', 'info']),
  what: text,
  next: text,
  /** Copy and paste, secrets as variables. */
  commands: z.array(z.string()).default([]),
  filter: z.lazy(() => auditFilter).optional(),
});
export type AuditFinding = z.infer<typeof auditFinding>;

export const auditFilter = z.strictObject({
  states: z.array(auditState).optional(),
  bucket: z.string().optional(),
  prefix: prefix.optional(),
  /** Part of the key; case matters. */
  contains: z.string().max(1024).optional(),
  /** '' with SSE-S3 or SSE-C. */
  kmsKey: z.string().max(300).optional(),
  minSize: z.number().optional(),
  maxSize: z.number().optional(),
  /** ISO times of the last write. */
  from: z.string().optional(),
  before: z.string().optional(),
  /** Default: current objects. */
  versions: z.enum(['current', 'noncurrent', 'deleteMarkers', 'all']).optional(),
  opens: z.enum(['yes', 'no', 'notTested']).optional(),
});
export type AuditFilter = z.infer<typeof auditFilter>;

/** One object version. `row` is its number in this run. */
export const auditRow = z.object({
  row: z.int(),
  bucket: z.string(),
  key: z.string(),
  versionId: z.string().optional(),
  latest: z.boolean(),
  deleteMarker: z.boolean(),
  state: auditState.optional(),
  /** What the listing said, where reading it told something else. */
  listed: auditState.optional(),
  kmsKey: z.string().optional(),
  /** It was written with an encryption context of the client's. */
  context: z.boolean(),
  multipart: z.boolean(),
  size: z.number(),
  modifiedAt: z.string(),
  reason: text.optional(),
  opens,
});
export type AuditRow = z.infer<typeof auditRow>;

/** A cell of the map: a bucket, a prefix, or the objects that lie directly in one (`name` ''). */
export interface MapNode {
  name: string;
  bucket?: string | undefined;
  /** Ends in '/', or '' for the bucket itself. */
  prefix: string;
  objects: number[];
  bytes: number[];
  /** Objects that are expected here and not read yet. */
  notRead?: number | undefined;
  /** It has prefixes below it. */
  deeper: boolean;
  children?: MapNode[] | undefined;
}
export const mapNode: z.ZodType<MapNode> = z.object({
  name: z.string(),
  bucket: z.string().optional(),
  prefix: z.string(),
  objects: z.array(z.int()),
  bytes: z.array(z.number()),
  notRead: z.int().optional(),
  deeper: z.boolean(),
  children: z.array(z.lazy(() => mapNode)).optional(),
});

export const auditChange = z.enum(['new', 'gone', 'newlyEncrypted', 'newlyPlain', 'otherState', 'otherKey']);
export type AuditChange = z.infer<typeof auditChange>;

/** What is known of one object now, asked when its card is open. Parts that may not be asked carry their error. */
export const auditLook = z.object({
  at: z.string(),
  /** As HEAD answers: state, key, size, ETag, content type. */
  head: z
    .object({ state: auditState, kmsKey: z.string().optional(), etag: z.string().optional(), contentType: z.string().optional() })
    .optional(),
  headError: errorFrame.optional(),
  opens,
  /** The server's answer in short: "404 kms:KeyNotFound", and the id of the request. */
  answer: z.string(),
  requestId: z.string().optional(),
  rule: bucketRule.optional(),
  /** Does KES have the key; absent: it could not be asked, or there is none to ask for. */
  keyInKes: z.boolean().optional(),
  /** Who may open it: identities of KES by name or hash, users of MinIO by name; absent: not known with this credential. */
  mayDecrypt: z.array(z.string()).optional(),
  mayRead: z.array(z.string()).optional(),
  commands: z.array(z.string()),
});
export type AuditLook = z.infer<typeof auditLook>;

const ofRun = { stackId, id: auditId };
const language = z.enum(['en', 'zh-CN']).default('en');
const form = { format: z.enum(['csv', 'jsonl', 'html']), filter: auditFilter.prefault({}), language };
const page = { offset: z.int().min(0).default(0), limit: z.int().min(1).max(500).default(100) };

export const auditProcedures = {
  /** What a run would meet: buckets, objects, time at the last measured rate, KMS calls caused. Asks the server briefly. */
  'audit.estimate': procedure({
    input: z.strictObject({ ...inStack, scope: auditScope }),
    output: z.object({
      method: z.enum(['list', 'head']),
      buckets: z.array(
        z.object({
          name: z.string(),
          objects: z.int().optional(),
          bytes: z.number().optional(),
          rule: bucketRule.optional(),
          versioning: z.enum(['off', 'on', 'suspended']).optional(),
        }),
      ),
      /** Absent: nobody has counted yet. */
      objects: z.int().optional(),
      from: z.enum(['usage', 'audit']).optional(),
      countedAt: z.string().optional(),
      seconds: z.number().optional(),
      /** Each SSE-S3 object with one part costs KES a call, and each encrypted one with a stored checksum. At least and at most, as far as known. */
      kmsCalls: z.object({ least: z.int(), most: z.int() }).optional(),
      credential: z.string(),
    }),
  }),
  /** The job goes on while no window is open. Its result: `{id}`. Throws `auditRunning`, `bucketMissing`. */
  'audit.start': procedure({
    input: z.strictObject({ ...inStack, scope: auditScope, options: auditOptions.prefault({}) }),
    output: jobStarted.extend({ id: auditId }),
  }),
  /** Stops asking; what was read stays. */
  'audit.pause': procedure({ input: z.strictObject(ofRun), output: z.object({}) }),
  /** Goes on where it paused, was cancelled or interrupted. */
  'audit.resume': procedure({ input: z.strictObject(ofRun), output: jobStarted }),
  /** Ends it and keeps what was read; it can be resumed. */
  'audit.cancel': procedure({ input: z.strictObject(ofRun), output: z.object({}) }),
  /** Deletes the results of a run that does not work. */
  'audit.remove': procedure({ input: z.strictObject(ofRun), output: z.object({}) }),
  /** Newest first. `damaged`: files that are no audit any more. */
  'audit.list': procedure({
    input: z.strictObject(inStack),
    output: z.object({ audits: z.array(audit), damaged: z.array(z.object({ id: z.string(), error: errorFrame })).default([]) }),
  }),
  'audit.get': procedure({
    input: z.strictObject(ofRun),
    output: z.object({
      audit,
      buckets: z.array(auditBucket),
      keys: z.array(auditKey),
      findings: z.array(auditFinding),
      /** What no audit of this kind can see; part of every report. */
      limits: z.array(text),
      gaps: z.array(auditGap),
    }),
  }),
  /** The part of the map below a place, down to `depth` levels and at most `cells` cells; small ones are joined into the name '…'. */
  'audit.map': procedure({
    input: z.strictObject({
      ...ofRun,
      bucket: z.string().optional(),
      prefix: prefix.default(''),
      by: z.enum(['objects', 'bytes']).default('objects'),
      depth: z.int().min(1).max(4).default(2),
      cells: z.int().min(10).max(10_000).default(600),
    }),
    output: z.object({ node: mapNode, at: z.string() }),
  }),
  /** A page of a filtered and sorted view. While a run writes, only the order of reading is offered, and `total` may be missing. */
  'audit.rows': procedure({
    input: z.strictObject({
      ...ofRun,
      filter: auditFilter.prefault({}),
      sort: z.enum(['key', 'size', 'modifiedAt', 'state', 'read']).default('key'),
      descending: z.boolean().default(false),
      ...page,
    }),
    output: z.object({ rows: z.array(auditRow), total: z.int().optional() }),
  }),
  'audit.row': procedure({ input: z.strictObject({ ...ofRun, row: z.int() }), output: auditRow }),
  /** The object as it is now: HEAD, one byte, its bucket's rule, its key, who may. Changes nothing. */
  'audit.look': procedure({ input: z.strictObject({ ...ofRun, row: z.int() }), output: auditLook }),
  /** Two runs of the same place: `before` is the older one. Throws `auditsDiffer`. */
  'audit.compare': procedure({
    input: z.strictObject({ stackId, before: auditId, after: auditId, change: auditChange.optional(), ...page }),
    output: z.object({
      counts: z.partialRecord(auditChange, z.int()),
      rows: z.array(z.object({ change: auditChange, before: auditRow.optional(), after: auditRow.optional() })),
      total: z.int(),
    }),
  }),
  /** Writes a signed report folder: CSV, JSON lines, printable page, manifest. The job's result: `{folder, fingerprint, files}`. */
  'audit.report': procedure({
    input: z.strictObject({ ...ofRun, language }),
    output: jobStarted,
  }),
  /** A one-time download (30 s) of one form of the finished run. */
  'audit.export': procedure({
    input: z.strictObject({ ...ofRun, ...form }),
    output: z.object({ name: z.string(), downloadPath: z.string() }),
  }),
  /**
   * Writes one form of a finished run to a file of this machine, whole or not at all. `file` is an absolute path. `keys`: only
   * the keys of what has content, each with a NUL behind it, for `xargs -0`. The job's result: `{file, bytes, sha256}`.
   */
  'audit.save': procedure({
    input: z.strictObject({ ...ofRun, ...form, format: z.enum(['csv', 'jsonl', 'html', 'keys']), file: z.string().min(1).max(4096) }),
    output: jobStarted,
  }),
  /** Judges a report folder on this machine: every file against the manifest, the manifest against its signature. */
  'audit.verify': procedure({
    input: z.strictObject({ folder: z.string().min(1).max(4096) }),
    output: z.object({
      result: z.enum(['intact', 'altered', 'notSigned']),
      files: z.array(z.object({ name: z.string(), state: z.enum(['intact', 'altered', 'missing', 'added']) })),
      /** SHA-256 of the report key. */
      fingerprint: z.string(),
      /** The stack here that has this key; absent: none. */
      signedBy: z.string().optional(),
      audit,
    }),
  }),
  /** Makes the generated sample stack with its finished audit, or finds it. No server is asked. */
  'audit.lookAround': procedure({ input: z.strictObject({}), output: jobStarted.extend({ stackId, id: auditId }) }),
};
export const auditEvents = {
  /** At most four a second while a run works. */
  'audit.changed': audit,
  'audit.removed': z.object({ stackId, id: auditId }),
};
