import { readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../platform/atomicFile.ts';
import { endProcess } from '../../platform/processes.ts';
import { lookAt } from '../../platform/processLook.ts';
import { isSameProcess, processStart } from '../../platform/processStart.ts';

/** Begins the name of every second MinIO's folder, in the system's folder for temporary files. */
export const secondFolder = join(tmpdir(), 'sealdeck-second-');
const prefix = 'sealdeck-second-';
const ownerFile = 'owner.json';

const owner = z.object({
  /** The engine that uses it. */
  pid: z.int().positive(),
  start: z.string(),
  server: z.object({ pid: z.int().positive(), startTime: z.string() }).optional(),
});
type Owner = z.infer<typeof owner>;

export type Server = NonNullable<Owner['server']>;

/** Notes whose folder this is, and once it runs which process is its server; on disk when it returns. */
export async function noteOwner(folder: string, server?: Server): Promise<void> {
  const own: Owner = { pid: process.pid, start: (await processStart(process.pid)) ?? 'unknown', ...(server ? { server } : {}) };
  await writeFileAtomic(join(folder, ownerFile), JSON.stringify(own), 0o600);
}

/** The server's process, once the shell has said its number; `gone`: it said it, and there is no such process any more. */
export async function serverOf(folder: string): Promise<Server | 'gone' | undefined> {
  const pid = Number(await readFile(join(folder, 'pid'), 'utf8').catch(() => ''));
  if (!(pid > 0)) return undefined;
  const seen = await lookAt(pid);
  return seen ? { pid, startTime: seen.startTime } : 'gone';
}

/**
 * Ends servers and removes folders of engines that are gone: where not even the shell could do it, as after a loss of power or
 * when both were killed. What another engine uses, or is not surely ours, stays.
 */
export async function removeAbandoned(): Promise<void> {
  const names = await readdir(tmpdir()).catch((): string[] => []);
  for (const name of names) if (name.startsWith(prefix)) await removeIfAbandoned(join(tmpdir(), name));
}

async function removeIfAbandoned(folder: string): Promise<void> {
  const at = await stat(folder).catch(() => undefined);
  if (!at?.isDirectory() || (process.getuid && at.uid !== process.getuid())) return;
  const noted = await readOwner(folder);
  if (!noted) {
    // Killed before it was noted: nothing is in it yet. `rmdir` takes empty ones only.
    if (Date.now() - at.mtimeMs > 60_000) await rmdir(folder).catch(() => undefined);
    return;
  }
  if (await isSameProcess(noted.pid, noted.start)) return;
  if (noted.server && !(await endProcess(noted.server))) return;
  await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
}

async function readOwner(folder: string): Promise<Owner | undefined> {
  try {
    return owner.parse(JSON.parse(await readFile(join(folder, ownerFile), 'utf8')));
  } catch {
    return undefined;
  }
}
