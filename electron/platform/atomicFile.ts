import { randomBytes } from 'node:crypto';
import { open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { z } from 'zod';
import { AppError } from '../../shared/rpc/errors.ts';
import { makeFolder } from './makeFolder.ts';

/**
 * Writes a whole file or nothing: a new file of the same folder, synced, renamed over the old one, folder synced.
 * Throws `fileNotWritable`. `mode` is set when the file is made, so a secret is never readable in between.
 */
export async function writeFileAtomic(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const temporary = temporaryOf(path);
  try {
    await writeBeside(path, temporary, content, mode);
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw new AppError('fileNotWritable', { path, reason: reasonOf(error) }, { cause: error });
  }
}

/**
 * Several files that are not there yet, all or none: every one is whole on the disk before the first gets its name, and when one
 * cannot have it, those that had are taken away again. Throws `fileNotWritable` with that one.
 */
export async function writeFilesTogether(files: readonly { path: string; content: string }[], mode = 0o600): Promise<void> {
  const staged = files.map((file) => ({ ...file, temporary: temporaryOf(file.path) }));
  const named: string[] = [];
  let at = '';
  try {
    for (const { path, temporary, content } of staged) {
      at = path;
      await writeBeside(path, temporary, content, mode);
    }
    for (const { path, temporary } of staged) {
      at = path;
      await rename(temporary, path);
      named.push(path);
    }
    for (const folder of new Set(files.map(({ path }) => dirname(path)))) await syncFolder(folder);
  } catch (error) {
    for (const path of [...named, ...staged.map(({ temporary }) => temporary)]) await unlink(path).catch(() => undefined);
    throw new AppError('fileNotWritable', { path: at, reason: reasonOf(error) }, { cause: error });
  }
}

function temporaryOf(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}.tmp`;
}

async function writeBeside(path: string, temporary: string, content: string | Uint8Array, mode: number): Promise<void> {
  await makeFolder(dirname(path), 0o700);
  const file = await open(temporary, 'wx', mode);
  try {
    await file.chmod(mode);
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Any JSON of a file; `undefined` when there is none. Throws `fileDamaged`. */
export async function readRawJson(path: string): Promise<unknown> {
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new AppError('fileDamaged', { path, reason: reasonOf(error) }, { cause: error });
  }
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new AppError('fileDamaged', { path, reason: 'it is not JSON' }, { cause: error });
  }
}

/** Reads a JSON file that has no version of its own. Absent: `undefined`. Anything else that does not fit: `fileDamaged`. */
export async function readJsonFile<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S> | undefined> {
  const raw = await readRawJson(path);
  if (raw === undefined) return undefined;
  const parsed = schema.safeParse(raw);
  if (!parsed.success) throw new AppError('fileDamaged', { path, reason: 'its content does not fit the schema' }, { cause: parsed.error });
  return parsed.data;
}

/** Indented, with a line break at the end. Throws what `writeFileAtomic` throws. */
export async function writeJsonFile(path: string, value: unknown, mode = 0o600): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`, mode);
}

/** Temporary files that a kill left behind. Only the owner of the folder's lock may call this. */
export async function removeStaleTemporaries(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) if (/\.[0-9a-f]{12}\.tmp$/.test(basename(name))) await unlink(join(folder, name)).catch(() => undefined);
}

/** A system's code or an error's own words, for a person. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error) return (error as NodeJS.ErrnoException).code ?? error.message;
  return String(error);
}

/** Makes what happened to names in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
