import { createHash } from 'node:crypto';
import { chmod, lstat } from 'node:fs/promises';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../shared/rpc/errors.ts';
import { readJsonFile, reasonOf } from './atomicFile.ts';
import { makeFolder } from './makeFolder.ts';

/** What an engine writes about itself once its socket listens, 0600. `key` must be shown on the socket first. */
const engineFile = z.object({
  /** Of the file; `version` is the engine's. */
  format: z.literal(1).default(1),
  pid: z.int(),
  startTime: z.string(),
  socket: z.string(),
  key: z.string(),
  version: z.string(),
  build: z.string(),
});
export type EngineFile = z.input<typeof engineFile>;

export const engineFilePath = (dataFolder: string): string => join(dataFolder, 'engine.json');

/** Unreadable or foreign content counts as absent: a new engine writes it anew. */
export async function readEngineFile(dataFolder: string): Promise<EngineFile | undefined> {
  return readJsonFile(engineFilePath(dataFolder), engineFile).catch(() => undefined);
}

/** Where settings, stacks and the sealed store lie when nothing else was said. */
export function defaultDataFolder(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home = homedir()): string {
  if (env.SEALDECK_DATA) return resolve(env.SEALDECK_DATA);
  if (platform === 'win32') return join(env.APPDATA ?? join(home, 'AppData', 'Roaming'), 'Sealdeck');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Sealdeck');
  return join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'sealdeck');
}

/** Makes the folder for this user alone. Throws `fileNotWritable`. */
export async function prepareDataFolder(path: string): Promise<void> {
  try {
    await makeFolder(path, 0o700);
    if (process.platform !== 'win32') await chmod(path, 0o700);
  } catch (error) {
    throw new AppError('fileNotWritable', { path, reason: reasonOf(error) }, { cause: error });
  }
}

/** Kernels cut or refuse socket paths near 104 bytes (macOS) and 108 (Linux), so a data folder deep down cannot hold one. */
const longestSocketPath = 99;

/** The engine's socket for a data folder: a name from its hash, in a folder that belongs to this user alone. */
export async function prepareSocketPath(dataFolder: string, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const name = createHash('sha256').update(resolve(dataFolder)).digest('hex').slice(0, 16);
  if (process.platform === 'win32') return `\\\\.\\pipe\\sealdeck-${userInfo().username}-${name}`;
  const uid = userInfo().uid;
  const runtime = env.XDG_RUNTIME_DIR;
  const folders = [...(runtime ? [join(runtime, 'sealdeck')] : []), join(tmpdir(), `sealdeck-${uid}`), `/tmp/sealdeck-${uid}`];
  let refused = '';
  for (const folder of folders) {
    const path = join(folder, `${name}.sock`);
    if (Buffer.byteLength(path) > longestSocketPath) continue;
    try {
      await makeFolder(folder, 0o700);
      const found = await lstat(folder);
      if (found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0) return path;
      refused = `${folder} is not a private folder of this user`;
    } catch (error) {
      refused = `${folder}: ${reasonOf(error)}`;
    }
  }
  throw new AppError('fileNotWritable', { path: folders[0] ?? tmpdir(), reason: refused });
}
