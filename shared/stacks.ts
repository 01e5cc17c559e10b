import { z } from 'zod';
import { procedure } from './rpc/define.ts';
import { errorFrame } from './rpc/frames.ts';

export const stackId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);
export const way = z.enum(['here', 'api', 'handedOver']);
export const serverKind = z.enum(['vault', 'kes', 'minio']);
export type ServerKind = z.infer<typeof serverKind>;
/** The two products of the Vault family, and the storages that Sealdeck sets up for them. */
export const vaultProduct = z.enum(['openbao', 'vault']);
export const vaultStorage = z.enum(['raft', 'file', 'inmem']);
export type VaultStorage = z.infer<typeof vaultStorage>;

/** One server process of a cluster. `here`: Sealdeck starts it. */
export const node = z.object({ id: z.string(), url: z.string(), way });
export type StackNode = z.infer<typeof node>;

export const ca = z.object({ id: z.string(), subject: z.string(), fingerprint: z.string(), file: z.string() });

export const identity = z.object({
  id: z.string(),
  /** Lower-case hex SHA-256 of the public key (SPKI), as KES computes it. */
  hash: z.string(),
  purpose: z.enum(['minio', 'operator']),
  ca: z.string().optional(),
  certFile: z.string(),
});

export const keyStore = z.object({
  id: z.string(),
  kind: z.literal('vault'),
  product: vaultProduct,
  storage: vaultStorage,
  nodes: z.array(node),
  ca: z.string(),
  engine: z.object({ mount: z.string(), version: z.union([z.literal(1), z.literal(2)]), prefix: z.string() }),
  appRole: z.object({ mount: z.string(), role: z.string(), policy: z.string() }),
  /** The operator's own login, once it was proven. */
  operator: z.object({ auth: z.enum(['userpass', 'approle']), mount: z.string(), name: z.string(), policy: z.string() }).optional(),
  /** Set when the root token was revoked, ISO time. */
  rootRevokedAt: z.string().optional(),
});

export const kesCluster = z.object({
  id: z.string(),
  nodes: z.array(node),
  ca: z.string(),
  keyStore: z.string(),
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
  kes: z.string(),
  identity: z.string(),
  defaultKey: z.string(),
});

/** A saved deployment: servers as nodes, trust and identities on the edges. Never holds a secret. */
export const stack = z.object({
  version: z.literal(1),
  id: stackId,
  name: z.string(),
  origin: z.enum(['lab', 'connected']),
  createdAt: z.string(),
  /** Where the files of a lab lie. */
  folder: z.string(),
  cas: z.array(ca),
  identities: z.array(identity),
  keyStores: z.array(keyStore),
  kesClusters: z.array(kesCluster),
  minioClusters: z.array(minioCluster),
});
export type Stack = z.infer<typeof stack>;
export type KeyStore = z.infer<typeof keyStore>;
export type KesCluster = z.infer<typeof kesCluster>;

export const stackSummary = z.object({
  id: stackId,
  name: z.string(),
  origin: z.enum(['lab', 'connected']),
  folder: z.string(),
  createdAt: z.string(),
  setup: z.object({ proven: z.int(), total: z.int() }),
});

export const stackProcedures = {
  /** `damaged`: stacks whose document cannot be read, with the reason; the others work on. */
  'stacks.list': procedure({
    input: z.strictObject({}),
    output: z.object({ stacks: z.array(stackSummary), damaged: z.array(z.object({ id: stackId, error: errorFrame })).optional() }),
  }),
  'stacks.get': procedure({ input: z.strictObject({ id: stackId }), output: stack }),
};
export const stackEvents = { 'stacks.changed': z.object({ id: stackId }) };
