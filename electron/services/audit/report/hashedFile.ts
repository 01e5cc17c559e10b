import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** A file that is written once, from its beginning to its end. */
export interface HashedFile {
  write(part: string | Uint8Array): Promise<void>;
  /** Synced and closed. */
  finish(): Promise<{ bytes: number; sha256: string }>;
  /** Closed as it is. */
  drop(): Promise<void>;
}

/** Makes a new file, mode 0600, and counts and hashes what goes into it. */
export async function hashedFile(path: string): Promise<HashedFile> {
  const file = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let bytes = 0;
  let closed = false;
  return {
    async write(part) {
      const content = typeof part === 'string' ? Buffer.from(part, 'utf8') : part;
      await file.appendFile(content);
      hash.update(content);
      bytes += content.length;
    },
    async finish() {
      await file.sync();
      await file.close();
      closed = true;
      return { bytes, sha256: hash.digest('hex') };
    },
    async drop() {
      if (!closed) await file.close().catch(() => undefined);
    },
  };
}
