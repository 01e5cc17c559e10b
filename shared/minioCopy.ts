import { z } from 'zod';
import { jobStarted } from './jobs.ts';
import { keyName } from './kes.ts';
import { procedure } from './rpc/define.ts';
import { clusterId, inStack, stackId } from './stacks.ts';
import { text } from './text.ts';

/** How the copies are written. Plaintext is no choice here. */
export const copyEncrypt = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('sse-s3') }),
  z.strictObject({ kind: z.literal('sse-kms'), key: keyName }),
]);
export type CopyEncrypt = z.infer<typeof copyEncrypt>;

export const copyFailure = z.object({ bucket: z.string(), key: z.string(), code: z.string() });
export type CopyFailure = z.infer<typeof copyFailure>;

/** A copy of one MinIO's objects into another's, as far as it is. */
export const minioCopy = z.object({
  from: stackId,
  fromCluster: clusterId.optional(),
  /** Name of that stack when it was begun. */
  fromName: z.string(),
  state: z.enum(['running', 'stopped', 'done']),
  startedAt: z.string(),
  copied: z.int(),
  bytes: z.number(),
  buckets: z.int(),
  finished: z.int(),
  /** The first thousand. */
  failures: z.array(copyFailure),
  jobId: z.string().optional(),
});
export type MinioCopy = z.infer<typeof minioCopy>;

export const copyPlan = z.object({
  buckets: z.array(
    z.object({
      name: z.string(),
      objects: z.int(),
      bytes: z.number(),
      /** False: there are more, counting stopped. */
      counted: z.boolean(),
      /** Objects that the target has in a bucket of that name; absent: it has no such bucket. */
      there: z.int().optional(),
    }),
  ),
  /** About how long it takes at a usual rate, seconds. */
  seconds: z.number(),
  warnings: z.array(text),
});
export type CopyPlan = z.infer<typeof copyPlan>;

/** `fromCluster`: absent is the first of that stack, which may be this one. */
const between = { ...inStack, from: stackId, fromCluster: clusterId.optional() };

export const minioCopyProcedures = {
  /** What a copy of all buckets of `from` into this stack would be. Reads lists of both. */
  'minio.planCopy': procedure({ input: z.strictObject(between), output: copyPlan }),
  /**
   * Reads every current object of `from`, writes it here encrypted, and reads it again to compare. Goes on where it was stopped or
   * killed. The job's result: the copy.
   */
  'minio.copyFrom': procedure({
    input: z.strictObject({ ...between, encrypt: copyEncrypt }),
    output: jobStarted,
    changesServers: true,
  }),
  'minio.copies': procedure({ input: z.strictObject(inStack), output: z.object({ copies: z.array(minioCopy) }) }),
};
