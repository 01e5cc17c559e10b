import { z } from 'zod';
import { encryptionChoice } from './encryption.ts';
import { jobStarted } from './jobs.ts';
import { bucketName } from './minio.ts';
import { objectState } from './objects.ts';
import { procedure } from './rpc/define.ts';
import { errorFrame } from './rpc/frames.ts';
import { clusterId, inStack, stackId } from './stacks.ts';
import { text } from './text.ts';

export const uploadId = z.string().regex(/^\d{8}T\d{6}-[0-9a-f]{8}$/);
const prefix = z.string().max(1024);

/** A file as the window or the disk names it. `path`: below the target, folders included, '/' between them. */
export const uploadFile = z.strictObject({
  path: z.string().min(1).max(4096),
  size: z.int().min(0),
  /** ms since 1970, as the file system says. */
  modified: z.number().optional(),
  type: z.string().max(255).optional(),
});
export type UploadFile = z.infer<typeof uploadFile>;

/** What happens to a name that is there already. `replace` makes a new version where the bucket keeps versions. */
export const onConflict = z.enum(['skip', 'replace']);

/** `checking`: sent, being read back. `alarm`: landed otherwise than meant, or does not read back. `refused`: never asked for, with the reason. */
export const itemState = z.enum(['waits', 'sending', 'checking', 'done', 'alarm', 'failed', 'skipped', 'refused', 'cancelled']);

export const uploadItem = z.object({
  /** Its number in this upload, from 0. */
  n: z.int(),
  path: z.string(),
  key: z.string(),
  size: z.int(),
  state: itemState,
  sent: z.int(),
  /** What is there already under this name, as found when the tray asked. */
  exists: z.object({ size: z.int(), modifiedAt: z.string().optional(), encryption: objectState.optional() }).optional(),
  /** As read back. */
  landed: objectState.optional(),
  versionId: z.string().optional(),
  /** `SHA256 <base64>` or `CRC32C <base64>`, of the whole or composite (`…-3`), as the server confirmed it. */
  checksum: z.string().optional(),
  error: errorFrame.optional(),
  /** It waits, and nobody has its bytes: a window is to drop it again. */
  missing: z.boolean().optional(),
  /** It is sent all the same: its name differs from another one's only in case or normal form. */
  warning: text.optional(),
  endedAt: z.string().optional(),
});
export type UploadItem = z.infer<typeof uploadItem>;

/** `staged`: nothing was sent. `paused`: by somebody, or since its window is gone (`needsFiles`). `alarm`: one landed otherwise than meant, the rest waits. */
export const uploadPhase = z.enum(['staged', 'running', 'paused', 'alarm', 'ended']);

export const upload = z.object({
  id: uploadId,
  stackId,
  /** The MinIO cluster that it goes to. Absent: the first. */
  cluster: clusterId.optional(),
  bucket: bucketName,
  prefix,
  phase: uploadPhase,
  /** Where the bytes come from: pieces that a window sends, or files of this machine. */
  source: z.enum(['window', 'disk']),
  choice: encryptionChoice,
  /** What that choice means on this server: state and key that every object must show. Absent with `rule` where nobody can say. */
  meant: objectState.optional(),
  onConflict,
  /** Without refused ones. */
  files: z.int(),
  bytes: z.number(),
  /** Bytes that went out; what a failed try had sent is taken off again. */
  sent: z.number(),
  counts: z.partialRecord(itemState, z.int()),
  /** Items that exist at the target. */
  conflicts: z.int(),
  /** Items with a warning. */
  warnings: z.int().optional(),
  /** A window is to drop files again that nobody has any more; those that somebody has can be sent meanwhile. */
  needsFiles: z.boolean(),
  /** How many these are, and the first of their paths. */
  missing: z.object({ files: z.int(), names: z.array(z.string()) }).optional(),
  rate: z.number().optional(),
  secondsLeft: z.number().optional(),
  alarm: z.object({ item: uploadItem, meant: objectState.optional(), found: objectState.optional(), why: text }).optional(),
  /** Why it paused by itself; while it runs: what it waits for. */
  error: errorFrame.optional(),
  startedAt: z.string().optional(),
  at: z.string(),
});
export type Upload = z.infer<typeof upload>;

/** One row of the tray's choice. `refused`: the server would refuse it, and why. */
export const uploadChoice = z.object({
  kind: z.enum(['rule', 'sse-s3', 'sse-kms', 'sse-c']),
  reason: text,
  refused: errorFrame.optional(),
});

const ofUpload = { stackId, id: uploadId };

export const uploadProcedures = {
  /** What each kind of encryption would mean for this bucket, and what the server would refuse. */
  'uploads.choices': procedure({
    input: z.strictObject({ ...inStack, bucket: bucketName }),
    output: z.object({
      choices: z.array(uploadChoice),
      /** Keys of KES that MinIO may use, as far as they can be listed. `more`: there are others. */
      keys: z.array(z.string()),
      more: z.boolean(),
      defaultKey: z.string().optional(),
      versioning: z.enum(['off', 'on', 'suspended']).optional(),
    }),
  }),
  /** Whether MinIO's KMS makes and opens a data key with this key now. */
  'uploads.tryKey': procedure({
    input: z.strictObject({ ...inStack, key: z.string().min(1).max(300) }),
    output: z.object({ ok: z.boolean(), error: errorFrame.optional(), at: z.string() }),
  }),
  /** An empty tray for one place. */
  'uploads.stage': procedure({ input: z.strictObject({ ...inStack, bucket: bucketName, prefix: prefix.default('') }), output: upload }),
  /**
   * Files of a window, in portions. Names that cannot be stored become `refused` items. `first`: the number of the first of
   * these files; the others follow in their order, refused ones too, so that the window knows which file a piece is of.
   */
  'uploads.add': procedure({
    input: z.strictObject({ ...ofUpload, files: z.array(uploadFile).max(2000) }),
    output: upload.extend({ first: z.int() }),
  }),
  /** Files and folders of this machine. Only from the desktop and the command line; refused from a browser. */
  'uploads.addPaths': procedure({
    input: z.strictObject({ ...ofUpload, paths: z.array(z.string().min(1).max(4096)).max(10_000) }),
    /** `emptyFolders`: among these paths and below them. They are left out: S3 has no folders. */
    output: upload.extend({ emptyFolders: z.int() }),
  }),
  /** Another folder of the same bucket for all files of a tray that was not sent yet. */
  'uploads.retarget': procedure({ input: z.strictObject({ ...ofUpload, prefix }), output: upload }),
  /** Files of a tray that was not sent yet which are not to be sent: as if they had never been added. */
  'uploads.leaveOut': procedure({ input: z.strictObject({ ...ofUpload, items: z.array(z.int().min(0)).min(1).max(500) }), output: upload }),
  /** Which of the names are there already. The job ends when `conflicts` is known. */
  'uploads.lookForConflicts': procedure({ input: z.strictObject(ofUpload), output: jobStarted }),
  'uploads.items': procedure({
    input: z.strictObject({
      ...ofUpload,
      states: z.array(itemState).optional(),
      conflicts: z.boolean().default(false),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(500).default(100),
    }),
    output: z.object({ items: z.array(uploadItem), total: z.int() }),
  }),
  /** Checks the choice against the server first (`uploadRefused…`), then sends. */
  'uploads.start': procedure({
    input: z.strictObject({ ...ofUpload, choice: encryptionChoice, onConflict: onConflict.default('skip') }),
    output: jobStarted,
    changesServers: true,
  }),
  'uploads.pause': procedure({ input: z.strictObject(ofUpload), output: upload }),
  /** Goes on, after an alarm with another choice if one is given, or with failed items once more (`again`). */
  'uploads.resume': procedure({
    input: z.strictObject({ ...ofUpload, choice: encryptionChoice.optional(), again: z.boolean().default(false) }),
    output: jobStarted,
    changesServers: true,
  }),
  /** Aborts what was begun at the server, so that no parts stay; what landed stays. */
  'uploads.cancel': procedure({ input: z.strictObject(ofUpload), output: upload, changesServers: true }),
  /** Forgets one that does not run. */
  'uploads.remove': procedure({ input: z.strictObject(ofUpload), output: z.object({}) }),
  'uploads.list': procedure({ input: z.strictObject(inStack), output: z.object({ uploads: z.array(upload) }) }),
  /** After a window was closed: the same files, dropped again, all or some of them. `matched`: pairs of the place in `files` and the item's number. */
  'uploads.rejoin': procedure({
    input: z.strictObject({ ...ofUpload, files: z.array(uploadFile).max(2000) }),
    output: z.object({ upload, matched: z.array(z.tuple([z.int(), z.int()])) }),
  }),
  /**
   * Pieces of files that the engine wants next from a window: it waits up to 20 s when there is none. The window PUTs
   * `file.slice(from, to)` of item `n` to `uploadPath`. Also how the engine knows that the window is still there.
   */
  'uploads.take': procedure({
    input: z.strictObject({ ...ofUpload, atMost: z.int().min(1).max(64).default(8) }),
    output: z.object({
      pieces: z.array(z.object({ n: z.int(), from: z.int(), to: z.int(), uploadPath: z.string() })),
      phase: uploadPhase,
    }),
  }),
  /** The window cannot give this file any more: changed, shrunk, gone. */
  'uploads.lost': procedure({
    input: z.strictObject({ ...ofUpload, n: z.int().min(0), reason: z.enum(['changed', 'gone', 'unreadable']) }),
    output: z.object({}),
  }),
};
export const uploadEvents = { 'uploads.changed': upload, 'uploads.removed': z.object({ stackId, id: uploadId }) };
