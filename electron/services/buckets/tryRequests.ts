import { createHash, randomBytes } from 'node:crypto';
import { Secret } from '../../../shared/secret.ts';
import { type Refusal, readRefusal } from '../../clients/s3/failures.ts';
import { isRefusal, type SignedClient } from '../../clients/s3/signedClient.ts';

const sse = 'x-amz-server-side-encryption';

export type Headers = Readonly<Record<string, string>>;

/** Headers of SSE-S3, of SSE-KMS with or without a key, and of SSE-C with a key that is forgotten after the try. */
export const sseS3: Headers = { [sse]: 'AES256' };

export function sseKms(key?: string): Headers {
  return { [sse]: 'aws:kms', ...(key === undefined ? {} : { [`${sse}-aws-kms-key-id`]: key }) };
}

export function sseCustomer(): Headers {
  const key = new Secret(randomBytes(32).toString('base64'));
  return {
    [`${sse}-customer-algorithm`]: 'AES256',
    [`${sse}-customer-key`]: key.reveal(),
    [`${sse}-customer-key-md5`]: createHash('md5').update(Buffer.from(key.reveal(), 'base64')).digest('base64'),
  };
}

export interface Tried {
  /** Absent: it was accepted. */
  refusal?: Refusal;
  headers: Record<string, string>;
  text: string;
}

/** One request with headers of its own; a refusal is an answer. */
export async function tryRequest(
  client: SignedClient,
  method: string,
  path: readonly string[],
  options: { query?: Readonly<Record<string, string>>; headers?: Headers; body?: string; anonymous?: boolean } = {},
): Promise<Tried> {
  const answer = await client.ask({ method, path, ...options });
  const text = answer.text();
  if (!isRefusal(answer.status, answer.headers)) return { headers: answer.headers, text };
  return { refusal: readRefusal(answer.status, answer.headers, text, path.join('/')), headers: answer.headers, text };
}
