import { z } from 'zod';
import { fileToken } from './files.ts';
import { jobStarted } from './jobs.ts';
import { bucketName } from './minio.ts';
import { procedure } from './rpc/define.ts';
import { errorFrame } from './rpc/frames.ts';
import { stackId } from './stacks.ts';
import { text } from './text.ts';

export const objectKey = z.string().min(1).max(1024);

/** What the server says of one object's encryption. `unknown` and `unreadable` carry the reason; nothing is guessed. */
export const objectState = z.object({
  state: z.enum(['plaintext', 'unreadable', 'unknown', 'sse-c', 'sse-s3', 'sse-kms', 'notRead']),
  key: z.string().optional(),
  reason: text.optional(),
});
export type ObjectState = z.infer<typeof objectState>;

export const objectRow = z.object({
  key: z.string(),
  size: z.int(),
  modifiedAt: z.string().optional(),
  encryption: objectState,
});
export type ObjectRow = z.infer<typeof objectRow>;

/** How often each state was found, the objects that need a look, and how many were left out. */
export const objectCheck = z.object({
  bucket: bucketName,
  prefix: z.string(),
  checked: z.int(),
  more: z.boolean(),
  counts: z.partialRecord(objectState.shape.state, z.int()),
  /** By key of the encrypted ones: how many objects, and whether a byte of each could be read. '' is SSE-S3, whose key the server does not name. */
  keys: z.array(z.object({ key: z.string(), objects: z.int(), opens: z.enum(['yes', 'no', 'some', 'notTested']) })),
  /** Why the listing ended early: one object can block all that follow it. Then nothing is said of those. */
  blocked: errorFrame.optional(),
  /** At most 100: plaintext, unreadable and unknown first. */
  notable: z.array(objectRow.extend({ opens: z.enum(['yes', 'no', 'notTested']), error: errorFrame.optional() })),
  at: z.string(),
});
export type ObjectCheck = z.infer<typeof objectCheck>;

export const objectInput = z
  .strictObject({
    bucket: bucketName,
    /** Absent: the app writes a small text of its own. */
    file: fileToken.optional(),
    /** Needed with a file: the token is used up by the upload, the name is what the check asks for afterwards. */
    name: objectKey.optional(),
  })
  .refine(({ file, name }) => file === undefined || name !== undefined, { path: ['name'], error: 'a file needs a name' });
export type ObjectInput = z.infer<typeof objectInput>;

export const objectProcedures = {
  'objects.list': procedure({
    input: z.strictObject({ stackId, bucket: bucketName, prefix: z.string().max(1024).default(''), token: z.string().optional() }),
    output: z.object({ prefixes: z.array(z.string()), objects: z.array(objectRow), next: z.string().optional() }),
  }),
  'objects.stat': procedure({ input: z.strictObject({ stackId, bucket: bucketName, key: objectKey }), output: objectRow }),
  /** The job streams the announced file and ends with the row as read back from the server. */
  'objects.upload': procedure({
    input: z.strictObject({ stackId, bucket: bucketName, key: objectKey, file: fileToken }),
    output: jobStarted,
    changesServers: true,
  }),
  /**
   * Asks MinIO for the encryption of the first `limit` objects below a prefix, one by one, and reads one byte of each that is
   * encrypted. The job's result is an `ObjectCheck`.
   */
  'objects.check': procedure({
    input: z.strictObject({
      stackId,
      bucket: bucketName,
      prefix: z.string().max(1024).default(''),
      limit: z.int().min(1).max(10_000).default(1000),
    }),
    output: jobStarted,
  }),
};
export const objectEvents = { 'objects.changed': z.object({ stackId, bucket: z.string() }) };
