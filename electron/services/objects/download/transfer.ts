import type { FileHandle } from 'node:fs/promises';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import type { Secret } from '../../../../shared/secret.ts';
import type { At, Got, ObjectClient, ObjectFacts } from '../../../clients/s3/objectTypes.ts';
import type { Retries } from '../../../clients/s3/retries.ts';
import { eachOf } from '../../../platform/eachOf.ts';
import { compositeOf, createContentCheck, type Expected, mustBe, sumOf } from './contentCheck.ts';

export interface Source {
  client: Pick<ObjectClient, 'get'>;
  at: At;
  facts: Pick<ObjectFacts, 'size' | 'etag'>;
  customerKey?: Secret | undefined;
  signal: AbortSignal;
  /** Asks again for what was lost on the way. */
  retry: Retries;
  /** The answer to the first request for all of it. */
  opened?: Got | undefined;
  /** Bytes that came; less than none when a piece begins again. */
  onBytes(bytes: number): void;
}

const blockBytes = 1024 * 1024;
/** A content without parts is read in ranges of this size. */
export const rangeBytes = 32 * 1024 * 1024;
const piecesAtOnce = 4;
/** So often one piece may break off in the middle while the server answers: then it is this object that does not read. */
const cutsAtMost = 5;

/** Fills a file with an object's content: big ones in several ranges at once. True: it was compared with the server's checksum. */
export async function fill(source: Source, handle: FileHandle, expected: Expected): Promise<boolean> {
  const { size } = source.facts;
  const where = `${source.at.bucket}/${source.at.key}`;
  // One run of a hash over all of it has to go from its beginning to its end.
  if (size <= rangeBytes || expected.kind === 'whole' || (expected.kind === 'parts' && expected.sizes.length === 1)) {
    let { opened } = source;
    const check = await again(source, source.signal, async () => {
      const fresh = createContentCheck(expected, where);
      const first = opened;
      opened = undefined;
      await pour({ ...source, opened: first }, handle, { from: 0, size, ranged: false }, (block) => fresh.update(block));
      return fresh;
    });
    return check.end();
  }
  const pieces = piecesOf(expected.kind === 'parts' ? expected.sizes : equalRanges(size));
  const digests = await eachOf(pieces, piecesAtOnce, (piece, failed) => {
    const signal = AbortSignal.any([source.signal, failed]);
    return again(source, signal, async () => {
      const sum = expected.kind === 'parts' ? sumOf(expected.algorithm) : undefined;
      await pour({ ...source, signal }, handle, { ...piece, ranged: true }, (block) => sum?.update(block));
      return sum?.digest() ?? Buffer.alloc(0);
    });
  });
  if (expected.kind === 'none') return false;
  mustBe(compositeOf(expected.algorithm, digests), expected.value, where);
  return true;
}

function equalRanges(size: number): number[] {
  return Array.from({ length: Math.ceil(size / rangeBytes) }, (_, at) => Math.min(rangeBytes, size - at * rangeBytes));
}

function piecesOf(sizes: readonly number[]): { from: number; size: number }[] {
  let from = 0;
  return sizes.map((size) => {
    const piece = { from, size };
    from += size;
    return piece;
  });
}

/** Asks for one piece and writes it, in blocks: one is written while the next one comes. */
async function pour(
  { client, at, facts, customerKey, signal, onBytes, opened }: Source,
  handle: FileHandle,
  { from, size, ranged }: { from: number; size: number; ranged: boolean },
  onBlock: (block: Uint8Array) => void,
): Promise<void> {
  const where = `${at.bucket}/${at.key}`;
  const range = ranged ? `bytes=${from}-${from + size - 1}` : undefined;
  const got = opened && !ranged ? opened : await client.get(at, { customerKey, signal, range });
  let seen = 0;
  try {
    if (got.facts.etag !== facts.etag || got.facts.size !== facts.size) throw new AppError('objectChanged', { where });
    const writer = createWriter(handle, from, onBlock);
    for await (const chunk of got.body as AsyncIterable<Buffer>) {
      seen += chunk.length;
      if (seen > size) break;
      onBytes(chunk.length);
      await writer.take(chunk);
    }
    await writer.end();
    if (seen !== size) throw new AppError('downloadCutShort', { where, expected: size, got: seen });
  } catch (error) {
    onBytes(-seen);
    if (!isAppError(error) || !error.code.startsWith('network')) throw error;
    throw new AppError('downloadCutShort', { where, expected: size, got: seen }, { cause: error });
  } finally {
    leave(got);
  }
}

/** One piece, asked for again where it breaks off. Throws `downloadBreaksOff` when it always does. */
function again<T>({ retry, at }: Source, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  let cuts = 0;
  return retry(async () => {
    try {
      return await work();
    } catch (error) {
      if (!isAppError(error, 'downloadCutShort') || ++cuts < cutsAtMost) throw error;
      throw new AppError('downloadBreaksOff', { where: `${at.bucket}/${at.key}`, times: cuts }, { cause: error });
    }
  }, signal);
}

export function leave({ body }: Pick<Got, 'body'>): void {
  body.on('error', () => undefined);
  body.destroy();
}

function createWriter(handle: FileHandle, from: number, onBlock: (block: Uint8Array) => void) {
  const blocks = [Buffer.allocUnsafe(blockBytes), Buffer.allocUnsafe(blockBytes)] as const;
  let position = from;
  let turn = 0;
  let used = 0;
  let writing: Promise<void> = Promise.resolve();

  async function flush(): Promise<void> {
    await writing;
    const block = (turn === 0 ? blocks[0] : blocks[1]).subarray(0, used);
    writing = writeAll(handle, block, position);
    // Its failure is heard of at the next block, or at the end.
    writing.catch(() => undefined);
    onBlock(block);
    position += used;
    turn = 1 - turn;
    used = 0;
  }

  return {
    async take(chunk: Buffer): Promise<void> {
      for (let at = 0; at < chunk.length; ) {
        const copied = chunk.copy(turn === 0 ? blocks[0] : blocks[1], used, at);
        at += copied;
        used += copied;
        if (used === blockBytes) await flush();
      }
    },
    async end(): Promise<void> {
      if (used > 0) await flush();
      await writing;
    },
  };
}

async function writeAll(handle: FileHandle, block: Buffer, position: number): Promise<void> {
  for (let at = 0; at < block.length; ) {
    const { bytesWritten } = await handle.write(block, at, block.length - at, position + at);
    at += bytesWritten;
  }
}
