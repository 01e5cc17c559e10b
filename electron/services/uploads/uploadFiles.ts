import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { uploadId } from '../../../shared/uploads.ts';
import { makeFolder } from '../../platform/makeFolder.ts';

/** One SQLite file an upload, in the stack's own folder of the data folder, which goes when the stack is removed. */
export interface UploadFiles {
  pathOf(stackId: string, id: string): string;
  makeFolder(stackId: string): Promise<void>;
  /** Ids, newest first. */
  list(stackId: string): Promise<string[]>;
  remove(stackId: string, id: string): Promise<void>;
}

export function createUploadFiles(dataFolder: string): UploadFiles {
  const folderOf = (stackId: string): string => join(dataFolder, 'stacks', stackId, 'uploads');
  return {
    pathOf: (stackId, id) => join(folderOf(stackId), `${id}.sqlite`),
    async makeFolder(stackId) {
      await makeFolder(folderOf(stackId), 0o700);
    },
    async list(stackId) {
      const names = await readdir(folderOf(stackId)).catch((): string[] => []);
      return names
        .flatMap((name) => /^(.+)\.sqlite$/.exec(name)?.[1] ?? [])
        .filter((id) => uploadId.safeParse(id).success)
        .sort()
        .reverse();
    },
    async remove(stackId, id) {
      // The file itself goes last: a removal that was cut off is still listed and can be repeated.
      for (const end of ['-wal', '-shm', '-journal', ''])
        await rm(join(folderOf(stackId), `${id}.sqlite${end}`), { force: true, maxRetries: 3 });
    },
  };
}
