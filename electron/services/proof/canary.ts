import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ObjectState } from '../../../shared/objects.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { S3 } from '../../clients/s3/s3Client.ts';

/** The object of a proof: 64 bytes that are known, and recognisable wherever they lie unencrypted. */
export interface Canary {
  bucket: string;
  object: string;
  content: Buffer;
  /** The part of the content that is looked for on the disk. */
  text: Buffer;
}

/** 64 bytes under a name that no other proof has; its text is what a disk must not show. */
export function makeCanary(bucket: string, id: string): Canary {
  const text = Buffer.from(`sealdeck canary ${randomBytes(12).toString('hex')}`);
  const content = Buffer.concat([text, Buffer.from(' must not be readable here'.padEnd(64 - text.length, '.'))]).subarray(0, 64);
  return { bucket, object: `.sealdeck/canary-${id}`, content, text };
}

/** Writes the canary. Without a key the bucket's rule decides. Returns what HEAD says of it. */
export async function writeCanary(s3: S3, canary: Canary, key: string | undefined, signal: AbortSignal): Promise<ObjectState> {
  const { bucket, object, content } = canary;
  await s3.putObject(bucket, object, Readable.from([content]), {
    length: content.length,
    contentType: 'application/octet-stream',
    signal,
    ...(key === undefined ? {} : { sse: { kind: 'sse-kms' as const, key } }),
  });
  return (await s3.headObject(bucket, object, signal)).encryption;
}

/** Reads the canary and compares. Throws the refusal's code, or `proofBytesDiffer`. Returns the answer, short. */
export async function readCanary(s3: S3, canary: Canary, signal: AbortSignal): Promise<string> {
  const { status, body } = await s3.getObject(canary.bucket, canary.object, { signal });
  const parts: Buffer[] = [];
  for await (const part of body) parts.push(Buffer.from(part as Uint8Array));
  const content = Buffer.concat(parts);
  if (sha256(content) !== sha256(canary.content)) throw new AppError('proofBytesDiffer', { object: `${canary.bucket}/${canary.object}` });
  return `${status}, ${content.length} B`;
}

/** Lower-case hex. */
export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The server's answer of a refused read: "404 kms:KeyNotFound". */
export function answerOf(error: AppError): string {
  const { status, code } = error.details;
  return status === undefined ? error.code : `${status} ${code ?? error.code}`;
}
