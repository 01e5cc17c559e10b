import type { FileHandle } from 'node:fs/promises';

const blockBytes = 1024 * 1024;
/** Of one piece, before it waits for the disk. */
const writesAtOnce = 3;
/** So often the disk is told to keep what came: else it would begin with it when all is there. */
const syncEvery = 64 * 1024 * 1024;

/** A piece of a file that is filled from its beginning to its end, in memory that the bytes are put into at once. */
export interface PieceWriter {
  /** Never empty. */
  room(): Uint8Array;
  /** Resolves, where it is not at once, when there is room again. Throws what a write threw. */
  took(bytes: number): Promise<void> | undefined;
  /** The rest is written, too. */
  end(): Promise<void>;
  /** No write is under way any more. */
  leave(): Promise<void>;
}

/** Writes pieces of one file side by side, in blocks. `onBlock` sees each before it is written. */
export function createFileWriter(handle: FileHandle, size: number) {
  const free: Buffer[] = [];
  let unsynced = 0;
  let syncing: Promise<void> | undefined;
  const take = (): Buffer => free.pop() ?? Buffer.allocUnsafeSlow(Math.min(blockBytes, Math.max(size, 1)));

  async function write(block: Buffer, used: number, position: number): Promise<void> {
    for (let at = 0; at < used; ) {
      const { bytesWritten } = await handle.write(block, at, used - at, position + at);
      at += bytesWritten;
    }
    free.push(block);
    unsynced += used;
    if (unsynced < syncEvery || syncing) return;
    unsynced = 0;
    syncing = handle.datasync();
    await syncing.finally(() => {
      syncing = undefined;
    });
  }

  return function piece(from: number, onBlock: (block: Uint8Array) => void): PieceWriter {
    const writes = new Set<Promise<void>>();
    let failure: { error: unknown } | undefined;
    let block = take();
    let used = 0;
    let position = from;

    function flush(): void {
      onBlock(block.subarray(0, used));
      const writing = write(block, used, position)
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => writes.delete(writing));
      writes.add(writing);
      position += used;
      used = 0;
      block = take();
    }

    async function hasRoom(): Promise<void> {
      while (writes.size >= writesAtOnce) await Promise.race(writes);
      if (failure) throw failure.error;
    }

    return {
      room: () => block.subarray(used),
      took(bytes) {
        used += bytes;
        if (used < block.length) return undefined;
        flush();
        return writes.size < writesAtOnce && !failure ? undefined : hasRoom();
      },
      async end() {
        if (used > 0) flush();
        await Promise.all(writes);
        if (failure) throw failure.error;
        free.push(block);
      },
      async leave() {
        await Promise.all(writes);
      },
    };
  };
}
