import type { BufferPool } from './bufferPool.ts';
import type { Row } from './store/rows.ts';

/** What a file of the source still is while it is read. Throws `uploadSource…` when it is not the one that was staged. */
export interface OpenSource {
  /** Exactly these bytes, in a buffer of the pool. */
  read(from: number, to: number, signal: AbortSignal, pool: BufferPool): Promise<Buffer>;
  /** After the last byte was read: still the same file. */
  unchanged(): Promise<void>;
  close(): Promise<void>;
}

export interface Source {
  open(row: Row): Promise<OpenSource>;
  /** All of a small one. */
  whole(row: Row, signal: AbortSignal, pool: BufferPool): Promise<Buffer>;
}
