import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';

export interface CacheLock {
  release(): void;
}

/**
 * Waits for the lock file and holds it. An SQLite file is used for its lock only: the system frees it when its holder
 * dies, however it dies, so there is no stale lock to judge. `onWait` is called about twice a second while another holds it.
 */
export async function holdLock(file: string, onWait: () => void, signal?: AbortSignal): Promise<CacheLock> {
  await mkdir(dirname(file), { recursive: true });
  const database = new DatabaseSync(file);
  try {
    for (;;) {
      signal?.throwIfAborted();
      if (tryLock(database)) return { release: () => database.close() };
      onWait();
      await wait(500, undefined, signal === undefined ? {} : { signal });
    }
  } catch (error) {
    database.close();
    throw error;
  }
}

function tryLock(database: DatabaseSync): boolean {
  try {
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    // 5 is SQLITE_BUSY; anything else is a broken file or folder.
    if ((error as { errcode?: number }).errcode === 5) return false;
    throw error;
  }
}
