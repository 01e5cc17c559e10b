import { z } from 'zod';
import { procedure } from './rpc/define.ts';
import { errorFrame } from './rpc/frames.ts';
import { inStack } from './stacks.ts';

/** KES's rule for key and policy names since 2023-10-24 (`A-Z a-z 0-9 _ -`, no hyphen at either end, 80 bytes). */
export const keyName = z.string().regex(/^(?!_$)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,78}[A-Za-z0-9_])?$/);
const duration = z
  .string()
  .regex(/^(?:\d+h)?(?:\d+m)?(?:\d+s)?$/)
  .min(2);

export const kesInput = z.strictObject({
  policy: keyName.default('minio'),
  /** Keys that MinIO's identity may use: a prefix, the star is added. */
  keyPrefix: z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,40}$/)
    .default('minio-'),
  /** A short cache makes the proof quick; five minutes is usual in production. */
  cacheAny: duration.default('5s'),
  cacheUnused: duration.default('5s'),
});
export type KesInput = z.infer<typeof kesInput>;

export const keyInput = z.strictObject({ name: keyName });

export const kesStatus = z.object({
  node: z.string(),
  url: z.string(),
  state: z.enum(['unreachable', 'keyStoreDown', 'credentialsDead', 'keyMissing', 'working']),
  version: z.string().optional(),
  keyStoreLatencyMs: z.number().optional(),
  error: errorFrame.optional(),
  at: z.string(),
});
export type KesStatus = z.infer<typeof kesStatus>;

export const kesKey = z.object({ name: z.string(), algorithm: z.string().optional(), createdAt: z.string().optional() });

export const kesProcedures = {
  /** `working` is said only after an operation with a real key: status and ready do not notice dead credentials. */
  /** Without `cluster`: of every KES. */
  'kes.status': procedure({ input: z.strictObject(inStack), output: z.object({ nodes: z.array(kesStatus) }) }),
  'kes.keys': procedure({ input: z.strictObject(inStack), output: z.object({ keys: z.array(kesKey) }) }),
};
