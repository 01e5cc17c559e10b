import { chmod, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { StackFolder } from '../../jobs/step.ts';
import { reasonOf, writeFileAtomic } from '../../platform/atomicFile.ts';
import { makeFolder } from '../../platform/makeFolder.ts';

/** The files below `root`, which is `.` itself. A path that could leave it is refused with `pathOutside`. */
export function createStackFolder(root: string): StackFolder {
  const path = (relative: string): string => {
    if (relative === '.') return root;
    const parts = relative.split('/');
    const plain = parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\:\0]/.test(part));
    if (!plain) throw new AppError('pathOutside', { path: relative.slice(0, 200) });
    return join(root, ...parts);
  };
  return {
    path,
    async write(relative, content, mode) {
      await writeFileAtomic(path(relative), content, mode);
    },
    async read(relative) {
      const file = path(relative);
      try {
        return await readFile(file, 'utf8');
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw new AppError('fileDamaged', { path: file, reason: reasonOf(error) }, { cause: error });
      }
    },
    async mode(relative) {
      const file = path(relative);
      if (process.platform === 'win32') return undefined;
      try {
        return (await stat(file)).mode & 0o777;
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw new AppError('fileDamaged', { path: file, reason: reasonOf(error) }, { cause: error });
      }
    },
    async makeFolder(relative, mode) {
      const folder = path(relative);
      try {
        await makeFolder(folder, mode);
        await chmod(folder, mode);
      } catch (error) {
        throw new AppError('fileNotWritable', { path: folder, reason: reasonOf(error) }, { cause: error });
      }
    },
    async remove(relative) {
      const file = path(relative);
      try {
        await unlink(file);
      } catch (error) {
        if (!isMissing(error)) throw new AppError('fileNotWritable', { path: file, reason: reasonOf(error) }, { cause: error });
      }
    },
  };
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
