import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it that are missing, and leaves the ones that are there as they are. Throws what the
 * system says. Not `mkdir` with `recursive`: below a folder that takes none and says ENOENT (`/proc/self`) that one tries for ever.
 */
export async function makeFolder(path: string, mode?: number): Promise<void> {
  try {
    return await makeOne(path, mode);
  } catch (error) {
    if (!isMissing(error) || dirname(path) === path) throw error;
  }
  await makeFolder(dirname(path), mode);
  await makeOne(path, mode);
}

async function makeOne(path: string, mode: number | undefined): Promise<void> {
  try {
    await mkdir(path, mode === undefined ? {} : { mode });
  } catch (error) {
    if (isMissing(error)) throw error;
    // EEXIST, or EROFS and EACCES for one that is there: only a folder will do.
    const there = await stat(path).catch(() => undefined);
    if (!there?.isDirectory()) throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
