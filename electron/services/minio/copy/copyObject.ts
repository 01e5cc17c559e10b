import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { CopyEncrypt } from '../../../../shared/minioCopy.ts';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import type { At, ObjectClient, ObjectFacts, Part, WriteOptions } from '../../../clients/s3/objectTypes.ts';
import { digestOf } from '../../../platform/digest.ts';

/** Bytes of one request; what is larger goes in parts. */
const partBytes = 16 * 1024 * 1024;

export interface Ends {
  readonly source: ObjectClient;
  readonly target: ObjectClient;
}

/**
 * One object from one server to another: read, written encrypted, read again and compared by SHA-256. Returns its bytes. What is there
 * already with the same content is left as it is. Throws `copyConflict` where it has another, `copyDiffers`, and what either server
 * refuses.
 */
export async function copyObject(ends: Ends, at: At, encrypt: CopyEncrypt, signal: AbortSignal): Promise<number> {
  const { facts, body } = await ends.source.get(at, { signal });
  const hash = createHash('sha256');
  try {
    const options = { ...describe(facts, facts.tagCount ? await ends.source.tags(at) : {}), encrypt, signal };
    await write(ends.target, at, facts.size, pieces(body, hash), options);
  } catch (error) {
    body.destroy();
    if (!isAppError(error, 'objectExists')) throw error;
    const [there, here] = [await digest(ends.target, at, signal), await digest(ends.source, at, signal)];
    if (there.sha256 !== here.sha256) throw new AppError('copyConflict', { where: `${at.bucket}/${at.key}` });
    return facts.size;
  }
  const copied = await digest(ends.target, at, signal);
  if (copied.sha256 !== hash.digest('hex') || copied.facts.encryption.state !== encrypt.kind)
    throw new AppError('copyDiffers', { where: `${at.bucket}/${at.key}`, found: copied.facts.encryption.state });
  return facts.size;
}

function describe(facts: ObjectFacts, tags: Record<string, string>): Omit<WriteOptions, 'encrypt'> {
  return {
    ...(facts.contentType === undefined ? {} : { contentType: facts.contentType }),
    metadata: facts.metadata,
    tags,
    ...(facts.lock ? { lock: facts.lock } : {}),
    onlyNew: true,
  };
}

async function write(target: ObjectClient, at: At, size: number, content: AsyncIterable<Buffer>, options: WriteOptions): Promise<void> {
  if (size <= partBytes) {
    const all: Buffer[] = [];
    for await (const piece of content) all.push(piece);
    await target.put(at, Buffer.concat(all), options);
    return;
  }
  const uploadId = await target.beginParts(at, options);
  try {
    const parts: Part[] = [];
    for await (const piece of content) parts.push(await target.putPart(at, uploadId, parts.length + 1, piece, options));
    await target.completeParts(at, uploadId, parts, options);
  } catch (error) {
    await target.abortParts(at, uploadId).catch(() => undefined);
    throw error;
  }
}

/** In pieces of one request, hashed on the way. */
async function* pieces(body: Readable, hash: ReturnType<typeof createHash>): AsyncIterable<Buffer> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    let rest = chunk as Buffer;
    hash.update(rest);
    while (bytes + rest.length >= partBytes) {
      const cut = partBytes - bytes;
      yield Buffer.concat([...held, rest.subarray(0, cut)]);
      rest = rest.subarray(cut);
      held = [];
      bytes = 0;
    }
    if (rest.length > 0) held.push(rest);
    bytes += rest.length;
  }
  if (bytes > 0) yield Buffer.concat(held);
}

async function digest(client: ObjectClient, at: At, signal: AbortSignal): Promise<{ sha256: string; facts: ObjectFacts }> {
  const { facts, body } = await client.get(at, { signal });
  return { sha256: (await digestOf(body)).sha256, facts };
}
