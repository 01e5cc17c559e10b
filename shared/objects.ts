import { z } from 'zod';
import { customerKeyId } from './encryption.ts';
import { fileToken } from './files.ts';
import { jobStarted } from './jobs.ts';
import { bucketName, bucketRule } from './minio.ts';
import { procedure } from './rpc/define.ts';
import { errorFrame } from './rpc/frames.ts';
import { secretInput } from './secret.ts';
import { inStack, stackId } from './stacks.ts';
import { text } from './text.ts';

export const objectKey = z.string().min(1).max(1024);

/** What the server says of one object's encryption. `unknown` and `unreadable` carry the reason; nothing is guessed. */
export const objectState = z.object({
  state: z.enum(['plaintext', 'unreadable', 'unknown', 'sse-c', 'sse-s3', 'sse-kms', 'notRead']),
  key: z.string().optional(),
  reason: text.optional(),
});
export type ObjectState = z.infer<typeof objectState>;

export const objectRow = z.object({
  key: z.string(),
  size: z.int(),
  modifiedAt: z.string().optional(),
  encryption: objectState,
  /** Only in listings of versions. */
  versionId: z.string().optional(),
  latest: z.boolean().optional(),
  deleteMarker: z.boolean().optional(),
});
export type ObjectRow = z.infer<typeof objectRow>;

/** How often each state was found, the objects that need a look, and how many were left out. */
export const objectCheck = z.object({
  bucket: bucketName,
  prefix: z.string(),
  checked: z.int(),
  more: z.boolean(),
  counts: z.partialRecord(objectState.shape.state, z.int()),
  /** By key of the encrypted ones: how many objects, and whether a byte of each could be read. '' is SSE-S3, whose key the server does not name. */
  keys: z.array(z.object({ key: z.string(), objects: z.int(), opens: z.enum(['yes', 'no', 'some', 'notTested']) })),
  /** Why the listing ended early: one object can block all that follow it. Then nothing is said of those. */
  blocked: errorFrame.optional(),
  /** At most 100: plaintext, unreadable and unknown first. */
  notable: z.array(objectRow.extend({ opens: z.enum(['yes', 'no', 'notTested']), error: errorFrame.optional() })),
  at: z.string(),
});
export type ObjectCheck = z.infer<typeof objectCheck>;

export const objectInput = z
  .strictObject({
    bucket: bucketName,
    /** Absent: the app writes a small text of its own. */
    file: fileToken.optional(),
    /** Needed with a file: the token is used up by the upload, the name is what the check asks for afterwards. */
    name: objectKey.optional(),
  })
  .refine(({ file, name }) => file === undefined || name !== undefined, { path: ['name'], error: 'a file needs a name' });
export type ObjectInput = z.infer<typeof objectInput>;

/** A part of what is known of a bucket or an object: its value, or why it could not be read. */
const part = <T extends z.ZodType>(value: T) => z.object({ value: value.optional(), error: errorFrame.optional() });

/** What a bucket does with new objects, for the head of its page. */
export const bucketHead = z.object({
  bucket: bucketName,
  rule: part(bucketRule),
  /** There is none: since then, where it was removed from here. */
  ruleGoneAt: z.string().optional(),
  versioning: part(z.enum(['off', 'on', 'suspended'])),
  lock: part(
    z.object({
      on: z.boolean(),
      mode: z.enum(['GOVERNANCE', 'COMPLIANCE']).optional(),
      days: z.int().optional(),
      years: z.int().optional(),
    }),
  ),
  /** Bytes; 0: none. */
  quota: part(z.number()),
  /** As the server last counted them. */
  usage: part(z.object({ objects: z.int(), bytes: z.number(), at: z.string().optional() })),
});
export type BucketHead = z.infer<typeof bucketHead>;

const target = { ...inStack, bucket: bucketName, key: objectKey, versionId: z.string().max(100).optional() };

export const objectVersion = objectRow.extend({ etag: z.string().optional() });

/** `s3:GetObject` … */
export const objectRight = z.object({
  action: z.string(),
  answer: z.enum(['yes', 'no', 'unknown']),
  how: z.enum(['tried', 'policy']),
});
export type ObjectRight = z.infer<typeof objectRight>;

/** Everything that is known of one object, asked when its card is open. */
export const objectCard = z.object({
  at: z.string(),
  row: objectRow,
  headError: errorFrame.optional(),
  contentType: z.string().optional(),
  etag: z.string().optional(),
  /** What the ETag is (minio.md 3.4). */
  etagKind: z.enum(['md5', 'sealed', 'multipart', 'opaque']).optional(),
  parts: z.int().optional(),
  checksums: z.array(z.object({ algorithm: z.string(), value: z.string(), kind: z.enum(['whole', 'composite']) })),
  /** Encryption context as sent by the client. */
  context: z.record(z.string(), z.string()).optional(),
  /** MD5 of the customer's key as the server tells it, and which key of ours that is. */
  customerKey: z.object({ md5: z.string().optional(), keyId: customerKeyId.optional(), name: z.string().optional() }).optional(),
  metadata: z.record(z.string(), z.string()),
  storageClass: z.string().optional(),
  /** Bytes on disk, reckoned: 32 more for each 64 KiB of an encrypted object. */
  sizeOnDisk: z.number().optional(),
  /** A byte was read: does it open. `notTested` carries the reason. */
  opens: z.object({ answer: z.enum(['yes', 'no', 'notTested']), why: text.optional(), error: errorFrame.optional() }),
  rule: part(bucketRule),
  tags: part(z.record(z.string(), z.string())),
  retention: part(z.object({ mode: z.enum(['GOVERNANCE', 'COMPLIANCE']), until: z.string() })),
  legalHold: part(z.boolean()),
  versions: part(z.object({ rows: z.array(objectVersion), more: z.boolean() })),
  /** Does KES have the key, and whose policy there lets decrypt with it. */
  keyInKes: part(z.boolean()),
  mayDecrypt: part(z.array(z.string())),
  /** SSE-S3 does not name its key: MinIO's default, which `keyInKes` and `mayDecrypt` are then about. */
  defaultKey: z.string().optional(),
  /** What the credential of this stack may do here. `tried`: by asking just now; `policy`: as its policy reads, bucket policies left aside. */
  mayHere: part(z.array(objectRight)),
  /** How the newest finished audit saw it. */
  audit: z.object({ id: z.string(), at: z.string(), encryption: objectState }).optional(),
});
export type ObjectCard = z.infer<typeof objectCard>;

export const snippetTool = z.enum(['mc', 'curl', 'boto3', 'javascript', 'go', 'java']);
export type SnippetTool = z.infer<typeof snippetTool>;

/** Lines hold variables for secrets: they are of a shell, or of a file with the name `file` that `run` installs for and starts. */
export const objectSnippet = z.object({
  tool: snippetTool,
  what: z.enum(['upload', 'head', 'download']),
  lines: z.array(z.string()),
  file: z.string().optional(),
  run: z.array(z.string()),
  /** What the tool cannot do, and what a variable is. */
  notes: z.array(text),
});
export type ObjectSnippet = z.infer<typeof objectSnippet>;

/** An SSE-C key that was made or taken in here. Its bytes stay in the sealed store. */
export const customerKey = z.object({
  id: customerKeyId,
  name: z.string(),
  /** Base64 of the MD5, as servers show it. */
  md5: z.string(),
  createdAt: z.string(),
  /** Objects that were written with it from here. */
  objects: z.int(),
  exportedAt: z.string().optional(),
});
export type CustomerKey = z.infer<typeof customerKey>;
export const longestCustomerKeyName = 60;
/** One line: an export is read again line by line. */
const customerKeyName = z
  .string()
  .trim()
  .min(1)
  .max(longestCustomerKeyName)
  .regex(/^[^\p{Cc}\u2028-\u202e\u2066-\u2069]+$/u);

/** Work that writes with a customer's key: an upload, or a run of encryption in place. */
export const customerKeyWork = z.object({
  kind: z.enum(['upload', 'inPlace']),
  id: z.string(),
  /** `bucket/prefix`, or what the run is about. */
  where: z.string(),
  /** Objects that it wrote and read back. */
  done: z.int(),
  /** `open`: stands still, and needs the key to go on. */
  state: z.enum(['runs', 'open', 'ended']),
  at: z.string(),
});
export type CustomerKeyWork = z.infer<typeof customerKeyWork>;

/** What is known to need a key, before it is removed. */
export const customerKeyUse = z.object({
  key: customerKey,
  /** Noted as written with it from here: names of the first of them, and how many; folders where the names became too many. */
  buckets: z.array(z.object({ bucket: z.string(), names: z.int(), sample: z.array(z.string()), folders: z.array(z.string()) })),
  work: z.array(customerKeyWork),
  /** Objects under SSE-C as the newest audits counted them; an audit cannot tell whose key is theirs. */
  audited: z.object({ objects: z.int(), buckets: z.int(), at: z.string() }).optional(),
});
export type CustomerKeyUse = z.infer<typeof customerKeyUse>;

/** At most 100 of those that failed are named. `compared`: files whose content was compared with a checksum of the server. */
export const downloadResult = z.object({
  files: z.int(),
  bytes: z.number(),
  compared: z.int(),
  skipped: z.int(),
  /** Kept under another name than the object's: the name was taken, or is none on this machine. */
  renamed: z.int(),
  failures: z.int(),
  failed: z.array(z.object({ key: z.string(), versionId: z.string().optional(), error: errorFrame })),
});
export type DownloadResult = z.infer<typeof downloadResult>;

/** `markers`: still there below a delete marker. At most 100 of those that failed are named. */
export const removeResult = z.object({
  removed: z.int(),
  markers: z.int(),
  failures: z.int(),
  failed: z.array(z.object({ key: z.string(), error: errorFrame })),
});
export type RemoveResult = z.infer<typeof removeResult>;

export const objectProcedures = {
  /**
   * One page of a folder. `contains`: only names with this text, case does not matter; pages may then be short or empty while
   * `next` goes on. `blocked`: behind these lies an object that the server cannot list, nor anything after it.
   */
  'objects.list': procedure({
    input: z.strictObject({
      ...inStack,
      bucket: bucketName,
      prefix: z.string().max(1024).default(''),
      token: z.string().optional(),
      versions: z.boolean().default(false),
      contains: z.string().max(200).optional(),
      /** Folders as such; otherwise everything below the prefix. */
      folders: z.boolean().default(true),
      /** Entries asked for at once: a short first page is there sooner. */
      limit: z.int().min(1).max(1000).optional(),
    }),
    output: z.object({
      prefixes: z.array(z.string()),
      objects: z.array(objectRow),
      /** Entries that were looked at for these. */
      scanned: z.int(),
      next: z.string().optional(),
      blocked: errorFrame.optional(),
    }),
  }),
  'objects.bucket': procedure({ input: z.strictObject({ ...inStack, bucket: bucketName }), output: bucketHead }),
  'objects.stat': procedure({ input: z.strictObject({ ...inStack, bucket: bucketName, key: objectKey }), output: objectRow }),
  'objects.card': procedure({ input: z.strictObject(target), output: objectCard }),
  'objects.commands': procedure({ input: z.strictObject(target), output: z.object({ snippets: z.array(objectSnippet) }) }),
  /** A one-time path from which a browser saves the object; it breaks off where the content is not what the server's checksum says. */
  'objects.download': procedure({
    input: z.strictObject(target),
    output: z.object({ downloadPath: z.string(), name: z.string(), size: z.number() }),
  }),
  /**
   * To a folder of this machine, under names that are safe there; only from the desktop and the command line. `keys` and
   * `versions`, or all below `prefix`, which is left out of the names. A version that is asked for by its id has it in its name,
   * "report (version 6e1b…).pdf", and so never takes that of the current one. The job's result is a `DownloadResult`.
   */
  'objects.downloadTo': procedure({
    input: z.strictObject({
      ...inStack,
      bucket: bucketName,
      keys: z.array(objectKey).max(10_000).default([]),
      versions: z
        .array(z.strictObject({ key: objectKey, versionId: z.string().min(1).max(100) }))
        .max(10_000)
        .default([]),
      prefix: z.string().max(1024).optional(),
      folder: z.string().min(1).max(4096),
      onConflict: z.enum(['skip', 'replace', 'rename']).default('rename'),
    }),
    output: jobStarted,
  }),
  /** The same for many; the job's result is a `RemoveResult`. */
  'objects.removeMany': procedure({
    input: z.strictObject({
      ...inStack,
      bucket: bucketName,
      objects: z
        .array(z.strictObject({ key: objectKey, versionId: z.string().max(100).optional() }))
        .min(1)
        .max(10_000),
    }),
    output: jobStarted,
    changesServers: true,
  }),
  /** Removes one version for good; without `versionId` what a plain delete does. */
  'objects.remove': procedure({ input: z.strictObject(target), output: z.object({ deleteMarker: z.boolean() }), changesServers: true }),
  /** `uploads`, `runs`: how many uploads and runs of encryption in place that are kept here wrote with it. */
  'objects.customerKeys': procedure({
    input: z.strictObject(inStack),
    output: z.object({ keys: z.array(customerKey.extend({ uploads: z.int(), runs: z.int() })) }),
  }),
  'objects.customerKeyUse': procedure({ input: z.strictObject({ ...inStack, id: customerKeyId }), output: customerKeyUse }),
  /** Made here, kept in the sealed store, read back before it may be used. Throws `storeNotDurable`. */
  'objects.makeCustomerKey': procedure({ input: z.strictObject({ ...inStack, name: customerKeyName }), output: customerKey }),
  /** 32 bytes as hex or base64. */
  'objects.takeCustomerKey': procedure({
    input: z.strictObject({ ...inStack, name: customerKeyName, key: secretInput }),
    output: customerKey,
  }),
  /** The keys as a file that opens with age and a passphrase. */
  'objects.exportCustomerKeys': procedure({
    input: z.strictObject({ ...inStack, ids: z.array(customerKeyId).min(1).max(1000), passphrase: secretInput }),
    output: z.object({ name: z.string(), content: z.string() }),
  }),
  /**
   * The keys of such a file. `known`: those that are here already, and under which name. `was`: the name in the file, where that
   * was another key's.
   */
  'objects.importCustomerKeys': procedure({
    input: z.strictObject({ ...inStack, content: z.string().min(1).max(4_000_000), passphrase: secretInput }),
    output: z.object({
      taken: z.array(customerKey.extend({ was: z.string().optional() })),
      known: z.array(z.object({ name: z.string(), as: z.string() })),
    }),
  }),
  /** Objects under it are lost with it: `typed` is its name. Throws `customerKeyInUse` while something writes with it. */
  'objects.removeCustomerKey': procedure({
    input: z.strictObject({ ...inStack, id: customerKeyId, typed: z.string() }),
    output: z.object({}),
  }),
  /**
   * Asks MinIO for the encryption of the first `limit` objects below a prefix, one by one, and reads one byte of each that is
   * encrypted. The job's result is an `ObjectCheck`.
   */
  'objects.check': procedure({
    input: z.strictObject({
      ...inStack,
      bucket: bucketName,
      prefix: z.string().max(1024).default(''),
      limit: z.int().min(1).max(10_000).default(1000),
    }),
    output: jobStarted,
  }),
};
export const objectEvents = { 'objects.changed': z.object({ stackId, bucket: z.string() }) };
