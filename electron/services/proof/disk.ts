import { createReadStream } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join, sep } from 'node:path';

export interface DiskSearch {
  files: number;
  bytes: number;
  /** Files that hold the text, relative to the folder. */
  hits: string[];
  /** Whether a file of the object itself was among those read. Without, the search says nothing. */
  sawObject: boolean;
  /** False when the folder is larger than what is read. */
  complete: boolean;
}

const chunk = 1024 * 1024;

/**
 * Looks for bytes in every file below MinIO's data folder, the object's own folder first. MinIO keeps small objects inside
 * `xl.meta`, as they are stored: a plaintext one is found there. Undefined when the folder cannot be read.
 */
export async function searchDisk(
  root: string,
  object: readonly string[],
  text: Uint8Array,
  { signal, maxBytes = 4 * 1024 ** 3 }: { signal?: AbortSignal; maxBytes?: number } = {},
): Promise<DiskSearch | undefined> {
  const found: DiskSearch = { files: 0, bytes: 0, hits: [], sawObject: false, complete: true };
  const own = join(root, ...object) + sep;
  const read = async (file: string): Promise<void> => {
    if (found.bytes >= maxBytes) {
      found.complete = false;
      return;
    }
    const { bytes, hit } = await searchFile(file, text, signal);
    if (bytes < 0) return;
    found.files++;
    found.bytes += bytes;
    if (file.startsWith(own)) found.sawObject = true;
    if (hit) found.hits.push(file.slice(root.length + 1));
  };
  for await (const file of filesBelow(own.slice(0, -1))) await read(file);
  if (!found.sawObject) return undefined;
  for await (const file of filesBelow(root)) if (!file.startsWith(own)) await read(file);
  return found;
}

/** MinIO moves files while we walk: what is gone meanwhile is left out. */
async function* filesBelow(folder: string): AsyncGenerator<string> {
  const entries = await opendir(folder, { recursive: true }).catch(() => undefined);
  if (!entries) return;
  try {
    for await (const entry of entries) if (entry.isFile()) yield join(entry.parentPath, entry.name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

async function searchFile(file: string, text: Uint8Array, signal: AbortSignal | undefined): Promise<{ bytes: number; hit: boolean }> {
  const needle = Buffer.from(text);
  let bytes = 0;
  let hit = false;
  let tail = Buffer.alloc(0);
  try {
    for await (const part of createReadStream(file, { highWaterMark: chunk, ...(signal ? { signal } : {}) }) as AsyncIterable<Buffer>) {
      bytes += part.length;
      const window = Buffer.concat([tail, part]);
      hit ||= window.includes(needle);
      tail = window.subarray(Math.max(0, window.length - needle.length + 1));
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { bytes: -1, hit: false };
    throw error;
  }
  return { bytes, hit };
}
