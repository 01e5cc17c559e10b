import { z } from 'zod';
import { jobStarted } from './jobs.ts';
import { procedure } from './rpc/define.ts';
import { errorFrame } from './rpc/frames.ts';
import { clusterId, inStack, stackId } from './stacks.ts';
import { text } from './text.ts';

export const proofLevel = z.enum(['chain', 'dependency', 'rule']);
export type ProofLevel = z.infer<typeof proofLevel>;

/** One answer of the proof, in order. */
export const proofEvent = z.object({
  at: z.string(),
  what: text,
  detail: text,
  /** The server's answer, short: "404 kms:KeyNotFound". */
  answer: z.string(),
  lane: z.enum(['key', 'cache', 'read', 'disk']),
  outcome: z.enum(['ok', 'info', 'expectedFailure', 'fail']),
});
export type ProofEvent = z.infer<typeof proofEvent>;

export const proof = z.object({
  version: z.literal(1),
  id: z.string(),
  stackId,
  stackName: z.string(),
  /** The MinIO cluster. Absent: the first. */
  cluster: clusterId.optional(),
  level: proofLevel,
  result: z.enum(['proven', 'notProven', 'running']),
  /** "practice: not protected" is part of every proof of a practice store. */
  protected: z.boolean(),
  startedAt: z.string(),
  endedAt: z.string().optional(),
  bucket: z.string(),
  object: z.string(),
  scratchKey: z.string().optional(),
  ruleKey: z.string().optional(),
  /** Proof of the same KES that a rule proof cites. */
  cites: z.string().optional(),
  withheld: z.object({ from: z.string(), to: z.string().optional() }).optional(),
  cacheSeconds: z.number().optional(),
  events: z.array(proofEvent),
  error: errorFrame.optional(),
  sha256: z.string().optional(),
});
export type Proof = z.infer<typeof proof>;

export const proofProcedures = {
  /** Without a level, the strongest that the stack's credentials reach. */
  'proof.run': procedure({
    input: z.strictObject({ ...inStack, level: proofLevel.optional(), bucket: z.string().optional() }),
    output: jobStarted,
    changesServers: true,
  }),
  'proof.list': procedure({ input: z.strictObject(inStack), output: z.object({ proofs: z.array(proof) }) }),
  'proof.get': procedure({ input: z.strictObject({ stackId, id: z.string() }), output: proof }),
  /** A one-time download (30 s, one path) of the proof as JSON or as a printable page. */
  'proof.export': procedure({
    input: z.strictObject({ stackId, id: z.string(), format: z.enum(['json', 'html']), language: z.enum(['en', 'zh-CN']).default('en') }),
    output: z.object({ name: z.string(), downloadPath: z.string().optional(), content: z.string() }),
  }),
};
export const proofEvents = { 'proof.changed': z.object({ stackId, id: z.string() }) };
