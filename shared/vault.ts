import { z } from 'zod';
import { procedure } from './rpc/define.ts';
import { errorFrame } from './rpc/frames.ts';
import { secretInput } from './secret.ts';
import { custodian, stackId } from './stacks.ts';

const name = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/);
const path = z
  .string()
  .regex(/^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*$/)
  .max(80);

const custodianName = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .regex(/^[^\p{Cc}]+$/u);

/** A custodian's passphrase guards a share for years, against whoever finds the file: shorter ones are refused. */
export const shortestPassphrase = 12;

export const vaultInput = z.strictObject({
  ui: z.boolean().default(true),
  defaultLease: z
    .string()
    .regex(/^\d+[hms]$/)
    .default('168h'),
  maxLease: z
    .string()
    .regex(/^\d+[hms]$/)
    .default('720h'),
});
export type VaultInput = z.infer<typeof vaultInput>;

/** A custodian before there is a share: the public key is checked in full before Vault is initialised. */
export const plannedCustodian = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('passphrase'), name: custodianName }),
  z.strictObject({ kind: z.literal('pgp'), name: custodianName, key: z.string().min(1).max(100_000) }),
]);
export type PlannedCustodian = z.infer<typeof plannedCustodian>;

export const unsealInput = z
  .strictObject({
    shares: z.int().min(1).max(255).default(5),
    threshold: z.int().min(1).max(255).default(3),
    /** Who shall hold the shares, one each. Empty: Sealdeck keeps them until they are handed out. */
    custodians: z.array(plannedCustodian).max(255).default([]),
    /** Consent to initialise a Vault that others run. Without it such a Vault is only looked at. */
    initialiseElsewhere: z.boolean().default(false),
  })
  .refine((v) => v.custodians.length === 0 || v.custodians.length === v.shares, {
    path: ['custodians'],
    message: 'one custodian for each share',
  })
  .refine((v) => new Set(v.custodians.map(({ name: each }) => each)).size === v.custodians.length, {
    path: ['custodians'],
    message: 'each custodian has a name of their own',
  })
  .refine((v) => v.threshold <= v.shares, { path: ['threshold'], message: 'threshold cannot be larger than shares' })
  .refine((v) => v.shares === 1 || v.threshold > 1, {
    path: ['threshold'],
    message: 'threshold must be greater than one for multiple shares',
  });
export type UnsealInput = z.infer<typeof unsealInput>;

export const prepareInput = z.strictObject({
  mount: path.default('kv'),
  prefix: path.default('minio'),
  appRoleMount: path.default('approle'),
  role: name.default('kes-role'),
  policy: name.default('minio-key-policy'),
  /** Whether KES may destroy keys. Proofs of level 2 and key deletion need it. */
  allowDelete: z.boolean().default(true),
});
export type PrepareInput = z.infer<typeof prepareInput>;

export const adminInput = z.strictObject({
  auth: z.enum(['userpass', 'approle']).default('userpass'),
  name: name.default('sealdeck-operator'),
  revokeRoot: z.boolean().default(true),
});
export type AdminInput = z.infer<typeof adminInput>;

export const vaultNodeStatus = z.object({
  node: z.string(),
  url: z.string(),
  state: z.enum(['unreachable', 'uninitialised', 'sealed', 'standby', 'active']),
  version: z.string().optional(),
  product: z.enum(['openbao', 'vault', 'unknown']).optional(),
  storage: z.string().optional(),
  shares: z.int().optional(),
  threshold: z.int().optional(),
  progress: z.int().optional(),
  /** Attempt id; another one means that somebody reset the attempt. */
  nonce: z.string().optional(),
  /** Shares of the running attempt that came through this engine, and whose they are where that is known. */
  given: z.array(z.object({ custodian: z.string().optional(), at: z.string() })).optional(),
  error: errorFrame.optional(),
  at: z.string(),
});
export type VaultNodeStatus = z.infer<typeof vaultNodeStatus>;

const target = { stackId, node: z.string().optional() };

/** What is known of who holds the shares. */
export const custody = z.object({
  shares: z.int(),
  threshold: z.int(),
  /** Shares of which Sealdeck still has its own copy. */
  kept: z.int(),
  custodians: z.array(
    custodian.extend({ pgp: z.object({ fingerprint: z.string(), userId: z.string(), algorithm: z.string() }).optional() }),
  ),
  destroyedAt: z.string().optional(),
});
export type Custody = z.infer<typeof custody>;

/** `recipe`: how the file is opened without Sealdeck, in both languages, to lie beside it: age files take no comment. */
const handedOut = z.object({
  custodian: z.string(),
  name: z.string(),
  content: z.string(),
  recipe: z.string(),
});

export const vaultProcedures = {
  'vault.status': procedure({
    input: z.strictObject({ stackId }),
    output: z.object({
      nodes: z.array(vaultNodeStatus),
      /** Shares that Sealdeck itself still keeps (Express), never their values. */
      keptShares: z.int(),
      rootToken: z.enum(['kept', 'revoked', 'none']),
      operator: z.string().optional(),
    }),
  }),
  /** One typed share. The answer says progress, repeated share, or that one of the shares was wrong. `custodian` is who says to give it. */
  'vault.unseal': procedure({
    input: z.strictObject({ ...target, share: secretInput, custodian: z.string().optional() }),
    output: z.object({ node: vaultNodeStatus, repeated: z.boolean() }),
    changesServers: true,
  }),
  /** A custodian's passphrase file, as text. The share goes to Vault and nowhere else. */
  'vault.unsealFile': procedure({
    input: z.strictObject({
      ...target,
      content: z.string().min(1).max(100_000),
      passphrase: secretInput,
      custodian: z.string().optional(),
    }),
    output: z.object({ node: vaultNodeStatus, repeated: z.boolean() }),
    changesServers: true,
  }),
  'vault.unsealKept': procedure({ input: z.strictObject(target), output: z.object({ node: vaultNodeStatus }), changesServers: true }),
  'vault.resetUnseal': procedure({ input: z.strictObject(target), output: z.object({ node: vaultNodeStatus }), changesServers: true }),
  'vault.seal': procedure({ input: z.strictObject(target), output: z.object({ node: vaultNodeStatus }), changesServers: true }),

  'vault.custody': procedure({ input: z.strictObject({ stackId }), output: custody }),
  /** A public key as a person would choose it: armored text, or a binary file in base64. `name`: whose, for the errors that make it unfit. */
  'vault.checkPgpKey': procedure({
    input: z.strictObject({ key: z.string().min(1).max(100_000), name: z.string().optional() }),
    output: z.object({
      fingerprint: z.string(),
      userIds: z.array(z.string()),
      algorithm: z.string(),
      createdAt: z.string(),
      expiresAt: z.string().optional(),
    }),
  }),
  /**
   * Seals one kept share for a custodian, planned or new, and returns the file. Asked again, the same share goes into a
   * new file. `planned` beside `custodian`: the same person, with another key, passphrase or spelling of the name.
   */
  'vault.handOut': procedure({
    input: z.strictObject({
      stackId,
      custodian: z.string().optional(),
      planned: plannedCustodian.optional(),
      passphrase: secretInput.optional(),
    }),
    output: handedOut,
  }),
  /** The file as it came back, opened: by its passphrase, or by the code that only its reader knows. */
  'vault.confirmHandOut': procedure({
    input: z.strictObject({
      stackId,
      custodian: z.string(),
      content: z.string().min(1).max(100_000),
      passphrase: secretInput.optional(),
      code: z.string().max(40).optional(),
    }),
    output: custody,
  }),
  /** Takes a custodian off the list while Sealdeck still has the share. */
  'vault.forgetCustodian': procedure({ input: z.strictObject({ stackId, custodian: z.string() }), output: custody }),
  /** Destroys Sealdeck's own copy of the shares. Refused until every share's file was confirmed. */
  'vault.destroyShares': procedure({ input: z.strictObject({ stackId }), output: custody }),
};
export const vaultEvents = { 'vault.changed': z.object({ stackId }) };
