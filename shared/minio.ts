import { z } from 'zod';
import { jobStarted } from './jobs.ts';
import { keyName } from './kes.ts';
import { procedure } from './rpc/define.ts';
import { errorFrame } from './rpc/frames.ts';
import { hostFolder, inStack } from './stacks.ts';
import { text } from './text.ts';

/** S3's bucket name rule: 3 to 63 of lower-case letters, digits, dots and hyphens, not shaped like an IP address. */
export const bucketName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]$/)
  .refine((v) => !/^\d+\.\d+\.\d+\.\d+$/.test(v));

export const minioInput = z.strictObject({
  defaultKey: keyName,
  /** The guide's MINIO_KMS_AUTO_ENCRYPTION: today it gives SSE-KMS to buckets without a rule of their own. */
  autoEncryption: z.boolean().default(false),
  /** By API: the folder of MinIO's host for its identity and the CA of KES. */
  folder: hostFolder.optional(),
  /**
   * Restart a MinIO that runs: interrupts its clients. `at` is an ISO time, absent means now. For one that is not here it
   * also says that its keeper has put the lines where they belong; left out, the step waits until they show.
   */
  restart: z.strictObject({ at: z.string().optional() }).optional(),
});
export type MinioInput = z.infer<typeof minioInput>;

export const bucketRule = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sse-s3') }),
  z.object({ kind: z.literal('sse-kms'), key: keyName }),
  z.object({ kind: z.literal('none') }),
]);
export type BucketRule = z.infer<typeof bucketRule>;

export const bucketInput = z.strictObject({
  bucket: bucketName,
  rule: z.enum(['sse-s3', 'sse-kms']).default('sse-kms'),
  key: keyName.optional(),
});
export type BucketInput = z.infer<typeof bucketInput>;

export const minioStatus = z.object({
  node: z.string(),
  url: z.string(),
  state: z.enum(['unreachable', 'notReady', 'noKms', 'keyFails', 'working']),
  version: z.string().optional(),
  defaultKey: z.string().optional(),
  kesEndpoints: z.array(z.object({ url: z.string(), online: z.boolean() })),
  error: errorFrame.optional(),
  at: z.string(),
});
export type MinioStatus = z.infer<typeof minioStatus>;

export const bucketInfo = z.object({ name: z.string(), createdAt: z.string().optional(), rule: bucketRule.optional() });

/** What is known before a restart: without a KMS that answers, MinIO stays down (`minio.md` 2.4). */
export const restartPlan = z.object({
  /** May it be restarted now; `error` says why not. */
  safe: z.boolean(),
  error: errorFrame.optional(),
  /** What MinIO itself says of KES and of its key. */
  evidence: z.array(z.object({ text, outcome: z.enum(['ok', 'info', 'warn', 'fail']), answer: z.string().optional() })),
  nodes: z.int(),
});
/** Result of the job of `minio.restart`. `downMs`: from the first failed look at its readiness to the next good one. */
export const restartResult = z.object({ downMs: z.number(), evidence: z.array(z.object({ text, answer: z.string().optional() })) });
export type RestartPlan = z.infer<typeof restartPlan>;

export const minioProcedures = {
  'minio.restartPlan': procedure({ input: z.strictObject(inStack), output: restartPlan }),
  /** Through the admin API, now or `at` an ISO time; KES is asked again right before. The job's result: `{downMs, evidence}`. */
  'minio.restart': procedure({
    input: z.strictObject({ ...inStack, at: z.iso.datetime().optional() }),
    output: jobStarted,
    changesServers: true,
  }),
  /** Without `cluster`: of every one. */
  'minio.status': procedure({ input: z.strictObject(inStack), output: z.object({ nodes: z.array(minioStatus) }) }),
  'minio.buckets': procedure({ input: z.strictObject(inStack), output: z.object({ buckets: z.array(bucketInfo) }) }),
};
