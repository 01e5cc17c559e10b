import { AppError } from '../../shared/rpc/errors.ts';
import type { FileStore } from './files.ts';

const mostBytes = 1_000_000;

/** The text of a file that the window sends. Throws `connectFileRefused` for what is too long or no text. */
export async function readSent(files: FileStore, token: string, signal: AbortSignal): Promise<{ name: string; content: string }> {
  const { name, size, stream } = await files.open(token, signal);
  if (size > mostBytes) {
    stream.destroy();
    throw new AppError('connectFileRefused', { name, reason: '@connectReasonLong' });
  }
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(Buffer.from(part as Uint8Array));
  return { name, content: textOf(Buffer.concat(parts), name) };
}

/** Throws `connectFileRefused`. */
export function textOf(bytes: Buffer, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new AppError('connectFileRefused', { name, reason: '@connectReasonNoText' });
  }
}
