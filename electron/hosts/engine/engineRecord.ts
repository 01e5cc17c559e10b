import { access, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeJsonFile } from '../../platform/atomicFile.ts';
import { type EngineFile, engineFilePath, readEngineFile } from '../../platform/engineFolder.ts';

const lookEveryMs = 2_000;

/**
 * Writes `engine.json`, by which clients find this engine, and writes it again when it was damaged or removed: a living
 * engine that nobody finds would block its data folder. A folder that is gone as a whole is not made again.
 */
export async function keepEngineRecord(dataFolder: string, record: EngineFile): Promise<{ remove(): Promise<void> }> {
  const file = engineFilePath(dataFolder);
  /** As the file stood when it was right last: one question to the file system instead of reading it again and again. */
  let right: string | undefined;
  const standing = async (): Promise<string | undefined> => {
    const found = await stat(file).catch(() => undefined);
    return found && `${found.ino} ${found.size} ${found.mtimeMs} ${found.ctimeMs}`;
  };
  const write = async (): Promise<void> => {
    await writeJsonFile(file, { format: 1, ...record });
    right = await standing();
  };
  await write();
  let looking: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    const now = await standing();
    if (now !== undefined && now === right) return;
    const found = await readEngineFile(dataFolder);
    if (found?.key === record.key && found.socket === record.socket) {
      right = now;
      return;
    }
    await access(join(dataFolder, 'engine.lock'));
    await write();
  };
  const timer = setInterval(() => {
    looking = looking.then(look).catch(() => undefined);
  }, lookEveryMs);
  timer.unref();
  return {
    async remove() {
      clearInterval(timer);
      await looking;
      await rm(file, { force: true });
    },
  };
}
