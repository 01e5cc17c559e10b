import { z } from 'zod';
import { procedure } from './rpc/define.ts';
import { commandLine, serverUrl } from './setup.ts';
import { hostFolder, vaultProduct } from './stacks.ts';
import { text } from './text.ts';

/** One line of a file: nothing in it ends the line or the string. */
const plain = z
  .string()
  .min(1)
  .max(400)
  .regex(/^[^\p{Cc}]+$/u);
const file = hostFolder;
const hostPort = z.string().regex(/^(?:\[[0-9A-Fa-f:]+\]|[A-Za-z0-9._-]+):\d{1,5}$/);
const duration = z.string().regex(/^\d+[hms]$/);

/** Storages that a configuration is written for. Which product has which stands in `storagesOf`. */
export const configStorage = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('raft'),
    path: file,
    nodeId: z.string().regex(/^[A-Za-z0-9._-]{1,80}$/),
    /** API addresses of the other nodes, which a new node asks by itself. */
    peers: z.array(serverUrl).max(20).default([]),
    /** CA file that vouches for them; absent: the roots of the system. */
    peersCa: file.optional(),
  }),
  z.strictObject({ kind: z.literal('file'), path: file }),
  z.strictObject({
    kind: z.literal('etcd'),
    /** Client addresses. */
    addresses: z
      .array(z.string().regex(/^https?:\/\/[A-Za-z0-9._[\]:-]+$/))
      .min(1)
      .max(9),
    prefix: z
      .string()
      .regex(/^[A-Za-z0-9/_-]{1,80}$/)
      .default('/vault/'),
    ha: z.boolean().default(true),
    ca: file.optional(),
    cert: file.optional(),
    key: file.optional(),
  }),
  z.strictObject({
    kind: z.literal('consul'),
    address: hostPort,
    scheme: z.enum(['http', 'https']).default('https'),
    prefix: z
      .string()
      .regex(/^[A-Za-z0-9/_-]{1,80}$/)
      .default('vault/'),
    ca: file.optional(),
  }),
]);
export type ConfigStorage = z.infer<typeof configStorage>;

/** OpenBao dropped all storages but these (vault.md 3.6). */
export const storagesOf = {
  vault: ['raft', 'file', 'etcd', 'consul'],
  openbao: ['raft'],
} as const satisfies Record<z.infer<typeof vaultProduct>, readonly ConfigStorage['kind'][]>;

export const configInput = z.strictObject({
  product: vaultProduct,
  form: z.enum(['hcl', 'json']).default('hcl'),
  storage: configStorage,
  /** What clients dial. */
  apiAddr: serverUrl,
  /** What the other nodes dial. */
  clusterAddr: serverUrl,
  listen: hostPort,
  cert: file,
  key: file,
  /** Vault only: hold its memory in RAM (mlock). With raft the vendor says no. */
  lockMemory: z.boolean().default(false),
  ui: z.boolean().default(true),
  defaultLease: duration.default('168h'),
  maxLease: duration.default('720h'),
  /** Opens by itself with a key of another Vault. Its token goes into the unit's environment file. */
  seal: z.strictObject({ address: serverUrl, mount: plain.default('transit'), keyName: plain, ca: file.optional() }).optional(),
  binary: file.default('/usr/local/bin/vault'),
  configFolder: file.default('/etc/vault.d'),
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]{0,31}$/)
    .default('vault'),
});
export type ConfigInput = z.infer<typeof configInput>;

export const writtenFile = z.object({ path: z.string(), mode: z.string(), content: z.string(), why: text });

/** What a server of today does with a line of a configuration. */
export const configLine = z.object({
  line: z.int(),
  /** `listener.tcp.tls_cert_file`. */
  path: z.string(),
  /** Secrets read `…`. */
  value: z.string(),
  level: z.enum(['ok', 'outdated', 'ignored', 'danger']),
  says: text,
  /** The line as it is written today, where it is written otherwise. */
  today: z.string().optional(),
});
export type ConfigLine = z.infer<typeof configLine>;

export const vaultConfigProcedures = {
  /** The files and commands for a host; nothing is written anywhere. Throws `vaultStorageNotIn`. */
  'vault.writeConfig': procedure({
    input: configInput,
    output: z.object({ files: z.array(writtenFile), commands: z.array(commandLine), notes: z.array(text) }),
  }),
  /** A file as it is on disk, HCL or JSON. Throws `vaultConfigUnread` with the line. */
  'vault.readConfig': procedure({
    input: z.strictObject({
      content: z.string().min(1).max(200_000),
      product: vaultProduct,
      /** Where the server was started: relative paths are below it. */
      folder: file.optional(),
    }),
    output: z.object({
      form: z.enum(['hcl', 'json']),
      lines: z.array(configLine),
      /** What is missing, and why it matters today. */
      missing: z.array(z.object({ line: z.string(), says: text })),
      /** The same server's file for today, as HCL; secrets are variables of its environment. */
      today: z.string(),
      notes: z.array(text),
    }),
  }),
};
