import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile } from '../electron/platform/atomicFile.ts';
import { type CatalogueEntry, cacheFolder, executable, pinnedFiles, sourcesHash } from './catalogue.ts';
import { isExecutable } from './tools.ts';

/** Written beside a binary when it was made and seen to run. */
const builtMarker = z.object({
  version: z.literal(1),
  name: z.string(),
  sources: z.string(),
  /** The Go version, or "pip". */
  tool: z.string(),
  /** What the binary says of itself. */
  reports: z.string(),
  builtAt: z.string(),
});
export type BuiltMarker = z.infer<typeof builtMarker>;
export const markerName = 'built.json';

export interface CachedServer {
  path: string;
  marker: BuiltMarker;
}

/** The cached binary of an entry whose pins are those of today, the newest if several Go versions made one. */
export async function cached(entry: CatalogueEntry, folder = cacheFolder()): Promise<CachedServer | undefined> {
  const sources = sourcesHash(entry, await pinnedFiles(entry), `${process.platform}-${process.arch}`);
  const names = (await readdir(folder).catch(() => [])).filter((name) => new RegExp(`^${entry.name}-[0-9a-f]{16}$`).test(name));
  let newest: (CachedServer & { time: number }) | undefined;
  for (const name of names) {
    const path = join(folder, name, executable(entry.binary));
    const marker = await readJsonFile(join(folder, name, markerName), builtMarker).catch(() => undefined);
    if (marker?.name !== entry.name || marker.sources !== sources || !(await isExecutable(path))) continue;
    const time = (await stat(path)).mtimeMs;
    if (newest === undefined || time > newest.time) newest = { path, marker, time };
  }
  return newest && { path: newest.path, marker: newest.marker };
}
