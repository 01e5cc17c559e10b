import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { playRun } from '../../../../shared/kesKeys.ts';
import { writeFileAtomic } from '../../../platform/atomicFile.ts';

/** What was begun, written before it is: a folder of its own with the servers of a try, and the run as it is shown. */
const note = z.object({ run: playRun, folder: z.string() });
export type PlayNote = z.infer<typeof note>;

/** Tries with public identities, by their ids, in the data folder: only the engine that holds it reads and writes them. */
export function createPlayNotes(dataFolder: string) {
  const folder = join(dataFolder, 'play');
  const file = (id: string): string => join(folder, `${id}.json`);
  return {
    save: (one: PlayNote): Promise<void> => writeFileAtomic(file(one.run.id), JSON.stringify(one), 0o600),
    remove: (id: string): Promise<void> => rm(file(id), { force: true }),
    /** What another version wrote in another form names nothing that could be removed by name. */
    async all(): Promise<PlayNote[]> {
      const names = (await readdir(folder).catch((): string[] => [])).filter((name) => name.endsWith('.json'));
      const read = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8').catch(() => '')));
      return read.flatMap((text) => {
        try {
          return [note.parse(JSON.parse(text))];
        } catch {
          return [];
        }
      });
    },
  };
}
export type PlayNotes = ReturnType<typeof createPlayNotes>;
