import { randomBytes } from 'node:crypto';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const piece = 8 * 2 ** 20;
const perFolder = 1000;

/** A file of random bytes: nothing on the way can make it smaller. */
export async function makeFile(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (let at = 0; at < bytes; at += piece) await file.write(randomBytes(Math.min(piece, bytes - at)));
  } finally {
    await file.close();
  }
}

/** A file that takes no room: zeros that the file system does not store. */
export async function makeSparse(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'w');
  await file.truncate(bytes);
  await file.close();
}

/** Files of 1 KiB in folders of a thousand. Returns their paths below the folder, with '/'. */
export async function makeMany(folder: string, count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, n) => `${String(Math.floor(n / perFolder)).padStart(3, '0')}/file-${n}.bin`);
  for (let at = 0; at < count; at += perFolder) await mkdir(join(folder, String(at / perFolder).padStart(3, '0')), { recursive: true });
  for (const name of names) await writeFile(join(folder, name), randomBytes(1024));
  return names;
}
