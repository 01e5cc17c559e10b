import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../../shared/rpc/errors.ts';

/** Refuses a place that can never be a folder, because it, or what it lies in, is a file. Throws `folderIsFile`. */
export function requireFolder(path: string): void {
  for (let at = path; ; at = dirname(at)) {
    const seen = statSync(at, { throwIfNoEntry: false });
    if (seen !== undefined && !seen.isDirectory()) throw new AppError('folderIsFile', { folder: path, file: at });
    if (seen !== undefined || at === dirname(at)) return;
  }
}
