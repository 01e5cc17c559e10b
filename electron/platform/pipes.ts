import type { Duplex } from 'node:stream';
import type { Pipe } from '../../shared/rpc/frames.ts';

/** A frame is a call or a snapshot, never bytes of a file: more is a fault or an attack. */
const maxFrameBytes = 16 * 1024 * 1024;
/** What a reader that has stopped may leave in memory before its line is cut. */
const maxWaitingBytes = 64 * 1024 * 1024;

/** Frames as one JSON line each over a socket. A line that is too long or no JSON ends the connection. */
export function linePipe(stream: Duplex): Pipe {
  const frameListeners = new Set<(frame: unknown) => void>();
  const closeListeners = new Set<() => void>();
  const early: unknown[] = [];
  let parts: Buffer[] = [];
  let size = 0;
  let closed = false;

  const deliver = (frame: unknown): void => {
    if (frameListeners.size === 0) early.push(frame);
    else for (const listener of [...frameListeners]) listener(frame);
  };
  const onLine = (line: Buffer): void => {
    if (line.length === 0) return;
    try {
      deliver(JSON.parse(line.toString('utf8')));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      stream.destroy();
    }
  };
  stream.on('data', (chunk: Buffer) => {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      parts.push(chunk.subarray(from, end));
      const line = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
      parts = [];
      size = 0;
      from = end + 1;
      onLine(line);
    }
    if (from < chunk.length) {
      parts.push(chunk.subarray(from));
      size += chunk.length - from;
      if (size > maxFrameBytes) stream.destroy();
    }
  });
  // A broken connection is told by `close`; without a listener the error would end the process.
  stream.on('error', () => undefined);
  stream.on('close', () => {
    closed = true;
    for (const listener of closeListeners) listener();
  });
  stream.on('end', () => stream.end());

  return {
    send(frame) {
      if (closed || stream.destroyed || stream.writableEnded) return;
      if (stream.writableLength > maxWaitingBytes) stream.destroy();
      else stream.write(`${JSON.stringify(frame)}\n`);
    },
    onFrame(listener) {
      frameListeners.add(listener);
      for (const frame of early.splice(0)) listener(frame);
    },
    onClose(listener) {
      if (closed) listener();
      else closeListeners.add(listener);
    },
    close: () => stream.end(),
  };
}

/** Hands frames through unread, both ways, until one side ends. */
export function joinPipes(one: Pipe, other: Pipe): void {
  one.onFrame((frame) => other.send(frame));
  other.onFrame((frame) => one.send(frame));
  one.onClose(() => other.close());
  other.onClose(() => one.close());
}
