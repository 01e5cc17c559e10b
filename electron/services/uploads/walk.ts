import { constants, type Dirent } from 'node:fs';
import { access, lstat, readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { AppError } from '../../../shared/rpc/errors.ts';
import { reasonOf } from '../../platform/atomicFile.ts';

export interface Walked {
  path: string;
  size: number;
  modified?: number;
  file?: string;
  /** Why it is left out. */
  error?: AppError['frame'];
}

const atOnce = 16;

/**
 * Files below these paths, folders included in their names. Links are never followed; links, devices, sockets, pipes, names
 * that are no text and what cannot be read come with the reason. In portions, level by level.
 */
export async function* walk(paths: readonly string[], signal: AbortSignal): AsyncGenerator<Walked[]> {
  const todo: { file: string; path: string }[] = [];
  for (const path of paths) {
    const file = resolve(path);
    todo.push({ file, path: basename(file) });
  }
  while (todo.length > 0) {
    if (signal.aborted) throw new AppError('cancelled');
    const batch = todo.splice(0, 256);
    const found: Walked[] = [];
    const folders: { file: string; path: string }[] = [];
    const queue = [...batch.keys()];
    const looked: Walked[][] = batch.map(() => []);
    const work = async (): Promise<void> => {
      for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
        const one = batch[at];
        if (!one) continue;
        const { entries, below } = await look(one.file, one.path);
        looked[at] = entries;
        for (const one of below) folders.push(one);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    // One by one: a folder may have more entries than a call takes arguments.
    for (const entries of looked) for (const one of entries) found.push(one);
    for (const one of folders) todo.push(one);
    yield found;
  }
}

async function look(file: string, path: string): Promise<{ entries: Walked[]; below: { file: string; path: string }[] }> {
  const refused = (
    code: 'uploadLink' | 'uploadSpecial' | 'uploadSourceUnreadable' | 'uploadSourceGone' | 'uploadNameNotText',
    reason: string,
  ) => ({
    entries: [{ path, size: 0, error: new AppError(code, { name: path, reason }).frame }],
    below: [],
  });
  try {
    const at = await lstat(file);
    if (at.isSymbolicLink()) return refused('uploadLink', '');
    if (at.isDirectory()) {
      const names = await readdir(file, { withFileTypes: true, encoding: 'buffer' });
      return folder(file, path, names);
    }
    if (!at.isFile()) return refused('uploadSpecial', '');
    await access(file, constants.R_OK);
    return { entries: [{ path, size: at.size, modified: at.mtimeMs, file }], below: [] };
  } catch (error) {
    const reason = reasonOf(error);
    return refused(reason === 'ENOENT' ? 'uploadSourceGone' : 'uploadSourceUnreadable', reason);
  }
}

function folder(file: string, path: string, names: Dirent<Buffer>[]): Awaited<ReturnType<typeof look>> {
  const entries: Walked[] = [];
  const below: { file: string; path: string }[] = [];
  for (const { name } of names) {
    const text = name.toString('utf8');
    if (Buffer.from(text).equals(name)) below.push({ file: join(file, text), path: `${path}/${text}` });
    else entries.push({ path: `${path}/${text}`, size: 0, error: { code: 'uploadNameNotText', details: { name: text } } });
  }
  below.sort((one, other) => (one.path < other.path ? -1 : 1));
  return { entries, below };
}
