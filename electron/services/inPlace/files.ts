import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inPlaceId } from '../../../shared/inPlace.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { makeFolder } from '../../platform/makeFolder.ts';

export interface InPlaceFiles {
  pathOf(stackId: string, id: string): string;
  /** Newest first. */
  ids(stackId: string): Promise<string[]>;
  make(stackId: string): Promise<void>;
  remove(stackId: string, id: string): Promise<void>;
}

/** One SQLite file a run, in the stack's own folder of the data folder. */
export function createInPlaceFiles(dataFolder: string): InPlaceFiles {
  const folderOf = (stackId: string): string => join(dataFolder, 'stacks', stackId, 'inPlace');

  function pathOf(stackId: string, id: string): string {
    if (!inPlaceId.safeParse(id).success) throw new AppError('inPlaceUnknown', { id });
    return join(folderOf(stackId), `${id}.sqlite`);
  }

  return {
    pathOf,
    async ids(stackId) {
      const names = await readdir(folderOf(stackId)).catch((): string[] => []);
      return names
        .filter((name) => name.endsWith('.sqlite') && inPlaceId.safeParse(name.slice(0, -7)).success)
        .map((name) => name.slice(0, -7))
        .sort()
        .reverse();
    },
    async make(stackId) {
      await makeFolder(folderOf(stackId), 0o700);
    },
    async remove(stackId, id) {
      const file = pathOf(stackId, id);
      if (!existsSync(file)) throw new AppError('inPlaceUnknown', { id });
      for (const end of ['-wal', '-shm', '']) await rm(`${file}${end}`, { force: true, maxRetries: 3 });
    },
  };
}
