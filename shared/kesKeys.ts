import { z } from 'zod';
import { jobStarted } from './jobs.ts';
import { keyName } from './kes.ts';
import { procedure } from './rpc/define.ts';
import { errorFrame } from './rpc/frames.ts';
import { secretInput } from './secret.ts';
import { commandLine, evidence } from './setup.ts';
import { inStack, stackId } from './stacks.ts';
import { text } from './text.ts';

/** Keys that old servers made may have any name; they are shown and cannot be used (kes.md 2.5). */
const anyKeyName = z.string().min(1).max(300);

/**
 * Who named the keys. `listed`: KES, all of them. `empty`: the key store itself says that there is none yet. `refused`: this identity
 * may not list. `storeRefuses`: the key store has keys, but the login of KES may not list them there. `unclear`: KES failed and nobody else can tell why.
 */
export const keyListing = z.object({
  outcome: z.enum(['listed', 'empty', 'refused', 'storeRefuses', 'unclear']),
  says: text,
  next: text.optional(),
});
export type KeyListing = z.infer<typeof keyListing>;

/** Who knows a name: KES's list, the key store's own folder, MinIO, a bucket's rule, an audit, or a test ciphertext kept here. */
export const keySource = z.enum(['kes', 'keyStore', 'minio', 'rule', 'audit', 'kept']);
export type KeySource = z.infer<typeof keySource>;

/** What the newest audits counted under a key's name. */
export const keyUse = z.object({
  objects: z.int(),
  bytes: z.number(),
  newest: z.string().optional(),
  buckets: z.array(z.string()),
  /** The oldest of the audits that were added up. */
  at: z.string(),
  /** Objects of this key that could not be opened, or not all of them. */
  closed: z.boolean(),
});
export type KeyUse = z.infer<typeof keyUse>;

export const listedKey = z.object({
  name: z.string(),
  sources: z.array(keySource),
  /** MinIO's default key: SSE-S3, and MinIO's own users and settings. */
  default: z.boolean(),
  /** Buckets whose rule names it, SSE-S3 counted to the default key. */
  rules: z.array(z.string()),
  use: keyUse.optional(),
  /** A name that today's KES lists and refuses. */
  unreachable: z.boolean(),
});
export type ListedKey = z.infer<typeof listedKey>;

export const hop = z.enum(['name', 'tcp', 'tls', 'identity', 'policy', 'keyStore', 'key']);
export type KeyHop = z.infer<typeof hop>;

/**
 * Whether a key opens now, asked with a ciphertext that was kept (`kept`, sealed `since`) or with one made for this (`roundTrip`).
 * `otherKey`: the kept one does not open, so another key bears the name now.
 */
export const keyOpens = z.object({
  answer: z.enum(['yes', 'otherKey', 'missing', 'no']),
  how: z.enum(['kept', 'roundTrip']).optional(),
  since: z.string().optional(),
  ms: z.number().optional(),
  hop: hop.optional(),
  error: errorFrame.optional(),
  at: z.string(),
});
export type KeyOpens = z.infer<typeof keyOpens>;

/** Who made a key, as its record says: an identity, by name where the stack knows it. */
export const keyMaker = z.object({ hash: z.string(), known: z.enum(['minio', 'operator']).optional(), public: z.boolean() });

export const keyRow = z.object({
  name: z.string(),
  algorithm: z.string().optional(),
  createdAt: z.string().optional(),
  createdBy: keyMaker.optional(),
  opens: keyOpens,
});
export type KeyRow = z.infer<typeof keyRow>;

export const keyNote = z.object({ level: z.enum(['ok', 'warn', 'fail', 'info']), text });
export type KeyNote = z.infer<typeof keyNote>;

const onNode = z.object({ node: z.string(), url: z.string(), opens: keyOpens });
export const keyCard = z.object({
  row: keyRow,
  /** The same key asked of every node. */
  nodes: z.array(onNode),
  /** Identities by name or hash whose policy lets them decrypt; absent: may not be asked. */
  mayDecrypt: z.array(z.string()).optional(),
  /** Buckets of the audits that hold objects of this key. */
  audited: z.array(
    z.object({
      bucket: z.string(),
      state: z.enum(['sse-s3', 'sse-kms']),
      objects: z.int(),
      bytes: z.number(),
      newest: z.string().optional(),
      at: z.string(),
      opens: z.enum(['yes', 'no', 'differs', 'notTested']),
    }),
  ),
  commands: z.array(commandLine),
  /** A sealed copy of its record is kept here. */
  kept: z.boolean(),
});
export type KeyCard = z.infer<typeof keyCard>;

/** What is known to need a key, where that is known from, and what nobody here can know. */
export const deletionFacts = z.object({
  name: z.string(),
  exists: z.boolean(),
  default: z.boolean(),
  rules: z.array(z.string()),
  use: keyUse.optional(),
  /** SSE-S3 objects of the audits: their rows name no key, it was the default key of their day. */
  unnamed: z.object({ objects: z.int(), bytes: z.number() }),
  /** Something known uses it: it is only deleted when that is said again. */
  used: z.boolean(),
  /** How long a busy node may go on with it, a Go duration, and ms. */
  cache: z.object({ any: z.string(), ms: z.number(), assumed: z.boolean() }),
  /** Whether a sealed copy of its record can be kept first; absent `why`: it can. */
  copy: z.object({ possible: z.boolean(), why: text.optional() }),
  consequences: z.array(keyNote),
  unknown: z.array(text),
  commands: z.array(commandLine),
});
export type DeletionFacts = z.infer<typeof deletionFacts>;

export const recordId = z.string().regex(/^\d{8}T\d{6}-[0-9a-f]{8}$/);
/** A sealed copy of a key's record, as it was before the key was deleted. */
export const keptRecord = z.object({ id: recordId, name: z.string(), at: z.string(), place: z.string(), sha256: z.string() });
export type KeptRecord = z.infer<typeof keptRecord>;

/** Counters of one node since its start, and its state. What could not be read is absent. */
export const nodeNow = z.object({
  node: z.string(),
  url: z.string(),
  at: z.string(),
  /** `/version` answered. */
  reachable: z.boolean(),
  version: z.string().optional(),
  /** Seconds. */
  uptime: z.number().optional(),
  keyStoreMs: z.number().optional(),
  keyStoreDown: z.boolean().optional(),
  counts: z
    .object({
      success: z.number(),
      /** All of 4xx, and of these what policies refused. */
      error: z.number(),
      refused: z.number(),
      /** Failed: 5xx. */
      failure: z.number(),
      active: z.number(),
      /** Sum in seconds and number of answers, for a mean. */
      seconds: z.number(),
      answers: z.number(),
      /** Answers not slower than so many seconds, cumulative. */
      within: z.array(z.object({ seconds: z.number(), answers: z.number() })),
      heap: z.number().optional(),
      logged: z.number().optional(),
    })
    .optional(),
  error: errorFrame.optional(),
});
export type NodeNow = z.infer<typeof nodeNow>;

export const kesLogLine = z.object({
  at: z.string().optional(),
  level: z.enum(['audit', 'error', 'warn', 'info', 'other']),
  message: z.string(),
  path: z.string().optional(),
  identity: z.string().optional(),
  code: z.int().optional(),
  took: z.string().optional(),
});
export type KesLogLine = z.infer<typeof kesLogLine>;

export const testOutcome = z.object({ name: z.string(), node: z.string(), opens: keyOpens });
/** Result of the job of `kes.testKeys`. */
export const keyTests = z.object({
  at: z.string(),
  keys: z.int(),
  yes: z.int(),
  nodes: z.array(
    z.object({ node: z.string(), tested: z.int(), yes: z.int(), medianMs: z.number().optional(), slowestMs: z.number().optional() }),
  ),
  /** Those that do not open, at most 200. */
  others: z.array(testOutcome),
});
export type KeyTests = z.infer<typeof keyTests>;

export const playId = z.string().regex(/^[0-9a-f]{12}$/);
/** One try with a public identity, and everything of it that exists. */
export const playRun = z.object({
  id: playId,
  stackId,
  where: z.enum(['public', 'here']),
  endpoint: z.string(),
  identity: z.string(),
  key: z.string(),
  bucket: z.string(),
  object: z.string(),
  startedAt: z.string(),
  /** `left`: its engine ended; what it made elsewhere may still be there. */
  state: z.enum(['running', 'ready', 'failed', 'left']),
  evidence: z.array(evidence),
  error: errorFrame.optional(),
});
export type PlayRun = z.infer<typeof playRun>;

export const kesKeysProcedures = {
  /** Every name that is known, who knows it, and what uses it. Changes nothing. */
  'kes.keyList': procedure({
    input: z.strictObject(inStack),
    output: z.object({
      keys: z.array(listedKey),
      listing: keyListing,
      defaultKey: z.string().optional(),
      /** What the numbers of use are taken from; absent: nothing was audited yet. */
      audited: z.object({ at: z.string(), buckets: z.int(), notSeen: z.array(text) }).optional(),
      /** Who could not be asked. */
      errors: z.array(errorFrame),
      /** Identities of this stack or of this KES that are printed in public. */
      publicIdentities: z.array(z.object({ hash: z.string(), kind: z.enum(['sandbox', 'example', 'printed']), where: z.string() })),
      /** The stack's own identity is one of them: nothing may be made with it. */
      fenced: z.boolean(),
      at: z.string(),
    }),
  }),
  /** Asks KES about some keys: what they are, and whether they open now. */
  'kes.keyRows': procedure({
    input: z.strictObject({ ...inStack, names: z.array(anyKeyName).min(1).max(100) }),
    output: z.object({ rows: z.array(keyRow) }),
  }),
  'kes.keyCard': procedure({ input: z.strictObject({ ...inStack, name: anyKeyName }), output: keyCard }),
  /** Encrypts and decrypts with each key on each node. The job's result: `keyTests`. */
  'kes.testKeys': procedure({
    input: z.strictObject({ ...inStack, names: z.array(anyKeyName).min(1).max(20_000).optional() }),
    output: jobStarted,
  }),
  /** Takes the key that bears the name now for the right one: from now on its own ciphertext is kept. Throws `kesKeyNotFound`. */
  'kes.acceptKey': procedure({ input: z.strictObject({ ...inStack, name: keyName }), output: z.object({}) }),
  /** What creating or importing a key of this name would mean. Changes nothing. */
  'kes.createPlan': procedure({
    input: z.strictObject({ ...inStack, name: z.string().max(300), imported: z.boolean().default(false) }),
    output: z.object({ possible: z.boolean(), notes: z.array(keyNote), commands: z.array(commandLine) }),
  }),
  /** `again`: a key of this name was here before, and that is known. Throws `kesKeyExists`, `kesNameUsed`, `kesPublicIdentity`. */
  'kes.createKey': procedure({
    input: z.strictObject({ ...inStack, name: keyName, again: z.boolean().default(false) }),
    output: z.object({ evidence: z.array(evidence) }),
    changesServers: true,
  }),
  /** 32 bytes as base64 or hex. `backedUp`: its owner says that a copy is kept elsewhere; Sealdeck keeps none. */
  'kes.importKey': procedure({
    input: z.strictObject({
      ...inStack,
      name: keyName,
      material: secretInput,
      algorithm: z.enum(['AES256', 'ChaCha20']).default('AES256'),
      backedUp: z.literal(true),
      again: z.boolean().default(false),
    }),
    output: z.object({ evidence: z.array(evidence) }),
    changesServers: true,
  }),
  'kes.deletionFacts': procedure({ input: z.strictObject({ ...inStack, name: keyName }), output: deletionFacts }),
  /**
   * `typed` is the key's name. `although`: it is used, and the consequence was read. `copy`: its record is sealed here first.
   * Throws `kesKeyInUse`, `kesKeyNotDeleted`.
   */
  'kes.deleteKey': procedure({
    input: z.strictObject({
      ...inStack,
      name: keyName,
      typed: z.string().max(300),
      although: z.boolean().default(false),
      copy: z.boolean(),
    }),
    output: z.object({ evidence: z.array(evidence), kept: recordId.optional() }),
    changesServers: true,
  }),
  'kes.keptRecords': procedure({ input: z.strictObject(inStack), output: z.object({ records: z.array(keptRecord) }) }),
  /** Puts a record back where it was. Throws `kesKeyExists` when a key has the name meanwhile. */
  'kes.restoreKey': procedure({
    input: z.strictObject({ ...inStack, id: recordId }),
    output: z.object({ evidence: z.array(evidence) }),
    changesServers: true,
  }),
  /** `typed` is the key's name: without the record nothing brings the key back. */
  'kes.forgetRecord': procedure({ input: z.strictObject({ ...inStack, id: recordId, typed: z.string().max(300) }), output: z.object({}) }),
  /** State and counters of every node, now; of a stack with one MinIO, of every KES that it has. */
  'kes.nodes': procedure({
    input: z.strictObject(inStack),
    output: z.object({
      nodes: z.array(nodeNow),
      cache: z.object({ any: z.string(), unused: z.string(), assumed: z.boolean() }),
    }),
  }),
  /** What KES logged lately: of its stream where its version delivers one, else of the process that runs here. */
  'kes.logs': procedure({
    input: z.strictObject({ ...inStack, count: z.int().min(1).max(500).default(100) }),
    output: z.object({ from: z.enum(['process', 'stream', 'none']), says: z.array(text), lines: z.array(kesLogLine), at: z.string() }),
  }),
  /** What a try on the sandbox would do, and the runs that exist. */
  'kes.playState': procedure({
    input: z.strictObject({ stackId }),
    output: z.object({
      url: z.string(),
      identity: z.string(),
      says: z.array(keyNote),
      /** Why there is no local alternative on this machine. */
      noLocal: text.optional(),
      runs: z.array(playRun),
    }),
  }),
  /** `public`: the sandbox on the internet. `here`: a KES of its own with the same public identity. The job's result: `{id}`. */
  'kes.playStart': procedure({ input: z.strictObject({ stackId, where: z.enum(['public', 'here']) }), output: jobStarted }),
  /** Removes object, bucket, key, servers and folder of a try. The job's result: `{evidence}`. */
  'kes.playClean': procedure({ input: z.strictObject({ stackId, id: playId }), output: jobStarted }),
};
