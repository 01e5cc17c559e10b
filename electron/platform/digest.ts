import { createHash } from 'node:crypto';

/** Hex SHA-256 and the number of bytes of a stream that is read to its end. Throws what the stream does. */
export async function digestOf(content: AsyncIterable<unknown>): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const part of content) {
    hash.update(part as Uint8Array);
    bytes += (part as Uint8Array).length;
  }
  return { sha256: hash.digest('hex'), bytes };
}
