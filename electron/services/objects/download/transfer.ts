import type { FileHandle } from 'node:fs/promises';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import type { Secret } from '../../../../shared/secret.ts';
import { takeAll } from '../../../clients/s3/objectInto.ts';
import type { At, ContentSink, Got, ObjectClient, ObjectFacts } from '../../../clients/s3/objectTypes.ts';
import type { Retries } from '../../../clients/s3/retries.ts';
import { eachOf } from '../../../platform/eachOf.ts';
import { createFileWriter, type PieceWriter } from './blocks.ts';
import { compositeOf, createContentCheck, type Expected, mustBe, sumOf } from './contentCheck.ts';

export interface Source {
  client: Pick<ObjectClient, 'getInto'>;
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

/** A content without parts is read in ranges of this size. */
export const rangeBytes = 32 * 1024 * 1024;
const piecesAtOnce = 4;
const tellEvery = 256 * 1024;
/** So often one piece may break off in the middle while the server answers: then it is this object that does not read. */
const cutsAtMost = 5;

/** Fills a file with an object's content: big ones in several ranges at once. True: it was compared with the server's checksum. */
export async function fill(source: Source, handle: FileHandle, expected: Expected): Promise<boolean> {
  const { size } = source.facts;
  const where = `${source.at.bucket}/${source.at.key}`;
  const writePiece = createFileWriter(handle, size);
  // One run of a hash over all of it has to go from its beginning to its end.
  if (size <= rangeBytes || expected.kind === 'whole' || (expected.kind === 'parts' && expected.sizes.length === 1)) {
    let { opened } = source;
    const check = await again(source, source.signal, async () => {
      const fresh = createContentCheck(expected, where);
      const first = opened;
      opened = undefined;
      await pour(
        { ...source, opened: first },
        { from: undefined, size },
        writePiece(0, (block) => fresh.update(block)),
      );
      return fresh;
    });
    return check.end();
  }
  const pieces = piecesOf(expected.kind === 'parts' ? expected.sizes : equalRanges(size));
  const digests = await eachOf(pieces, piecesAtOnce, (piece, failed) => {
    const signal = AbortSignal.any([source.signal, failed]);
    return again(source, signal, async () => {
      const sum = expected.kind === 'parts' ? sumOf(expected.algorithm) : undefined;
      await pour(
        { ...source, signal },
        piece,
        writePiece(piece.from, (block) => sum?.update(block)),
      );
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

/** Asks for one piece, or for all of it, and writes it. */
async function pour(
  { client, at, facts, customerKey, signal, onBytes, opened }: Source,
  { from, size }: { from: number | undefined; size: number },
  writer: PieceWriter,
): Promise<void> {
  const where = `${at.bucket}/${at.key}`;
  let begun = false;
  let [seen, told] = [0, 0];
  const sink: ContentSink = {
    room: writer.room,
    begin(said) {
      begun = true;
      if (said.etag !== facts.etag || said.size !== facts.size) throw new AppError('objectChanged', { where });
    },
    took(bytes) {
      seen += bytes;
      if (seen > size) throw new AppError('downloadCutShort', { where, expected: size, got: seen });
      if (seen - told >= tellEvery || seen === size) {
        onBytes(seen - told);
        told = seen;
      }
      return writer.took(bytes);
    },
  };
  try {
    if (opened) await takeAll(opened, sink);
    else await client.getInto(at, { bytes: size, from, customerKey, signal }, sink);
    if (seen !== size) throw new AppError('downloadCutShort', { where, expected: size, got: seen });
    await writer.end();
  } catch (error) {
    onBytes(-told);
    await writer.leave();
    if (!begun || !isAppError(error) || !error.code.startsWith('network')) throw error;
    throw new AppError('downloadCutShort', { where, expected: size, got: seen }, { cause: error });
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
