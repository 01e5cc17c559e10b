import { z } from 'zod';
import { keyName } from './kes.ts';

/** First 32 hex digits of the SHA-256 of an SSE-C key: names it without telling anything of it. */
export const customerKeyId = z.string().regex(/^[0-9a-f]{32}$/);

/** Strings to strings, as SSE-KMS takes it; at most what one header line holds. */
export const kmsContext = z
  .record(z.string().min(1).max(256), z.string().max(1024))
  .refine((context) => Object.keys(context).length <= 16 && JSON.stringify(context).length <= 4096, { error: 'context too long' });

/** How an object is to be encrypted. `rule`: no header is sent, so that the bucket's rule decides. */
export const encryptionChoice = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('rule') }),
  z.strictObject({ kind: z.literal('sse-s3') }),
  z.strictObject({ kind: z.literal('sse-kms'), key: keyName, context: kmsContext.optional() }),
  z.strictObject({ kind: z.literal('sse-c'), keyId: customerKeyId }),
]);
export type EncryptionChoice = z.infer<typeof encryptionChoice>;
