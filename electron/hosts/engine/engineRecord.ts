import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeJsonFile } from '../../platform/atomicFile.ts';
import { type EngineFile, engineFilePath, readEngineFile } from '../../platform/engineFolder.ts';

const lookEveryMs = 2_000;

/**
 * Writes `engine.json`, by which clients find this engine, and writes it again when it was damaged or removed: a living
 * engine that nobody finds would block its data folder. A folder that is gone as a whole is not made again.
 */
export async function keepEngineRecord(dataFolder: string, record: EngineFile): Promise<{ remove(): Promise<void> }> {
  const write = (): Promise<void> => writeJsonFile(engineFilePath(dataFolder), { format: 1, ...record });
  await write();
  let looking: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    const found = await readEngineFile(dataFolder);
    if (found?.key === record.key && found.socket === record.socket) return;
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
      await rm(engineFilePath(dataFolder), { force: true });
    },
  };
}
