import { randomBytes } from 'node:crypto';
import { rename, unlink } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { reasonOf, syncFolder } from '../../platform/atomicFile.ts';
import { type HashedFile, hashedFile } from './report/hashedFile.ts';

/** Writes content of any length as one file, whole or not at all. Throws `fileNotWritable`, `cancelled`. */
export async function saveRows(
  file: string,
  content: AsyncIterable<string> | Iterable<string>,
  signal: AbortSignal,
): Promise<{ file: string; bytes: number; sha256: string }> {
  if (!isAbsolute(file)) throw new AppError('fileNotWritable', { path: file, reason: 'EINVAL' });
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  let into: HashedFile | undefined;
  try {
    into = await hashedFile(temporary);
    for await (const part of content) {
      if (signal.aborted) throw new AppError('cancelled');
      await into.write(part);
    }
    const written = await into.finish();
    await rename(temporary, file);
    await syncFolder(dirname(file));
    return { file, ...written };
  } catch (error) {
    await into?.drop();
    await unlink(temporary).catch(() => undefined);
    if (isAppError(error)) throw error;
    throw new AppError('fileNotWritable', { path: file, reason: reasonOf(error) }, { cause: error });
  }
}
