import { spawn } from 'node:child_process';
import { open, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../shared/rpc/errors.ts';
import { reasonOf } from './atomicFile.ts';
import { makeFolder } from './makeFolder.ts';
import { lookAt, type SeenProcess } from './processLook.ts';

/** Enough to recognise a process again, in any later run: a pid alone comes back to somebody else. */
export interface ProcessIdentity {
  pid: number;
  startTime: string;
  /** The program's file once it was seen at work; a wrapper script changes it right after the start. */
  exe?: string | undefined;
}

export interface DetachedSpec {
  binary: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd: string;
  /** Standard output and error are appended here, mode 0600. */
  logFile: string;
  /** Must have the identity on disk when it resolves: only then does the program begin. */
  record(identity: ProcessIdentity): Promise<void>;
}

export interface Detached {
  identity: ProcessIdentity;
  /** "exit code 1" or "signal SIGKILL", when it ends while this engine is alive. */
  ended: Promise<string>;
}

/** Waits for a line before it becomes the program: when the engine dies before it has recorded the pid, the pipe closes and nothing is started. */
const gate = 'read -r go && [ "$go" = go ] && exec "$0" "$@" </dev/null';

const inherited = ['PATH', 'HOME', 'USER', 'LOGNAME', 'TMPDIR', 'LANG', 'LC_ALL', 'TZ'];
const inheritedOnWindows = [
  'SystemRoot',
  'SystemDrive',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
  'ProgramData',
  'TEMP',
  'TMP',
  'Path',
  'PATHEXT',
];

/**
 * Starts a program that outlives the engine: own session and process group, no terminal, minimal environment, output to a file.
 * The identity is recorded before the program begins. Throws `fileNotWritable` for the log, `serverDied` where it cannot be started.
 */
export async function startDetached(spec: DetachedSpec): Promise<Detached> {
  const windows = process.platform === 'win32';
  const binary = await realpath(spec.binary).catch(() => spec.binary);
  const log = await openLog(spec.logFile);
  try {
    const child = spawn(windows ? binary : '/bin/sh', windows ? spec.args : ['-c', gate, binary, ...spec.args], {
      cwd: spec.cwd,
      env: { ...pick(windows ? inheritedOnWindows : inherited), ...spec.env },
      stdio: [windows ? 'ignore' : 'pipe', log.fd, log.fd],
      detached: true,
      windowsHide: true,
    });
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(reasonOf(error)));
      child.once('exit', (code, signal) => resolve(code === null ? `signal ${signal}` : `exit code ${code}`));
    });
    child.unref();
    // A program that ended before the line was read is told by `ended`, not by a broken pipe.
    child.stdin?.on('error', () => undefined);
    const seen = child.pid === undefined ? undefined : await lookAt(child.pid);
    if (child.pid === undefined || seen === undefined)
      throw new AppError('serverDied', { kind: spec.binary, reason: await ended, lines: '' });
    const identity = { pid: child.pid, startTime: seen.startTime };
    try {
      await spec.record(identity);
    } catch (error) {
      child.stdin?.destroy();
      if (windows) await endProcess(identity);
      throw error;
    }
    child.stdin?.end('go\n');
    return { identity, ended };
  } finally {
    await log.close();
  }
}

/** What is seen of the process now, if it is still the recorded one. */
export async function seeOurs(identity: ProcessIdentity): Promise<SeenProcess | undefined> {
  const seen = await lookAt(identity.pid);
  if (seen?.startTime !== identity.startTime) return undefined;
  return identity.exe === undefined || seen.exe === undefined || seen.exe === identity.exe ? seen : undefined;
}

/**
 * Asks a process of ours to end, then kills it. Looks again before each signal, so that no other process is ever hit.
 * False when it is still there at the end.
 */
export async function endProcess(identity: ProcessIdentity, { graceMs = 20_000, killMs = 5_000 } = {}): Promise<boolean> {
  for (const [signal, limitMs] of [['SIGTERM', graceMs] as const, ['SIGKILL', killMs] as const]) {
    const seen = await seeOurs(identity);
    if (seen === undefined) return true;
    await send(identity.pid, seen, signal);
    const until = Date.now() + limitMs;
    while (Date.now() < until) {
      if ((await seeOurs(identity)) === undefined) return true;
      await wait(process.platform === 'win32' ? 500 : 50);
    }
  }
  return (await seeOurs(identity)) === undefined;
}

async function send(pid: number, seen: SeenProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (process.platform === 'win32') {
    // A detached program has no console to send Ctrl-C to, so there is only the hard end.
    const killer = spawn('taskkill', ['/PID', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true });
    await new Promise((resolve) => killer.once('close', resolve).once('error', resolve));
    return;
  }
  try {
    process.kill(seen.group === pid ? -pid : pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function openLog(file: string) {
  try {
    await makeFolder(dirname(file), 0o700);
    const handle = await open(file, 'a', 0o600);
    await handle.chmod(0o600);
    return handle;
  } catch (error) {
    throw new AppError('fileNotWritable', { path: file, reason: reasonOf(error) }, { cause: error });
  }
}

function pick(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
}
