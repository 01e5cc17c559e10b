import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { FileStore } from '../../platform/files.ts';
import type { BufferPool } from './bufferPool.ts';
import type { Source } from './source.ts';

interface Wanted {
  n: number;
  from: number;
  to: number;
  name: string;
  pool: BufferPool;
  resolve: (bytes: Buffer) => void;
  reject: (error: unknown) => void;
  /** Ends what was handed out of it. */
  stop: AbortController;
}
export interface Piece {
  n: number;
  from: number;
  to: number;
  uploadPath: string;
}

export interface WindowSource extends Source {
  /** Pieces for a window, as soon as there are any; none when `waitMs` are over, or when the run has ended. */
  take(atMost: number, waitMs: number, signal: AbortSignal): Promise<Piece[]>;
  /** The window has not got this file any more. */
  lost(n: number, error: AppError): void;
  /** Ends all waiting; later reads fail with it, too. */
  end(error: AppError): void;
}

export interface WindowPatience {
  /** So long nobody asked, and no byte came, while pieces are wanted: the window is gone. */
  goneMs: number;
  /** So long pieces that were handed out may be without a byte. */
  silentMs: number;
}
const patience: WindowPatience = { goneMs: 10_000, silentMs: 15_000 };

/** Bytes that a window holds: the engine says which pieces it wants, the window sends them, each by a one-time path. */
export function createWindowSource(
  files: Pick<FileStore, 'announce' | 'open'>,
  gone: () => void,
  { goneMs, silentMs }: WindowPatience = patience,
): WindowSource {
  const wanted: Wanted[] = [];
  const open = new Set<Wanted>();
  const lostOnes = new Map<number, AppError>();
  const takers = new Set<() => void>();
  let heard = Date.now();
  let lastByte = heard;
  let ended: AppError | undefined;

  const watch = setInterval(
    () => {
      if (takers.size > 0 || open.size === 0) heard = Date.now();
      else if (Date.now() - heard > goneMs) gone();
    },
    Math.min(1000, goneMs / 4),
  );
  watch.unref();

  function drop(piece: Wanted, error: unknown): void {
    open.delete(piece);
    const at = wanted.indexOf(piece);
    if (at >= 0) wanted.splice(at, 1);
    piece.reject(error);
    piece.stop.abort();
  }

  function wake(): void {
    for (const go of [...takers]) go();
  }

  /** Waits for its bytes; when they do not come, or not all, it is wanted again. */
  async function receive(piece: Wanted, token: string): Promise<void> {
    const stop = new AbortController();
    const both = AbortSignal.any([stop.signal, piece.stop.signal]);
    lastByte = Date.now();
    // On a slow way a piece may wait long behind others: it is given up only when nothing comes at all.
    const watch = setInterval(() => {
      if (Date.now() - lastByte > silentMs) stop.abort();
    }, silentMs / 4);
    try {
      const { stream } = await files.open(token, both);
      const bytes = piece.pool.take(piece.to - piece.from);
      let at = 0;
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        lastByte = Date.now();
        heard = lastByte;
        at += chunk.copy(bytes, at);
      }
      if (open.delete(piece)) piece.resolve(bytes);
    } catch (error) {
      if (!isAppError(error)) return drop(piece, error);
      if (!open.has(piece)) return;
      wanted.unshift(piece);
      wake();
    } finally {
      clearInterval(watch);
    }
  }

  const source: WindowSource = {
    async whole(row, signal, pool) {
      const opened = await source.open(row);
      const bytes = await opened.read(0, row.size, signal, pool);
      await opened.unchanged();
      return bytes;
    },

    async open(row) {
      const { n, path: name } = row;
      return {
        read: (from, to, signal, pool) =>
          new Promise<Buffer>((resolve, reject) => {
            const error = signal.aborted ? new AppError('cancelled') : (ended ?? lostOnes.get(n));
            if (error) return reject(error);
            // Nobody is asked for nothing.
            if (to === from) return resolve(Buffer.alloc(0));
            if (open.size === 0) heard = Date.now();
            const cancel = (): void => drop(piece, new AppError('cancelled'));
            const done = (): void => signal.removeEventListener('abort', cancel);
            const piece: Wanted = {
              n,
              from,
              to,
              name,
              pool,
              resolve(bytes) {
                done();
                resolve(bytes);
              },
              reject(reason) {
                done();
                reject(reason);
              },
              stop: new AbortController(),
            };
            signal.addEventListener('abort', cancel, { once: true });
            open.add(piece);
            wanted.push(piece);
            wake();
          }),
        // The browser refuses to read a file that changed since it was dropped; the window then says `lost`.
        unchanged: async () => {
          const error = lostOnes.get(n);
          if (error) throw error;
        },
        close: async () => undefined,
      };
    },

    async take(atMost, waitMs, signal) {
      if (wanted.length === 0 && !ended) {
        await new Promise<void>((resolve) => {
          const go = (): void => {
            clearTimeout(timer);
            takers.delete(go);
            signal.removeEventListener('abort', go);
            resolve();
          };
          const timer = setTimeout(go, waitMs);
          takers.add(go);
          signal.addEventListener('abort', go, { once: true });
        });
      }
      heard = Date.now();
      // Nobody is there to send them.
      if (signal.aborted) return [];
      return wanted.splice(0, atMost).map((piece) => {
        const { n, from, to, name } = piece;
        const { token, uploadPath } = files.announce({ name, size: to - from });
        void receive(piece, token);
        return { n, from, to, uploadPath };
      });
    },

    lost(n, error) {
      lostOnes.set(n, error);
      for (const piece of [...open]) if (piece.n === n) drop(piece, error);
    },

    end(error) {
      ended = error;
      clearInterval(watch);
      for (const piece of [...open]) drop(piece, error);
      wake();
    },
  };
  return source;
}
