import { constants } from 'node:fs';
import { access, lstat, opendir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { AppError } from '../../../shared/rpc/errors.ts';
import { reasonOf } from '../../platform/atomicFile.ts';
import { eachOf } from '../../platform/eachOf.ts';

export interface Walked {
  path: string;
  size: number;
  modified?: number;
  file?: string;
  /** Why it is left out. */
  error?: AppError['frame'];
}

interface Place {
  file: string;
  path: string;
}
/** A name that was seen, or why it is none. */
type Seen = Place | { refused: Walked };
interface Folder {
  at: Place;
  names: string[];
  odd: Seen[];
}

const filesAtOnce = 16;
/** Names of so many folders are held at a time. */
const foldersAtOnce = 16;
const portion = 256;

/**
 * Files below these paths, folders included in their names. Links are never followed; links, devices, sockets, pipes, names
 * that are no text and what cannot be read come with the reason. In portions, folder by folder, each by name: of all that is
 * there only the names of a few folders are held, and which folders wait. `onEmpty`: a folder holds nothing at all.
 */
export async function* walk(
  paths: readonly string[],
  signal: AbortSignal,
  onEmpty: (path: string) => void = () => undefined,
): AsyncGenerator<Walked[]> {
  /** The next one is the last. */
  const folders: Place[] = [];
  let found: Walked[] = [];
  let seen: Iterable<Seen> = paths.map((path) => ({ file: resolve(path), path: basename(resolve(path)) }));
  for (;;) {
    const below: Place[] = [];
    for (const some of portions(seen)) {
      if (signal.aborted) throw new AppError('cancelled');
      for (const one of await eachOf(some, filesAtOnce, look)) {
        if ('folder' in one) below.push(one.folder);
        else found.push(one);
      }
      if (found.length < portion) continue;
      yield found;
      found = [];
    }
    // One by one: a folder may have more entries than a call takes arguments.
    for (const folder of below.reverse()) folders.push(folder);
    const next = folders.splice(-foldersAtOnce).reverse();
    if (next.length === 0) break;
    const opened = await eachOf(next, foldersAtOnce, entriesOf);
    for (const { at, names, odd } of opened) if (names.length + odd.length === 0) onEmpty(at.path);
    seen = inFolders(opened);
  }
  if (found.length > 0) yield found;
}

/** Names become paths when their turn comes. */
function* inFolders(folders: readonly Folder[]): Generator<Seen> {
  for (const { at, names, odd } of folders) {
    for (const name of names) yield { file: join(at.file, name), path: `${at.path}/${name}` };
    yield* odd;
  }
}

function* portions(seen: Iterable<Seen>): Generator<Seen[]> {
  let some: Seen[] = [];
  for (const one of seen) {
    some.push(one);
    if (some.length < portion) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}

async function look(one: Seen): Promise<Walked | { folder: Place }> {
  if ('refused' in one) return one.refused;
  const { file, path } = one;
  try {
    const at = await lstat(file);
    if (at.isSymbolicLink()) return refused('uploadLink', path);
    if (at.isDirectory()) return { folder: one };
    if (!at.isFile()) return refused('uploadSpecial', path);
    await access(file, constants.R_OK);
    return { path, size: at.size, modified: at.mtimeMs, file };
  } catch (error) {
    return unread(error, path);
  }
}

/** What a folder holds, by name; at its end why no more of it could be read. */
async function entriesOf(at: Place): Promise<Folder> {
  const { file, path } = at;
  const names: string[] = [];
  const odd: Seen[] = [];
  try {
    // As bytes: what is no text would otherwise become another name.
    const bytes = { encoding: 'buffer' as BufferEncoding, bufferSize: 1024 };
    for await (const { name } of await opendir(file, bytes)) {
      const raw = name as unknown as Buffer;
      const text = raw.toString('utf8');
      if (Buffer.from(text).equals(raw)) names.push(text);
      else odd.push({ refused: { path: `${path}/${text}`, size: 0, error: { code: 'uploadNameNotText', details: { name: text } } } });
    }
  } catch (error) {
    odd.push({ refused: unread(error, path) });
  }
  return { at, names: names.sort(), odd };
}

function unread(error: unknown, path: string): Walked {
  const reason = reasonOf(error);
  return refused(reason === 'ENOENT' ? 'uploadSourceGone' : 'uploadSourceUnreadable', path, reason);
}

function refused(code: 'uploadLink' | 'uploadSpecial' | 'uploadSourceUnreadable' | 'uploadSourceGone', path: string, reason = ''): Walked {
  return { path, size: 0, error: new AppError(code, { name: path, reason }).frame };
}
