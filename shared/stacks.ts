import { z } from 'zod';
import { jobStarted } from './jobs.ts';
import { otherKeyStoreKind } from './keyStores.ts';
import { procedure } from './rpc/define.ts';
import { errorFrame } from './rpc/frames.ts';
import { secretInput } from './secret.ts';
import { serverKinds } from './servers.ts';
import { text } from './text.ts';

export const stackId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);
/** The id of a MinIO cluster in the stack's document, and of its folder below `clusters/`. */
export const clusterId = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,29}[a-z0-9])?$/);
/** What a call about one MinIO cluster of a stack, its KES or its place in the key store names. Without `cluster`: the first. */
export const inStack = { stackId, cluster: clusterId.optional() };
/** It stands in terminals and in sentences: nothing in it moves a cursor or turns the direction of text. */
export const stackName = z
  .string()
  .min(1)
  .max(40)
  .regex(/^[^\p{Cc}\u2028-\u202e\u2066-\u2069]*$/u);
export const way = z.enum(['here', 'api', 'handedOver']);
/** A folder of another host, which may have another system. */
export const hostFolder = z
  .string()
  .min(2)
  .max(400)
  // A backslash says Windows, whose quotation marks nothing in the path may end.
  .regex(/^(?:\/[^\0\r\n\\]*|[A-Za-z]:[\\/][^\0\r\n"%`$]*)$/);
export const serverKind = z.enum(serverKinds);
export type ServerKind = z.infer<typeof serverKind>;
/** The two products of the Vault family, and the storages that Sealdeck sets up for them. */
export const vaultProduct = z.enum(['openbao', 'vault']);
export const vaultStorage = z.enum(['raft', 'file', 'inmem']);
export type VaultStorage = z.infer<typeof vaultStorage>;

/**
 * One server process of a cluster. `here`: Sealdeck starts it. `api`: it runs elsewhere. `handedOver`: Sealdeck writes its
 * files for `hostFolder`, a folder of that host.
 */
export const node = z.object({ id: z.string(), url: z.string(), way, hostFolder: z.string().optional() });
export type StackNode = z.infer<typeof node>;

/** Who vouches for servers. `file` lies in the stack's folder; a pin is one server's own certificate; `system` has no file. */
export const ca = z.object({
  id: z.string(),
  kind: z.enum(['file', 'pin', 'system']).default('file'),
  subject: z.string(),
  /** Lower-case SHA-256 with colons; several are separated by a blank. */
  fingerprint: z.string(),
  file: z.string(),
  /** When a person compared the fingerprint and said yes, ISO time. */
  confirmedAt: z.string().optional(),
});
export type StackCa = z.infer<typeof ca>;

export const identity = z.object({
  id: z.string(),
  /** Lower-case hex SHA-256 of the public key (SPKI), as KES computes it. */
  hash: z.string(),
  purpose: z.enum(['minio', 'operator']),
  ca: z.string().optional(),
  certFile: z.string(),
});

/** Who holds one unseal share. Never the share: only what was handed out, and that it was seen to open. */
export const custodian = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['pgp', 'passphrase']),
  /** Armored public key, already checked. */
  pgp: z.object({ key: z.string(), fingerprint: z.string(), userId: z.string(), algorithm: z.string() }).optional(),
  /** Which share, from 1. Absent until a file was made. */
  share: z.int().optional(),
  /** The file as it was handed out. */
  file: z.object({ name: z.string(), sha256: z.string(), at: z.string() }).optional(),
  /** When the file was read back and opened by its custodian. */
  confirmedAt: z.string().optional(),
});
export type Custodian = z.infer<typeof custodian>;

/** Where a KES keeps its keys in such a key store, and as whom it logs in. */
const placeInStore = z.object({
  engine: z.object({ mount: z.string(), version: z.union([z.literal(1), z.literal(2)]), prefix: z.string() }),
  appRole: z.object({ mount: z.string(), role: z.string(), policy: z.string() }),
});

/** A key store of the Vault family: servers with nodes, a seal and log-ins of their own. */
export const keyStore = z.object({
  id: z.string(),
  kind: z.literal('vault'),
  product: vaultProduct,
  storage: vaultStorage,
  nodes: z.array(node),
  ca: z.string(),
  ...placeInStore.shape,
  /** The operator's own login, once it was proven. */
  operator: z.object({ auth: z.enum(['userpass', 'approle']), mount: z.string(), name: z.string(), policy: z.string() }).optional(),
  /** Set when the root token was revoked, ISO time. */
  rootRevokedAt: z.string().optional(),
  custodians: z.array(custodian).default([]),
  /** When the app's own copy of the shares was destroyed, ISO time. */
  sharesDestroyedAt: z.string().optional(),
  /** Audit devices in the configuration of an OpenBao that runs here: it takes none by API. A file may be relative to the stack's folder. */
  audit: z.array(z.object({ name: z.string(), file: z.string() })).optional(),
});

/** A key store that KES alone speaks to: Sealdeck writes its lines, runs no server of it and has no login there. */
export const otherKeyStore = z.object({
  id: z.string(),
  kind: otherKeyStoreKind,
  /** By the path of `keyStoreShapes`; secrets are sealed, and `tls.ca` is `ca`. */
  values: z.record(z.string(), z.string()),
  /** The proxy that KES takes to it. Absent: none. */
  proxy: z.string().optional(),
  /** The CA of this document that vouches for it. Absent: the roots of the system, or it is no server. */
  ca: z.string().optional(),
});

export const kesCluster = z.object({
  id: z.string(),
  nodes: z.array(node),
  ca: z.string(),
  /** The id of one of `keyStores` or `otherKeyStores`. Absent: one that Sealdeck knows nothing of. */
  keyStore: z.string().optional(),
  /** Its own place in that key store, beside another KES. Absent: the one that the key store names. */
  placeInStore: placeInStore.optional(),
  policy: z.object({ name: z.string(), pattern: z.string() }),
  /** Go durations. */
  cache: z.object({ any: z.string(), unused: z.string() }),
  /** Identity that Sealdeck itself uses. */
  operator: z.string(),
});

export const minioCluster = z.object({
  id: z.string(),
  nodes: z.array(node),
  ca: z.string(),
  /** Absent in a draft without KES. */
  kes: z.string().optional(),
  identity: z.string(),
  defaultKey: z.string(),
});

/** A saved deployment: servers as nodes, trust and identities on the edges. Never holds a secret. */
export const stack = z.object({
  version: z.literal(2),
  id: stackId,
  name: z.string(),
  origin: z.enum(['lab', 'connected', 'sample']),
  createdAt: z.string(),
  /** Where the files of a lab lie, and what is written for hosts elsewhere. */
  folder: z.string(),
  /** Some of its servers are not known or not reachable yet. */
  draft: z.boolean(),
  /** Nothing on its servers is changed until the user lifts it. Held by the engine. */
  readOnly: z.boolean(),
  cas: z.array(ca),
  identities: z.array(identity),
  keyStores: z.array(keyStore),
  otherKeyStores: z.array(otherKeyStore).optional(),
  kesClusters: z.array(kesCluster),
  minioClusters: z.array(minioCluster),
});
export type Stack = z.infer<typeof stack>;
export type KeyStore = z.infer<typeof keyStore>;
export type OtherKeyStore = z.infer<typeof otherKeyStore>;
export type KesCluster = z.infer<typeof kesCluster>;
export type MinioCluster = z.infer<typeof minioCluster>;

export const stackSummary = z.object({
  id: stackId,
  name: z.string(),
  origin: z.enum(['lab', 'connected', 'sample']),
  folder: z.string(),
  createdAt: z.string(),
  draft: z.boolean(),
  readOnly: z.boolean(),
  setup: z.object({ proven: z.int(), total: z.int() }),
});

/** What removing a stack means, told before it is done. */
export const removalFacts = z.object({
  /** Servers that run here now. */
  running: z.array(serverKind),
  folder: z.string(),
  /** Size of the folder, bytes. */
  bytes: z.number(),
  /** What exists nowhere else and would be lost: shares, CA key, credentials, customers' keys. */
  lost: z.array(text),
  /** What was begun at a server and stays there. */
  stays: z.array(text),
});
export type RemovalFacts = z.infer<typeof removalFacts>;

export const backupPart = z.object({ what: text, bytes: z.number(), how: text });
export const backupPlan = z.object({ parts: z.array(backupPart), warnings: z.array(text), folder: z.string(), name: z.string() });
export type BackupPlan = z.infer<typeof backupPlan>;

export const stackProcedures = {
  /** `damaged`: stacks whose document cannot be read, with the reason; the others work on. */
  'stacks.list': procedure({
    input: z.strictObject({}),
    output: z.object({ stacks: z.array(stackSummary), damaged: z.array(z.object({ id: stackId, error: errorFrame })).optional() }),
  }),
  'stacks.get': procedure({ input: z.strictObject({ id: stackId }), output: stack }),
  'stacks.rename': procedure({ input: z.strictObject({ id: stackId, name: stackName }), output: z.object({}) }),
  /** Lifts or sets the stack's protection from changes. */
  'stacks.readOnly': procedure({ input: z.strictObject({ id: stackId, readOnly: z.boolean() }), output: z.object({}) }),
  'stacks.removal': procedure({ input: z.strictObject({ id: stackId }), output: removalFacts }),
  /** `name` is the stack's name, typed. Servers that are kept run on and are nobody's any more. */
  'stacks.remove': procedure({
    input: z.strictObject({ id: stackId, name: z.string(), servers: z.enum(['keep', 'end']), files: z.enum(['keep', 'delete']) }),
    output: jobStarted,
  }),
  /** The stack without any secret, for a colleague: JSON with the certificates of its CAs. */
  'stacks.export': procedure({
    input: z.strictObject({ id: stackId }),
    output: z.object({ name: z.string(), content: z.string() }),
  }),
  /** Makes a read-only stack of such a file; its credentials are asked for by Connect. */
  'stacks.import': procedure({ input: z.strictObject({ content: z.string().max(4_000_000) }), output: z.object({ stackId }) }),
  'stacks.backupPlan': procedure({ input: z.strictObject({ id: stackId, objects: z.boolean() }), output: backupPlan }),
  /** One file under a passphrase (age; opens without Sealdeck). The job's result: `{file, bytes, sha256}`. */
  'stacks.backup': procedure({
    input: z.strictObject({ id: stackId, objects: z.boolean(), folder: z.string().min(1).max(4096), passphrase: secretInput }),
    output: jobStarted,
  }),
  /** `file`: a path on the engine's machine. `folder` must be empty or absent. The job's result: `{stackId}`. */
  'stacks.restore': procedure({
    input: z.strictObject({ file: z.string().min(1).max(4096), passphrase: secretInput, folder: z.string().min(1).max(4096) }),
    output: jobStarted,
  }),
};
export const stackEvents = { 'stacks.changed': z.object({ id: stackId }) };
