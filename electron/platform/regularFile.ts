import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * The bytes of a file that somebody names. A pipe would be waited for, and a device be read for ever: only what is a plain file when it is
 * opened is read, and no more of it than `most` bytes. Throws what the system says, else an `Error` with the reason.
 */
export async function readRegularFile(path: string, most: number): Promise<Buffer> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const seen = await handle.stat();
    if (seen.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
    if (!seen.isFile()) throw new Error('not a file');
    if (seen.size > most) throw new Error(`more than ${most} bytes`);
    const bytes = Buffer.allocUnsafe((seen.size || most) + 1);
    let length = 0;
    // Files of /proc have no size.
    while (length < bytes.length) {
      const { bytesRead } = await handle.read(bytes, length, bytes.length - length);
      if (bytesRead === 0) return bytes.subarray(0, length);
      length += bytesRead;
    }
    throw new Error(`more than ${most} bytes`);
  } finally {
    await handle.close();
  }
}

/** The same as text. Throws an `Error` for what is no UTF-8. */
export async function readRegularText(path: string, most: number): Promise<string> {
  const bytes = await readRegularFile(path, most);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Error('not UTF-8', { cause: error });
  }
}
