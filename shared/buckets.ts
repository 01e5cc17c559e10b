import { z } from 'zod';
import { jobStarted } from './jobs.ts';
import { bucketName, bucketRule } from './minio.ts';
import { objectState } from './objects.ts';
import { procedure } from './rpc/define.ts';
import { errorFrame } from './rpc/frames.ts';
import { inStack, stackId } from './stacks.ts';
import { text } from './text.ts';

/** One bucket of the grid. What could not be read is absent and stands in `errors`. */
export const bucketRow = z.object({
  name: z.string(),
  createdAt: z.string().optional(),
  rule: bucketRule.optional(),
  versioning: z.enum(['off', 'on', 'suspended']).optional(),
  /** Object lock, and the retention that new objects get. */
  lock: z.object({ mode: z.enum(['GOVERNANCE', 'COMPLIANCE']).optional(), days: z.int().optional(), years: z.int().optional() }).optional(),
  /** A policy of this bucket denies uploads without an encryption header. */
  requiresHeader: z.boolean().optional(),
  /** Of the newest finished audit that covered the whole bucket. */
  plaintext: z.object({ objects: z.int(), bytes: z.number(), share: z.number(), at: z.string(), auditId: z.string() }).optional(),
  errors: z.array(errorFrame),
});
export type BucketRow = z.infer<typeof bucketRow>;

/** How this MinIO comes to its keys, and the way forward where that is not KES. */
export const kmsKind = z.object({
  kind: z.enum(['kes', 'static', 'none', 'unknown']),
  defaultKey: z.string().optional(),
  /** MINIO_KMS_AUTO_ENCRYPTION, as its effect on a bucket without a rule shows; absent: not tried. */
  autoEncryption: z.boolean().optional(),
  says: text,
  next: text.optional(),
});

const change = z.object({ bucket: z.string(), from: bucketRule.optional(), to: bucketRule });
export const rulePlan = z.object({
  changes: z.array(change),
  /** MinIO made and opened a data key with the key. */
  keyWorks: z.object({ ok: z.boolean(), error: errorFrame.optional(), at: z.string() }).optional(),
  /** Who is affected, and what a rule does not do; with numbers of the last audit where there is one. */
  affects: z.array(z.object({ level: z.enum(['ok', 'warn', 'info']), text })),
  doesNot: z.array(text),
  /** Plaintext objects that stay, by bucket: for "encrypt in place". */
  stays: z.array(z.object({ bucket: z.string(), objects: z.int(), auditId: z.string() })),
  commands: z.array(z.string()),
});
export type RulePlan = z.infer<typeof rulePlan>;

/** Each bucket once: two changes of one would race. */
const changesOfRules = z
  .array(change.extend({ bucket: bucketName }))
  .min(1)
  .max(1000)
  .refine((changes) => new Set(changes.map(({ bucket }) => bucket)).size === changes.length, { error: 'a bucket comes twice' });

/** `found`: as read back from the server afterwards. */
const applied = z.object({ bucket: z.string(), found: bucketRule.optional(), error: errorFrame.optional() });
export const undoId = z.string().regex(/^\d{8}T\d{6}-[0-9a-f]{8}$/);

export const denyMode = z.discriminatedUnion('kind', [
  /** Any of the three encryptions by header. */
  z.strictObject({ kind: z.literal('anyHeader') }),
  z.strictObject({ kind: z.literal('sse-s3') }),
  z.strictObject({ kind: z.literal('sse-kms'), key: z.string().min(1).max(300).optional() }),
]);
export type DenyMode = z.infer<typeof denyMode>;

export const policyTry = z.object({
  what: text,
  wanted: z.enum(['accepted', 'refused']),
  got: z.enum(['accepted', 'refused', 'failed']),
  answer: z.string(),
});

export const policyTries = z.object({ tries: z.array(policyTry) });

/** One cell of "what wins". */
export const winsCell = z.object({
  rule: z.enum(['none', 'sse-s3', 'sse-kms']),
  autoEncryption: z.boolean(),
  header: z.enum(['none', 'AES256', 'aws:kms', 'sse-c']),
  found: objectState.optional(),
  /** How many requests KES counted meanwhile; absent: it may not be asked. */
  kesCalls: z.int().optional(),
  error: errorFrame.optional(),
  /** Not proven in this run: what the reference says, or why not. */
  why: text.optional(),
});
export const whatWins = z.object({ at: z.string(), cells: z.array(winsCell), kesCounts: z.boolean() });
export type WhatWins = z.infer<typeof whatWins>;

/** The whole bucket, or what is below a prefix. */
const denyPlace = { ...inStack, bucket: bucketName, prefix: z.string().max(900).default('') };

export const bucketProcedures = {
  'buckets.list': procedure({
    input: z.strictObject(inStack),
    output: z.object({ buckets: z.array(bucketRow), kms: kmsKind, at: z.string() }),
  }),
  /** What setting (or removing: `none`) a rule would change. Changes nothing. */
  'buckets.plan': procedure({
    input: z.strictObject({ ...inStack, buckets: z.array(bucketName).min(1).max(1000), rule: bucketRule }),
    output: rulePlan,
  }),
  /** Refuses with `bucketRuleMoved` where a rule is not the one that the plan saw. Reads every rule back. `undo` names what was. */
  'buckets.apply': procedure({
    input: z.strictObject({ ...inStack, changes: changesOfRules }),
    output: z.object({ results: z.array(applied), undo: undoId.optional() }),
    changesServers: true,
  }),
  'buckets.undos': procedure({
    input: z.strictObject(inStack),
    output: z.object({ undos: z.array(z.object({ id: undoId, at: z.string(), changes: z.array(change) })) }),
  }),
  /** Puts back what was, where the rule is still the one that was set. */
  'buckets.undo': procedure({
    input: z.strictObject({ ...inStack, id: undoId }),
    output: z.object({ results: z.array(applied) }),
    changesServers: true,
  }),
  /** The bucket's policy as it is and as it would be; `denied` says whether Sealdeck's statement for this place is in it now. */
  'buckets.policyPlan': procedure({
    input: z.strictObject({ ...denyPlace, mode: denyMode }),
    output: z.object({
      denied: z.boolean(),
      /** The policy is so already: setting it would change nothing. */
      same: z.boolean(),
      before: z.string().optional(),
      after: z.string(),
      /** The same for signed-in users: MinIO asks a bucket's policy only for requests without a credential. */
      forUsers: z.string(),
      /** Makes that one, kept as `user-policy.json`, a policy of MinIO and gives it to a user. */
      userCommands: z.array(z.string()),
      warns: z.array(text),
      commands: z.array(z.string()),
      /** Our last change of this policy, where it can be put back: nobody else changed it since. */
      undo: z.object({ at: z.string() }).optional(),
    }),
  }),
  'buckets.policySet': procedure({
    input: z.strictObject({ ...denyPlace, mode: denyMode.or(z.strictObject({ kind: z.literal('none') })) }),
    output: z.object({ denied: z.boolean(), policy: z.string().optional() }),
    changesServers: true,
  }),
  /** Puts back the policy as our last change of it found it. Refuses with `bucketPolicyMoved` where somebody changed it since. */
  'buckets.policyUndo': procedure({
    input: z.strictObject({ ...inStack, bucket: bucketName }),
    output: z.object({ policy: z.string().optional() }),
    changesServers: true,
  }),
  /**
   * Writes small objects with and without headers, in one piece and in parts, as a temporary user whose policy has the
   * statement, and one without a credential; removes them. Changes no policy. Result: `{tries: policyTry[]}`.
   */
  'buckets.policyTry': procedure({
    input: z.strictObject({ ...denyPlace, mode: denyMode }),
    output: jobStarted,
    changesServers: true,
  }),
  /** Tries every combination on a bucket made for it. Result: `WhatWins`, also kept for `buckets.whatWon`. */
  'buckets.whatWins': procedure({ input: z.strictObject(inStack), output: jobStarted, changesServers: true }),
  'buckets.whatWon': procedure({ input: z.strictObject(inStack), output: z.object({ last: whatWins.optional() }) }),
  'buckets.create': procedure({
    input: z.strictObject({
      ...inStack,
      bucket: bucketName,
      rule: bucketRule,
      versioning: z.boolean().default(false),
      lock: z.boolean().default(false),
    }),
    output: bucketRow,
    changesServers: true,
  }),
};
export const bucketEvents = { 'buckets.changed': z.object({ stackId }) };
