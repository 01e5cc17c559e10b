import { randomBytes } from 'node:crypto';
import { appendFile, lstat, readdir, readFile, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { reasonOf } from '../../../platform/atomicFile.ts';
import type { Log } from '../../../platform/log.ts';
import { makeFolder } from '../../../platform/makeFolder.ts';

/*
 * Files that are being filled lie beside where they will be, under a name that holds their run's mark. A note in the data
 * folder names the folders of each run, before the first such file is made there: the next engine of this data folder finds
 * by it what one that was killed left, and can take nothing else for it. One engine uses a data folder at a time.
 */

/** Names for the files of one run that are being filled. */
export interface PartNames {
  /** A path in this folder that nothing has. Throws `fileNotWritable`. */
  in(folder: string): Promise<string>;
  /** Nothing of them stays. */
  end(): Promise<void>;
}

export interface Unfinished {
  begin(): PartNames;
  /** Removes what runs left whose engine was killed. */
  sweep(): Promise<void>;
}

/** A folder that is not there may be one of a stick; after so long nobody waits for it. */
const keptMs = 30 * 24 * 3_600_000;
const markForm = /^[0-9a-f]{24}$/;

export function createUnfinished(dataFolder: string, log: Pick<Log, 'error'>): Unfinished {
  const notes = join(dataFolder, 'downloads');
  const live = new Set<string>();

  /** Its folders, as far as they were noted. */
  async function foldersOf(mark: string): Promise<string[]> {
    const text = await readFile(join(notes, mark), 'utf8').catch(() => '');
    return text.split('\n').flatMap((line): string[] => {
      try {
        const folder: unknown = JSON.parse(line);
        return typeof folder === 'string' ? [folder] : [];
      } catch {
        // A line that was cut off: nothing was made in that folder yet.
        return [];
      }
    });
  }

  async function clear(mark: string): Promise<void> {
    const note = join(notes, mark);
    let whole = true;
    for (const folder of await foldersOf(mark)) {
      const names = await readdir(folder).catch(() => undefined);
      if (!names) whole = false;
      for (const name of names ?? []) {
        if (!name.startsWith(beginningOf(mark))) continue;
        const path = join(folder, name);
        if ((await lstat(path)).isFile()) await unlink(path);
      }
    }
    const notedAt = (await stat(note).catch(() => undefined))?.mtimeMs ?? 0;
    if (whole || Date.now() - notedAt > keptMs) await rm(note, { force: true });
  }

  /** What cannot be removed now is tried again by the next engine, and is no reason to fail. */
  async function clearQuietly(mark: string): Promise<void> {
    await clear(mark).catch((error: unknown) => log.error('downloads.unfinished', { error }));
  }

  return {
    begin() {
      const mark = randomBytes(12).toString('hex');
      const noted = new Map<string, Promise<void>>();
      let count = 0;
      const note = async (folder: string): Promise<void> => {
        live.add(mark);
        try {
          await makeFolder(notes, 0o700);
          await appendFile(join(notes, mark), `${JSON.stringify(folder)}\n`, { mode: 0o600 });
        } catch (error) {
          throw new AppError('fileNotWritable', { path: join(notes, mark), reason: reasonOf(error) }, { cause: error });
        }
      };
      return {
        async in(folder) {
          const known = noted.get(folder) ?? note(folder);
          noted.set(folder, known);
          await known;
          return join(folder, `${beginningOf(mark)}${++count}.part`);
        },
        async end() {
          if (noted.size > 0) await clearQuietly(mark);
          live.delete(mark);
        },
      };
    },

    async sweep() {
      const marks = await readdir(notes).catch((): string[] => []);
      for (const mark of marks) if (markForm.test(mark) && !live.has(mark)) await clearQuietly(mark);
    },
  };
}

const beginningOf = (mark: string): string => `.sealdeck-${mark}-`;
