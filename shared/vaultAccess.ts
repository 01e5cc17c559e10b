import { z } from 'zod';
import { jobStarted } from './jobs.ts';
import { procedure } from './rpc/define.ts';
import { secretInput } from './secret.ts';
import { commandLine, evidence } from './setup.ts';
import { inStack, stackId } from './stacks.ts';
import { text } from './text.ts';

/** A mount or a path below one: what stands in shell lines and in policies as it is. */
const path = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$/)
  .max(120);
/** Below a mount; empty: the mount itself, as in old guides. */
const prefix = z.union([z.literal(''), path]);
/** Vault makes it lower case. */
export const vaultName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$/);
const version = z.union([z.literal(1), z.literal(2)]);
const accessor = z.string().min(1).max(200);
const finding = z.object({ level: z.enum(['ok', 'info', 'warn', 'fail']), text });
export type AccessFinding = z.infer<typeof finding>;

const engine = z.object({ mount: z.string(), type: z.string(), version: version.optional(), description: z.string().optional() });
export type VaultEngine = z.infer<typeof engine>;

/** What KES keeps, by name only. `refused`: this login may not list; `empty`: there is nothing, which KES answers with the same 502. */
const keyNames = z.object({
  path: z.string(),
  state: z.enum(['keys', 'empty', 'refused', 'absent']),
  /** `forbidden`: today's KES cannot address a key of that name. */
  names: z.array(z.object({ name: z.string(), folder: z.boolean(), forbidden: text.optional() })),
  total: z.int(),
  findings: z.array(finding),
  at: z.string(),
});
export type KeyNames = z.infer<typeof keyNames>;

/** Seconds and lists as the server keeps them. */
const roleFields = z.object({
  bind_secret_id: z.boolean(),
  secret_id_bound_cidrs: z.array(z.string()),
  secret_id_num_uses: z.int(),
  secret_id_ttl: z.int(),
  token_policies: z.array(z.string()),
  token_period: z.int(),
  token_ttl: z.int(),
  token_max_ttl: z.int(),
  token_explicit_max_ttl: z.int(),
  token_num_uses: z.int(),
  token_no_default_policy: z.boolean(),
  token_bound_cidrs: z.array(z.string()),
  token_type: z.string(),
});
export type RoleFields = z.infer<typeof roleFields>;
export type RoleField = keyof RoleFields;

const seconds = z.int().min(0).max(315_360_000);
const cidr = z.string().regex(/^[0-9A-Fa-f:.]+\/\d{1,3}$/);
/** Only what shall change: a role's write is partial (vault.md trap 10). */
const roleChange = z
  .strictObject({
    secret_id_bound_cidrs: z.array(cidr).max(50),
    secret_id_num_uses: z.int().min(0).max(1_000_000),
    secret_id_ttl: seconds,
    token_policies: z
      .array(vaultName.refine((name) => name !== 'root', { error: 'root is no policy for a role' }))
      .min(1)
      .max(20),
    token_period: seconds,
    token_ttl: seconds,
    token_max_ttl: seconds,
    token_explicit_max_ttl: seconds,
    token_num_uses: z.int().min(0).max(1_000_000),
    token_no_default_policy: z.boolean(),
    token_bound_cidrs: z.array(cidr).max(50),
  })
  .partial();
export type RoleChange = z.infer<typeof roleChange>;

/** One secret ID, known by its accessor. The value is never told. */
const secretId = z.object({
  accessor: z.string(),
  createdAt: z.string().optional(),
  /** Absent: never. */
  expiresAt: z.string().optional(),
  /** Log-ins that are left; 0: any number. */
  uses: z.int(),
  cidrs: z.array(z.string()),
  metadata: z.record(z.string(), z.string()),
  /** `kes`: KES's configuration has it. `kept`: its value lies in the credential store. `wrapped`: its wrapping token does. */
  held: z.enum(['kes', 'kept', 'wrapped']).optional(),
  /** Living tokens that carry its mark. Absent: not known. */
  tokens: z.int().optional(),
  wrapExpiresAt: z.string().optional(),
  /** Vault refused it; it is not tried again. */
  refusedAt: z.string().optional(),
  findings: z.array(finding),
});
export type SecretIdRow = z.infer<typeof secretId>;

const roleSummary = z.object({
  mount: z.string(),
  role: z.string(),
  /** A KES of the stack uses it. */
  kes: z.boolean(),
  locked: z.boolean(),
  policies: z.array(z.string()),
});
const roleDetail = roleSummary.extend({
  /** Whose KES uses it. */
  cluster: z.string().optional(),
  fields: roleFields,
  roleId: z.string(),
  /** Undefined: this login may not list them. */
  secretIds: z.array(secretId).optional(),
  findings: z.array(finding),
  commands: z.array(commandLine),
  at: z.string(),
});
export type RoleDetail = z.infer<typeof roleDetail>;

const rolePlan = z.object({
  creates: z.boolean(),
  changes: z.array(z.object({ field: z.string(), from: z.string(), to: z.string() })),
  findings: z.array(finding),
  commands: z.array(commandLine),
  /** What it was planned on; a role that changed since is not written. */
  seen: z.string(),
});
export type RolePlan = z.infer<typeof rolePlan>;

const revokeFacts = z.object({
  /** KES logs in with it. */
  kes: z.boolean(),
  /** Tokens of the role; `its`: surely of this secret ID, by what Sealdeck wrote into it. Undefined: this login may not list tokens. */
  tokens: z.array(z.object({ accessor: z.string(), createdAt: z.string(), ttl: z.int(), its: z.boolean() })).optional(),
});
export type RevokeFacts = z.infer<typeof revokeFacts>;

const policyLine = z.object({ line: z.string(), why: text.optional() });
const policyDraft = z.object({
  name: z.string(),
  policy: z.string(),
  lines: z.array(policyLine),
  /** On the server now, under that name. */
  before: z.string().optional(),
  same: z.boolean(),
  /** The server's mount has another version than the one the policy is for. */
  findings: z.array(finding),
  commands: z.array(commandLine),
});
export type PolicyDraft = z.infer<typeof policyDraft>;

const verdict = z.object({
  path: z.string(),
  /** Sorted; `['deny']` when nothing is allowed. */
  local: z.array(z.string()),
  /** The line that decides. */
  rule: z.object({ policy: z.string(), path: z.string(), line: z.int() }).optional(),
  /** Parameters, wrapping or templates also decide; capabilities do not tell them. */
  conditions: z.array(z.string()),
  server: z.array(z.string()).optional(),
  differs: z.boolean(),
});
export type PolicyVerdict = z.infer<typeof verdict>;
const simulation = z.object({
  rows: z.array(verdict),
  /** Whom the server was asked for. Absent: it was not asked, and `why` says why. */
  checked: z.object({ by: text, at: z.string() }).optional(),
  why: text.optional(),
});
export type Simulation = z.infer<typeof simulation>;

const auditDevice = z.object({ name: z.string(), type: z.string(), file: z.string().optional(), logRaw: z.boolean() });
export const auditLine = z.object({
  at: z.string(),
  kind: z.enum(['request', 'response']),
  operation: z.string(),
  path: z.string(),
  who: z.string(),
  policies: z.array(z.string()),
  from: z.string(),
  /** By Sealdeck's own login. */
  own: z.boolean(),
  error: z.string().optional(),
});
export type VaultAuditLine = z.infer<typeof auditLine>;
const auditState = z.object({
  devices: z.array(auditDevice),
  /** What would be proposed. */
  proposed: z.object({ name: z.string(), file: z.string() }),
  /** Who turns it on: the API, the configuration of a server that is here, or its keeper. */
  way: z.enum(['api', 'configuration', 'keeper']),
  findings: z.array(finding),
  commands: z.array(commandLine),
  at: z.string(),
});
export type VaultAuditState = z.infer<typeof auditState>;

const transitKey = z.object({
  name: z.string(),
  type: z.string(),
  latestVersion: z.int(),
  minDecryptionVersion: z.int(),
  /** Seconds; 0: never rotated by itself. */
  autoRotate: z.int(),
  deletionAllowed: z.boolean(),
  exportable: z.boolean(),
  findings: z.array(finding),
});
export type TransitKey = z.infer<typeof transitKey>;
const transitState = z.object({
  mounts: z.array(z.object({ mount: z.string(), keys: z.array(transitKey), refused: z.boolean() })),
  /** KES's configuration here names this one. */
  inUse: z.object({ mount: z.string(), key: z.string() }).optional(),
  at: z.string(),
});
export type TransitState = z.infer<typeof transitState>;

const role = { stackId, mount: path, role: vaultName };
const draftInput = {
  stackId,
  name: vaultName,
  mount: path,
  version,
  prefix,
  allowDelete: z.boolean().default(false),
  transit: z.strictObject({ mount: path, key: vaultName }).optional(),
};

const simulationInput = {
  stackId,
  of: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('text'), policy: z.string().max(100_000) }),
    z.strictObject({ kind: z.literal('policy'), name: vaultName }),
    z.strictObject({ kind: z.literal('role'), mount: path, role: vaultName }),
  ]),
  paths: z.array(z.string().min(1).max(400)).min(1).max(200),
};

export const vaultAccessProcedures = {
  'vault.engines': procedure({
    input: z.strictObject({ stackId }),
    output: z.object({
      engines: z.array(engine),
      appRoles: z.array(z.object({ mount: z.string(), accessor: z.string() })),
      place: z.object({ mount: z.string(), version, prefix: z.string() }),
      findings: z.array(finding),
      commands: z.array(commandLine),
      at: z.string(),
    }),
  }),
  /** The place of the stack's KES unless another is named. Names only; no key is read. */
  'vault.keyNames': procedure({
    input: z.strictObject({ stackId, mount: path.optional(), version: version.optional(), prefix: prefix.optional() }),
    output: keyNames,
  }),
  /** Enables an engine where the path is free and reads it back. `version` is for kv. */
  'vault.enableEngine': procedure({
    input: z.strictObject({ stackId, mount: path, type: z.enum(['kv', 'transit']), version: version.default(2) }),
    output: z.object({ engine, evidence: z.array(evidence) }),
    changesServers: true,
  }),

  'vault.roles': procedure({
    input: z.strictObject({ stackId }),
    output: z.object({ roles: z.array(roleSummary), findings: z.array(finding), at: z.string() }),
  }),
  'vault.role': procedure({ input: z.strictObject(role), output: roleDetail }),
  /** What a change would do. `role` may not exist yet. Changes nothing. */
  'vault.planRole': procedure({ input: z.strictObject({ ...role, fields: roleChange }), output: rolePlan }),
  /** Writes just these fields, reads all back. Refuses with `vaultRoleMoved` where the role is not what the plan saw. */
  'vault.writeRole': procedure({
    input: z.strictObject({ ...role, fields: roleChange, seen: z.string() }),
    output: z.object({ role: roleDetail, evidence: z.array(evidence) }),
    changesServers: true,
  }),
  /** Into the credential store; with `wrapSeconds` its wrapping token, which opens once. */
  'vault.makeSecretId': procedure({
    input: z.strictObject({
      ...role,
      wrapSeconds: z.int().min(30).max(604_800).optional(),
      uses: z.int().min(0).max(1_000_000).optional(),
      ttlSeconds: seconds.optional(),
      cidrs: z.array(cidr).max(20).optional(),
      note: z
        .string()
        .max(100)
        .regex(/^[^\p{Cc}]*$/u)
        .optional(),
    }),
    output: z.object({ accessor: z.string() }),
    changesServers: true,
  }),
  /** The wrapping token as a file 0600 in the stack's folder, for whoever unwraps it. */
  'vault.saveWrapped': procedure({
    input: z.strictObject({ ...role, accessor }),
    output: z.object({ file: z.string(), expiresAt: z.string(), commands: z.array(commandLine) }),
  }),
  /**
   * Opens a wrapping token that was made here (`accessor`) or given (`token`) after a look at where it comes from. One that
   * somebody else opened is `vaultWrapOpened`: its secret ID is destroyed where its accessor is known.
   */
  'vault.unwrapSecretId': procedure({
    input: z.strictObject({ ...role, accessor: accessor.optional(), token: secretInput.optional() }),
    output: z.object({ accessor: z.string(), evidence: z.array(evidence) }),
    changesServers: true,
  }),
  /** One log-in with a secret ID of the credential store. One that was refused is never sent again. */
  'vault.tryLogin': procedure({
    input: z.strictObject({ ...role, accessor }),
    output: z.object({ evidence: z.array(evidence) }),
    changesServers: true,
  }),
  'vault.revokeFacts': procedure({ input: z.strictObject({ ...role, accessor }), output: revokeFacts }),
  /** Destroys the secret ID and, as `tokens` says, what was logged in with it; both are proven (vault.md trap 16). */
  'vault.revokeSecretId': procedure({
    input: z.strictObject({ ...role, accessor, tokens: z.enum(['its', 'role', 'none']) }),
    output: z.object({ revoked: z.int(), evidence: z.array(evidence) }),
    changesServers: true,
  }),
  /** New secret ID, tried by a log-in, given to KES, KES restarted and asked for a key, the old one destroyed. Result: `Evidence[]`. */
  'vault.rotateSecretId': procedure({ input: z.strictObject(inStack), output: jobStarted, changesServers: true }),
  'vault.unlockRole': procedure({
    input: z.strictObject(role),
    output: z.object({ evidence: z.array(evidence) }),
    changesServers: true,
  }),

  'vault.policies': procedure({ input: z.strictObject({ stackId }), output: z.object({ names: z.array(z.string()) }) }),
  'vault.policy': procedure({
    input: z.strictObject({ stackId, name: vaultName }),
    output: z.object({ policy: z.string().optional(), rules: z.array(z.object({ path: z.string(), capabilities: z.array(z.string()) })) }),
  }),
  /** A policy for one KES, each line explained, beside what the server has. Changes nothing. */
  'vault.draftPolicy': procedure({ input: z.strictObject(draftInput), output: policyDraft }),
  /** Refuses with `vaultPolicyMoved` where the server has another text than `before`. Reads it back. */
  'vault.writePolicy': procedure({
    input: z.strictObject({ stackId, name: vaultName, policy: z.string().min(1).max(100_000), before: z.string().optional() }),
    output: z.object({ evidence: z.array(evidence) }),
    changesServers: true,
  }),
  /** What a policy (as text, or as on the server) or a role may do on paths, by Vault's rules. Changes nothing. */
  'vault.simulate': procedure({ input: z.strictObject(simulationInput), output: simulation }),
  /** The same beside the server's own answer: for a real token of a minute, which is revoked. A text is written as a probe policy for that while. */
  'vault.checkSimulation': procedure({ input: z.strictObject(simulationInput), output: simulation, changesServers: true }),

  'vault.audit': procedure({ input: z.strictObject({ stackId }), output: auditState }),
  'vault.enableAudit': procedure({
    input: z.strictObject({ stackId, name: vaultName, file: z.string().regex(/^\/[^\p{Cc}"\\$]{1,300}$/u) }),
    output: z.object({ evidence: z.array(evidence) }),
    changesServers: true,
  }),
  /** The newest lines of a device whose file is on this machine, newest first. Values are HMACs already. */
  'vault.auditLines': procedure({
    input: z.strictObject({ stackId, name: vaultName, count: z.int().min(1).max(500).default(50) }),
    output: z.object({ lines: z.array(auditLine), bytes: z.number(), freeBytes: z.number(), at: z.string() }),
  }),

  'vault.transit': procedure({ input: z.strictObject({ stackId }), output: transitState }),
  /** Engine where there is none, key without rotation, encrypted and decrypted once. The lines for KES's configuration come with it. */
  'vault.makeTransitKey': procedure({
    input: z.strictObject({ stackId, mount: path, key: vaultName }),
    output: z.object({ evidence: z.array(evidence), lines: z.array(z.string()) }),
    changesServers: true,
  }),
  'vault.stopTransitRotation': procedure({
    input: z.strictObject({ stackId, mount: path, key: vaultName }),
    output: z.object({ evidence: z.array(evidence) }),
    changesServers: true,
  }),
};
