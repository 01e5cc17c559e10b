import { z } from 'zod';
import { procedure } from './rpc/define.ts';
import { errorFrame } from './rpc/frames.ts';
import { secretInput } from './secret.ts';
import { stackId } from './stacks.ts';

const name = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/);
const path = z
  .string()
  .regex(/^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*$/)
  .max(80);

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

export const unsealInput = z
  .strictObject({ shares: z.int().min(1).max(255).default(5), threshold: z.int().min(1).max(255).default(3) })
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
  error: errorFrame.optional(),
  at: z.string(),
});
export type VaultNodeStatus = z.infer<typeof vaultNodeStatus>;

const target = { stackId, node: z.string().optional() };

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
  /** One typed share. The answer says progress, repeated share, or that one of the shares was wrong. */
  'vault.unseal': procedure({
    input: z.strictObject({ ...target, share: secretInput }),
    output: z.object({ node: vaultNodeStatus, repeated: z.boolean() }),
  }),
  'vault.unsealKept': procedure({ input: z.strictObject(target), output: z.object({ node: vaultNodeStatus }) }),
  'vault.resetUnseal': procedure({ input: z.strictObject(target), output: z.object({ node: vaultNodeStatus }) }),
  'vault.seal': procedure({ input: z.strictObject(target), output: z.object({ node: vaultNodeStatus }) }),
};
export const vaultEvents = { 'vault.changed': z.object({ stackId }) };
