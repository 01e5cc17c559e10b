import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { AppError } from '../../../shared/rpc/errors.ts';
import { reasonOf } from '../../platform/atomicFile.ts';
import type { OpenSource, Source } from './source.ts';
import type { Row } from './store/rows.ts';

/** Files of this machine, by path. Size, time and identity are compared before, while and after they are read. */
export const diskSource: Source = {
  async open(row) {
    const { file = '', path: name } = row;
    const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch((error: unknown) => {
      const reason = reasonOf(error);
      const code = reason === 'ENOENT' ? 'uploadSourceGone' : reason === 'ELOOP' ? 'uploadSourceChanged' : 'uploadSourceUnreadable';
      throw new AppError(code, { name, reason }, { cause: error });
    });
    try {
      return await reading(row, file, handle);
    } catch (error) {
      await handle.close();
      throw error;
    }
  },
};

async function reading(row: Row, file: string, handle: FileHandle): Promise<OpenSource> {
  const { path: name, size, modified } = row;
  const changed = (reason: string): AppError => new AppError('uploadSourceChanged', { name, reason });
  const same = (now: Stats): void => {
    if (!now.isFile()) throw changed('no file any more');
    if (now.size !== size) throw changed(`${size} → ${now.size} bytes`);
    if (modified !== undefined && Math.trunc(now.mtimeMs) !== Math.trunc(modified)) throw changed('written to');
  };
  const first = await handle.stat();
  same(first);
  return {
    async read(from, to, _signal, pool) {
      const buffer = pool.take(to - from);
      for (let at = 0; at < buffer.length; ) {
        const { bytesRead } = await handle.read(buffer, at, buffer.length - at, from + at).catch((error: unknown) => {
          throw new AppError('uploadSourceUnreadable', { name, reason: reasonOf(error) }, { cause: error });
        });
        if (bytesRead === 0) throw changed(`ends at ${from + at}`);
        at += bytesRead;
      }
      same(await handle.stat());
      return buffer;
    },
    async unchanged() {
      same(await handle.stat());
      const now = await stat(file).catch((error: unknown) => {
        throw new AppError('uploadSourceGone', { name, reason: reasonOf(error) }, { cause: error });
      });
      if (now.ino !== first.ino || now.dev !== first.dev) throw changed('another file has its name');
    },
    close: () => handle.close(),
  };
}
