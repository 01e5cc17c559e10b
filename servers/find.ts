import type { Program, ServerBinary } from '../shared/lab.ts';
import type { VaultStorage } from '../shared/stacks.ts';
import { cached } from './cache.ts';
import { buildFor, cacheFolder, storagesOfForeign } from './catalogue.ts';
import { findGo, findPip, which } from './tools.ts';
import { versionOf } from './version.ts';

export interface FindOptions {
  /** What the user picked. A picked file that is not the program is an error, never passed over. */
  picked?: string | undefined;
  /** A storage that the binary must have: decides between the two builds of Vault. */
  storage?: VaultStorage | undefined;
  cache?: string | undefined;
}

const onPath: Record<Program, string> = { openbao: 'bao', vault: 'vault', kes: 'kes', minio: 'minio' };

/** Looks for a server: what was picked, `PATH`, the cache, else how it could be had. Throws `serverWrongBinary`. */
export async function find(program: Program, options: FindOptions = {}): Promise<ServerBinary> {
  if (options.picked !== undefined) return foreign(program, 'picked', options.picked);
  const path = await which(onPath[program]);
  if (path !== undefined) {
    // Another program of that name on PATH is nobody's choice: look further.
    const found = await foreign(program, 'path', path).catch(() => undefined);
    if (found !== undefined) return found;
  }
  const cache = options.cache ?? cacheFolder();
  const entry = buildFor(program, options.storage);
  // The full Vault serves for every storage, the small one only for its own.
  for (const candidate of program === 'vault' ? [entry, buildFor('vault', 'file')] : [entry]) {
    const found = await cached(candidate, cache);
    if (found === undefined) continue;
    // Builds of ours carry no stamp; the pin says more than what they report.
    return { program, source: 'cache', path: found.path, version: candidate.version, ...storages(candidate.storages) };
  }
  const missing = entry.way === 'build' ? ((await findGo()) ? undefined : 'go') : (await findPip()) ? undefined : 'pip';
  return {
    program,
    source: 'none',
    offer: {
      way: entry.way,
      megabytes: entry.megabytes,
      minutes: entry.minutes,
      licence: entry.licence,
      ...(missing === undefined ? {} : { missing }),
    },
    ...storages(entry.storages),
  };
}

async function foreign(program: Program, source: 'picked' | 'path', path: string): Promise<ServerBinary> {
  const version = await versionOf(program, path);
  return { program, source, path, version, ...storages(storagesOfForeign(program)) };
}

function storages(list: readonly VaultStorage[] | undefined): Pick<ServerBinary, 'storages'> {
  return list === undefined ? {} : { storages: [...list] };
}
