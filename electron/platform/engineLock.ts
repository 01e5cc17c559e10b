import { randomBytes } from 'node:crypto';
import { link, open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../shared/rpc/errors.ts';
import { reasonOf } from './atomicFile.ts';
import { isSameProcess, processStart } from './processStart.ts';

const lockFile = z.object({ pid: z.int(), start: z.string(), nonce: z.string() });
type LockFile = z.infer<typeof lockFile>;

export interface EngineLock {
  readonly start: string;
  release(): Promise<void>;
}

/**
 * Makes this process the one engine of a data folder. The lock of a process that ended is taken over; a living one
 * means `engineRuns`. Throws `fileNotWritable` when the folder takes no file.
 */
export async function takeEngineLock(dataFolder: string): Promise<EngineLock> {
  const path = join(dataFolder, 'engine.lock');
  const mine: LockFile = {
    pid: process.pid,
    start: (await processStart(process.pid)) ?? 'unknown',
    nonce: randomBytes(12).toString('hex'),
  };
  for (let attempt = 0; attempt < 50; attempt++) {
    if (await createWhole(path, JSON.stringify(mine))) return { start: mine.start, release: () => release(path, mine.nonce) };
    const raw = await readFile(path, 'utf8').catch(() => undefined);
    if (raw === undefined) continue;
    const holder = parse(raw);
    if (holder && (await isSameProcess(holder.pid, holder.start))) throw new AppError('engineRuns', { pid: holder.pid, path: dataFolder });
    if (!holder && (await isFresh(path))) await new Promise((done) => setTimeout(done, 100));
    else await removeStale(path, raw);
  }
  throw new AppError('fileNotWritable', { path, reason: 'the lock changes hands too often' });
}

/** Pid of the living engine that holds a data folder, if one does. */
export async function engineLockHolder(dataFolder: string): Promise<number | undefined> {
  const holder = parse(await readFile(join(dataFolder, 'engine.lock'), 'utf8').catch(() => ''));
  return holder && (await isSameProcess(holder.pid, holder.start)) ? holder.pid : undefined;
}

/** The file appears with its content or not at all: a reader must never see the empty lock of a living engine. */
async function createWhole(path: string, content: string): Promise<boolean> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
    await link(temporary, path);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST') return false;
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS') return createExclusive(path, content);
    throw new AppError('fileNotWritable', { path, reason: reasonOf(error) }, { cause: error });
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
}

/** For file systems without hard links. */
async function createExclusive(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new AppError('fileNotWritable', { path, reason: reasonOf(error) }, { cause: error });
  }
}

/** Moves the stale lock away and looks again: when somebody was quicker, theirs is put back. */
async function removeStale(path: string, stale: string): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8').catch(() => stale)) !== stale) await link(aside, path).catch(() => undefined);
  await unlink(aside).catch(() => undefined);
}

async function isFresh(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs < 3000;
}

function parse(raw: string): LockFile | undefined {
  try {
    return lockFile.parse(JSON.parse(raw));
  } catch {
    return undefined;
  }
}

async function release(path: string, nonce: string): Promise<void> {
  const raw = await readFile(path, 'utf8').catch(() => '');
  if (parse(raw)?.nonce === nonce) await unlink(path).catch(() => undefined);
}
