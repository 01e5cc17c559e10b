import { z } from 'zod';

/** Which objects were written with a key, in one bucket: names, and folders where the names became too many. */
export const bucketNotes = z.object({ names: z.array(z.string()), folders: z.array(z.string()) });
export const keyNotes = z.record(z.string(), bucketNotes);
export type KeyNotes = z.infer<typeof keyNotes>;

/** The sealed file is written whole at each change, so the notes of a key stay small. */
const most = { names: 3_000, characters: 120_000 };

/** Adds names, and says how many of them were not noted. Where they are too many, names give way to their folders, the deepest first. */
export function noteNames(notes: KeyNotes, bucket: string, keys: readonly string[]): { notes: KeyNotes; added: number } {
  // A bucket may be called `constructor`.
  const { names, folders } = (Object.hasOwn(notes, bucket) ? notes[bucket] : undefined) ?? { names: [], folders: [] };
  const known = new Set(names);
  const added = [...new Set(keys)].filter((key) => !known.has(key));
  let all = [...names, ...added];
  let under = folders;
  while (all.length > most.names || lengthOf(all) > most.characters) {
    under = shortened([...under, ...all.map(folderOf)]);
    all = [];
  }
  while (under.length > most.names || lengthOf(under) > most.characters) under = shortened(under.map(folderOf));
  return { notes: { ...notes, [bucket]: { names: all, folders: under } }, added: added.length };
}

/** 3: noted by name; 2: below a noted folder; 1: another object of this bucket was noted; 0: nothing. */
export function nearness(notes: KeyNotes, bucket: string, key: string): number {
  const noted = Object.hasOwn(notes, bucket) ? notes[bucket] : undefined;
  if (!noted) return 0;
  if (noted.names.includes(key)) return 3;
  return noted.folders.some((folder) => key.startsWith(folder)) ? 2 : 1;
}

/** `a/b/c` is in `a/b/`, `a/b/` in `a/`, `a` in the bucket itself: ''. */
function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/', key.length - 2) + 1);
}

/** Without those that lie below another one: in order, what lies below one follows it at once. */
function shortened(folders: readonly string[]): string[] {
  const kept: string[] = [];
  for (const folder of [...new Set(folders)].sort()) {
    const last = kept.at(-1);
    if (last === undefined || !folder.startsWith(last)) kept.push(folder);
  }
  return kept;
}

function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}
