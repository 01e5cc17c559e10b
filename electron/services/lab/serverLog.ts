import { open, stat } from 'node:fs/promises';
import { redact } from '../../../shared/redact.ts';

const bytesPerLine = 512;

/** The last lines of a server's log from a byte offset on, redacted. Empty when there is no file yet. */
export async function tailOf(file: string, count: number, from = 0): Promise<string[]> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return [];
  try {
    const { size } = await handle.stat();
    // More than is shown, so that a private key that begins before the first line is seen whole by the redaction.
    const start = Math.max(size < from ? 0 : from, size - Math.max(65_536, count * bytesPerLine));
    const buffer = Buffer.alloc(size - start);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
    const lines = redact(buffer.toString('utf8', 0, bytesRead)).split(/\r?\n/);
    // The last element is what follows the last line end; the first may be half a line.
    if (lines.at(-1) === '') lines.pop();
    if (start > from) lines.shift();
    return lines.slice(-count);
  } finally {
    await handle.close();
  }
}

/** Bytes of a file; 0 when there is none. */
export async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}
