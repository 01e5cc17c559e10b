import { execFile } from 'node:child_process';
import { access, constants, readFile, realpath } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { MemoryLock, Program } from '../../shared/lab.ts';
import { AppError } from '../../shared/rpc/errors.ts';
import { reasonOf } from './atomicFile.ts';
import { shellWord } from './shellWord.ts';

const run = promisify(execFile);

/** capabilities(7): bit numbers in `CapEff`. */
const ipcLock = 14n;
const setFileCapabilities = 31n;

/**
 * Whether a server program may lock its memory: by this process's own capability or limit, which it inherits, or by a
 * capability of the file. OpenBao and MinIO never lock. Symbolic links are resolved, as `setcap` needs it.
 */
export async function memoryLockOf(path: string, program: Program): Promise<MemoryLock> {
  if (program === 'openbao' || program === 'minio') return { state: 'notNeeded', canRun: false };
  if (process.platform !== 'linux') return { state: 'unsupported', canRun: false };
  const file = await realpath(path).catch(() => path);
  const [status, limits, caps] = await Promise.all([
    readFile('/proc/self/status', 'utf8').catch(() => ''),
    readFile('/proc/self/limits', 'utf8').catch(() => ''),
    fileCapabilities(file),
  ]);
  const granted = inheritsLock(status, limits) || fileGrantsLock(caps);
  const canRun = hasCapability(status, setFileCapabilities) && (await tool('setcap')) !== undefined;
  return { state: granted ? 'granted' : 'missing', command: `sudo setcap cap_ipc_lock=+ep ${shellWord(file)}`, canRun };
}

/** Gives the file the capability and runs it once: in some containers a file with a capability cannot be started at all. Throws `memoryLockFailed`. */
export async function grantMemoryLock(path: string, versionArgs: readonly string[]): Promise<void> {
  const file = await realpath(path).catch(() => path);
  const setcap = await tool('setcap');
  if (setcap === undefined) throw new AppError('memoryLockFailed', { path: file, reason: 'setcap is not installed' });
  try {
    await run(setcap, ['cap_ipc_lock=+ep', file]);
  } catch (error) {
    throw new AppError('memoryLockFailed', { path: file, reason: lastLine(error) }, { cause: error });
  }
  try {
    await run(file, [...versionArgs], { timeout: 30_000 });
  } catch (error) {
    await run(setcap, ['-r', file]).catch(() => undefined);
    throw new AppError('memoryLockFailed', { path: file, reason: lastLine(error) }, { cause: error });
  }
}

/** Reads proc(5) `status` and `limits` of this process; root without the capability is bound by the limit like anyone else. */
export function inheritsLock(status: string, limits: string): boolean {
  return hasCapability(status, ipcLock) || /^Max locked memory\s+unlimited\s/m.test(limits);
}

/** Reads what `getcap` says after the path: `cap_ipc_lock=ep`, in older versions `= cap_ipc_lock+ep`. Only an effective one counts. */
export function fileGrantsLock(capabilities: string): boolean {
  return /cap_ipc_lock(?:,[\w,]+)?[+=][a-z]*e/.test(capabilities);
}

function hasCapability(status: string, bit: bigint): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return effective !== undefined && ((BigInt(`0x${effective}`) >> bit) & 1n) === 1n;
}

async function fileCapabilities(file: string): Promise<string> {
  const getcap = await tool('getcap');
  if (getcap === undefined) return '';
  return run(getcap, [file]).then(
    ({ stdout }) => stdout.slice(file.length),
    () => '',
  );
}

/** `/usr/sbin` is not on every user's PATH. */
async function tool(name: 'setcap' | 'getcap'): Promise<string | undefined> {
  for (const folder of [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin']) {
    const file = `${folder}/${name}`;
    const found =
      folder !== '' &&
      (await access(file, constants.X_OK).then(
        () => true,
        () => false,
      ));
    if (found) return file;
  }
  return undefined;
}

function lastLine(error: unknown): string {
  const stderr = (error as { stderr?: unknown }).stderr;
  const lines = typeof stderr === 'string' ? stderr.trim().split('\n') : [];
  return lines.at(-1) || reasonOf(error);
}
