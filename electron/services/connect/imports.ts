import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import type { ServerKind } from '../../../shared/stacks.ts';
import { reasonOf } from '../../platform/atomicFile.ts';
import { createKeptValues } from '../../platform/keptValues.ts';
import { textOf } from '../../platform/sentText.ts';
import type { ImportedCredential } from './credentials.ts';

const mostBytes = 1_000_000;
const mostAliases = 200;

const mcConfig = z.looseObject({
  aliases: z.record(
    z.string(),
    z.looseObject({
      url: z.string().default(''),
      accessKey: z.string().default(''),
      secretKey: z.string().default(''),
      sessionToken: z.string().optional(),
    }),
  ),
});

export interface Alias {
  name: string;
  url: string;
  accessKey: string;
}

/** Secrets from files of the user's: in memory, for ten minutes, under a name that only this engine knows. */
export interface Imports {
  keep(credentials: ReadonlyMap<string, ImportedCredential>): string;
  /** Throws `connectImportGone`. */
  take(kind: ServerKind, source: string, alias: string | undefined): ImportedCredential;
}

/** Keeps imported secrets by source. */
export function createImports(lifeMs?: number): Imports {
  const kept = createKeptValues<ReadonlyMap<string, ImportedCredential>>(lifeMs);
  return {
    keep: kept.keep,
    take(kind, source, alias) {
      const found = kept.get(source)?.get(alias ?? kind);
      if (found === undefined) throw new AppError('connectImportGone');
      return found;
    },
  };
}

/** mc's own file of the engine's user; `undefined` when there is none. Its folder is `mc` on Windows, `.mc` elsewhere. */
export async function readOwnMcConfig(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<{ name: string; content: string } | undefined> {
  const folder = environment.MC_CONFIG_DIR ?? join(homedir(), process.platform === 'win32' ? 'mc' : '.mc');
  const path = join(folder, 'config.json');
  try {
    if ((await stat(path)).size > mostBytes) throw new AppError('connectFileRefused', { name: path, reason: '@connectReasonLong' });
    return { name: path, content: textOf(await readFile(path), path) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (error instanceof AppError) throw error;
    throw new AppError('connectFileRefused', { name: path, reason: reasonOf(error) }, { cause: error });
  }
}

/**
 * The aliases of an mc configuration (minio.md 6) with their secrets apart. Without: examples that were never filled in, and
 * sessions of limited life. An address is shown without user info, which may hold a password.
 */
export function readAliases(name: string, content: string): { aliases: Alias[]; credentials: Map<string, ImportedCredential> } {
  const parsed = mcConfig.safeParse(json(content));
  if (!parsed.success) throw new AppError('connectFileRefused', { name, reason: '@connectReasonNoMc' });
  const aliases: Alias[] = [];
  const credentials = new Map<string, ImportedCredential>();
  for (const [alias, { url, accessKey, secretKey, sessionToken }] of Object.entries(parsed.data.aliases).slice(0, mostAliases)) {
    const origin = URL.canParse(url) ? new URL(url).origin : 'null';
    if (!isShort(alias, 100) || !isShort(accessKey, 128)) continue;
    if (origin === 'null' || sessionToken || accessKey.length < 3 || secretKey.length < 8 || accessKey.startsWith('YOUR-')) continue;
    aliases.push({ name: alias, url: origin, accessKey });
    credentials.set(alias, { kind: 'minio', user: accessKey, password: new Secret(secretKey) });
  }
  return { aliases, credentials };
}

/** Names are shown in lists. */
const isShort = (text: string, most: number): boolean => text.length <= most && !/\p{Cc}/u.test(text);

function json(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
