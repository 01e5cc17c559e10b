import { constants, type Stats } from 'node:fs';
import { type FileHandle, link, lstat, mkdir, open, realpath, rename, statfs, unlink } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { reasonOf, syncFolder } from '../../../platform/atomicFile.ts';
import { makeFolder } from '../../../platform/makeFolder.ts';
import { createSerialQueue } from '../../../platform/serialQueue.ts';
import { numbered } from './safeNames.ts';
import type { PartNames } from './unfinished.ts';

export type OnConflict = 'skip' | 'replace' | 'rename';

/** A file that is being filled under a name that nobody takes for the real one. */
export interface NewFile {
  readonly handle: FileHandle;
  /** Synced, closed and put under its name, or under the next free one. `undefined`: skipped, as one came there meanwhile. */
  keep(): Promise<{ path: string; renamed: boolean } | undefined>;
  /** Nothing of it stays. */
  drop(): Promise<void>;
}

/** A folder of this machine that downloads go to, and nowhere else. */
export interface Place {
  readonly root: string;
  makeFolder(parts: readonly string[]): Promise<void>;
  /** `undefined`: a file of that name is there, and is left. Throws `downloadDiskFull`, `downloadLeadsOut`, `fileNotWritable`. */
  begin(parts: readonly string[], size: number): Promise<NewFile | undefined>;
  /** Makes the names durable. */
  sync(): Promise<void>;
}

const mostNumbers = 10_000;
const noLinks: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);
const full: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);

/** Opens the folder, which is made when it is absent. It may be a link itself; nothing below it is followed. */
export async function openPlace(folder: string, onConflict: OnConflict, partNames: Pick<PartNames, 'in'>): Promise<Place> {
  let root: string;
  try {
    await makeFolder(resolve(folder));
    root = await realpath(resolve(folder));
  } catch (error) {
    throw writeFailure(error, resolve(folder));
  }
  const folders = new Map<string, Promise<string>>([['', Promise.resolve(root)]]);
  /** Files of this run by their number on the disk: where letters' case or form does not count, another object may meet them. */
  const own = new Set<string>();
  const touched = new Set<string>([root]);
  const queue = createSerialQueue();

  /** The real folder for these parts; where a file has the name, the next free one. */
  function folderFor(parts: readonly string[]): Promise<string> {
    const asked = parts.join('/');
    const known = folders.get(asked);
    if (known) return known;
    const made = (async () => {
      const parent = await folderFor(parts.slice(0, -1));
      const wanted = parts.at(-1) ?? '';
      for (let count = 1; count < mostNumbers; count++) {
        const path = join(parent, count === 1 ? wanted : numbered(wanted, count));
        await mkdir(path).catch((error: unknown) => {
          if (reasonOf(error) !== 'EEXIST') throw writeFailure(error, path);
        });
        const seen = await lstat(path);
        if (seen.isSymbolicLink()) throw new AppError('downloadLeadsOut', { path });
        if (!seen.isDirectory()) continue;
        touched.add(path);
        return path;
      }
      throw new AppError('fileNotWritable', { path: join(parent, wanted), reason: 'EEXIST' });
    })();
    folders.set(asked, made);
    return made;
  }

  /** Right before a file is made or named: a folder may have been changed for a link since. */
  async function mustBeInside(path: string): Promise<void> {
    const real = await realpath(path).catch((error: unknown) => {
      throw writeFailure(error, path);
    });
    if (real !== root && !real.startsWith(root.endsWith(sep) ? root : root + sep)) throw new AppError('downloadLeadsOut', { path });
  }

  const isOwn = (seen: Stats): boolean => own.has(`${seen.dev}:${seen.ino}`);

  /** A folder's name is no file's: an object of that name is kept under the next one. */
  const stays = (there: Stats): boolean => onConflict === 'skip' && !there.isDirectory() && !isOwn(there);

  /** Whether the file is there that `put` would come upon. */
  async function isThere(parent: string, name: string): Promise<boolean> {
    for (let count = 1; count < mostNumbers; count++) {
      const there = await lstat(join(parent, count === 1 ? name : numbered(name, count))).catch(() => undefined);
      if (!there) return false;
      if (stays(there)) return true;
    }
    return false;
  }

  async function put(from: string, parent: string, name: string): Promise<{ path: string; renamed: boolean } | undefined> {
    await mustBeInside(parent);
    for (let count = 1; count < mostNumbers; count++) {
      const path = join(parent, count === 1 ? name : numbered(name, count));
      const there = await lstat(path).catch(() => undefined);
      if (there && stays(there)) return undefined;
      // A link by that name is replaced itself; what it points to is not touched.
      const mayReplace = onConflict === 'replace' && count === 1 && (there === undefined || (!there.isDirectory() && !isOwn(there)));
      if (there && !mayReplace) continue;
      if (mayReplace) await rename(from, path);
      else if (!(await moveToFree(from, path))) continue;
      return { path, renamed: count > 1 };
    }
    throw new AppError('fileNotWritable', { path: join(parent, name), reason: 'EEXIST' });
  }

  return {
    root,

    async makeFolder(parts) {
      await folderFor(parts);
    },

    async begin(parts, size) {
      const name = parts.at(-1) ?? '';
      const parent = await folderFor(parts.slice(0, -1));
      if (onConflict === 'skip' && (await isThere(parent, name))) return undefined;
      const { bavail, bsize } = await statfs(parent).catch(() => ({ bavail: Number.POSITIVE_INFINITY, bsize: 1 }));
      if (size > bavail * bsize) throw new AppError('downloadDiskFull', { folder: root, bytes: size });
      await mustBeInside(parent);
      const temporary = await partNames.in(parent);
      const handle = await open(
        temporary,
        constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0),
        0o666,
      ).catch((error: unknown) => {
        throw writeFailure(error, temporary);
      });
      const drop = async (): Promise<void> => {
        await handle.close().catch(() => undefined);
        await unlink(temporary).catch(() => undefined);
      };
      return {
        handle,
        drop,
        async keep() {
          try {
            await handle.sync();
            const { dev, ino } = await handle.stat();
            await handle.close();
            const kept = await queue(async () => {
              const found = await put(temporary, parent, name);
              if (found) own.add(`${dev}:${ino}`);
              return found;
            });
            if (!kept) await unlink(temporary);
            return kept;
          } catch (error) {
            await drop();
            throw writeFailure(error, join(parent, name), size);
          }
        },
      };
    },

    async sync() {
      for (const path of touched) await syncFolder(path).catch(() => undefined);
    },
  };
}

/** Without ever replacing what is there. False: the name was taken. */
async function moveToFree(from: string, path: string): Promise<boolean> {
  try {
    await link(from, path);
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === 'EEXIST') return false;
    if (!noLinks.has(reason)) throw error;
    // A file system without links, such as a stick's: it was free a moment ago.
    await rename(from, path);
    return true;
  }
  await unlink(from);
  return true;
}

/** `downloadDiskFull` or `fileNotWritable`. `bytes`: of the file that was to be written. */
export function writeFailure(error: unknown, path: string, bytes = 0): AppError {
  if (isAppError(error)) return error;
  const reason = reasonOf(error);
  if (full.has(reason)) return new AppError('downloadDiskFull', { folder: path, bytes }, { cause: error });
  return new AppError('fileNotWritable', { path, reason }, { cause: error });
}
