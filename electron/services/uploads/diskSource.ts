import { close, constants, fstat, open, read, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { AppError } from '../../../shared/rpc/errors.ts';
import { reasonOf } from '../../platform/atomicFile.ts';
import type { OpenSource, Source } from './source.ts';
import type { Row } from './store/rows.ts';

// Of many small files each call counts: these cost half of what the handles of `fs/promises` do.
const [openFile, statFile, readFile, closeFile] = [promisify(open), promisify(fstat), promisify(read), promisify(close)];

/** Files of this machine, by path. Size, time and identity are compared before, while and after they are read. */
export const diskSource: Source = {
  async open(row) {
    const fd = await opened(row);
    try {
      return await reading(row, fd);
    } catch (error) {
      await closeFile(fd);
      throw error;
    }
  },

  /** What it was when it was staged, it is after the last byte was read: so it did not change in between. */
  async whole(row, _signal, pool) {
    const fd = await opened(row);
    try {
      const bytes = pool.take(row.size);
      await fill(row, fd, bytes, 0);
      requireSame(row, await statFile(fd));
      return bytes;
    } finally {
      await closeFile(fd);
    }
  },
};

async function opened({ file = '', path: name }: Row): Promise<number> {
  try {
    return await openFile(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const reason = reasonOf(error);
    const code = reason === 'ENOENT' ? 'uploadSourceGone' : reason === 'ELOOP' ? 'uploadSourceChanged' : 'uploadSourceUnreadable';
    throw new AppError(code, { name, reason }, { cause: error });
  }
}

function requireSame({ path, size, modified }: Row, now: Stats): void {
  const changed = (reason: string): AppError => new AppError('uploadSourceChanged', { name: path, reason });
  if (!now.isFile()) throw changed('@uploadReasonNoFile');
  if (now.size !== size) throw changed(`${size} → ${now.size}`);
  if (modified !== undefined && now.mtimeMs !== modified) throw changed('@uploadReasonWritten');
}

async function fill({ path: name }: Row, fd: number, bytes: Buffer, from: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await readFile(fd, bytes, at, bytes.length - at, from + at).catch((error: unknown) => {
      throw new AppError('uploadSourceUnreadable', { name, reason: reasonOf(error) }, { cause: error });
    });
    if (bytesRead === 0) throw new AppError('uploadSourceChanged', { name, reason: '@uploadReasonShort' });
    at += bytesRead;
  }
}

async function reading(row: Row, fd: number): Promise<OpenSource> {
  const { file = '', path: name } = row;
  const first = await statFile(fd);
  requireSame(row, first);
  return {
    async read(from, to, _signal, pool) {
      const bytes = pool.take(to - from);
      await fill(row, fd, bytes, from);
      requireSame(row, await statFile(fd));
      return bytes;
    },
    async unchanged() {
      requireSame(row, await statFile(fd));
      const now = await stat(file).catch((error: unknown) => {
        throw new AppError('uploadSourceGone', { name, reason: reasonOf(error) }, { cause: error });
      });
      if (now.ino !== first.ino || now.dev !== first.dev) throw new AppError('uploadSourceChanged', { name, reason: '@uploadReasonOther' });
    },
    close: () => closeFile(fd),
  };
}
