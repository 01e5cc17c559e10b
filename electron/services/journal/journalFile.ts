import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../../shared/rpc/errors.ts';
import { reasonOf } from '../../platform/atomicFile.ts';
import { makeFolder } from '../../platform/makeFolder.ts';

export interface JournalLines {
  /** Whole lines, without their ends. */
  lines: string[];
  /** What follows the last line end: a kill in the middle of writing left it. Empty as a rule. */
  torn: string;
}

export async function readJournal(path: string): Promise<JournalLines> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { lines: [], torn: '' };
    throw new AppError('fileDamaged', { path, reason: reasonOf(error) }, { cause: error });
  }
  const lines = text.split('\n');
  const torn = lines.pop() ?? '';
  const version = Number(/^\{"v":(\d+)[,}]/.exec(lines.at(-1) ?? '')?.[1] ?? 1);
  if (version > 1) throw new AppError('fileNewer', { path, version });
  return { lines, torn };
}

/** Adds a line, syncs it and returns the new size of the file in bytes. Throws `fileNotWritable`. */
export function appendLine(path: string, line: string): Promise<number> {
  return withFile(path, 'a', async (file) => {
    await file.appendFile(`${line}\n`);
    await file.sync();
    return (await file.stat()).size;
  });
}

/** Bytes; undefined while there is no journal. */
export async function journalSize(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}

/** Cuts off a torn end, which no head ever covered. */
export async function dropTornEnd(path: string, { lines }: JournalLines): Promise<void> {
  const length = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
  await withFile(path, 'r+', async (file) => {
    await file.truncate(length);
    await file.sync();
  });
}

async function withFile<T>(path: string, flags: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
  try {
    await makeFolder(dirname(path), 0o700);
    const file = await open(path, flags, 0o600);
    try {
      return await work(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new AppError('fileNotWritable', { path, reason: reasonOf(error) }, { cause: error });
  }
}
