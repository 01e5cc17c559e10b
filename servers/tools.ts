import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { executable } from './catalogue.ts';

/** Folders where Go and Homebrew put programs; a desktop app's PATH is often shorter than a shell's. */
const usualFolders =
  process.platform === 'win32'
    ? ['C:\\Program Files\\Go\\bin']
    : ['/usr/local/go/bin', '/opt/homebrew/bin', '/usr/local/bin', '/usr/sbin', '/sbin'];

/** Full path of a program on `PATH`, or with `usual` also in the usual folders. */
export async function which(name: string, { usual = false, path = process.env.PATH ?? '' } = {}): Promise<string | undefined> {
  for (const folder of [...path.split(delimiter), ...(usual ? usualFolders : [])]) {
    if (folder === '') continue;
    const file = join(folder, executable(name));
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

export async function isExecutable(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) return false;
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

export interface ToolRun {
  code: number | null;
  lines: string[];
}

interface ToolOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
  timeoutMs?: number;
  onLine?: (line: string) => void;
}

const keptLines = 200;

/**
 * Runs a tool to its end and keeps its last lines. An abort or the time limit ends the tool with all that it started:
 * on Unix it is the head of its own process group, and `go build` has children. Never throws; `code` is null when it was ended or not started.
 */
export async function runTool(file: string, args: readonly string[], options: ToolOptions = {}): Promise<ToolRun> {
  const lines: string[] = [];
  const { promise, resolve } = Promise.withResolvers<ToolRun>();
  const child = spawn(file, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const keep = (line: string): void => {
    lines.push(line);
    if (lines.length > keptLines) lines.shift();
    options.onLine?.(line);
  };
  createInterface(child.stdout).on('line', keep);
  createInterface(child.stderr).on('line', keep);
  const end = (): void => endGroup(child);
  const timer = options.timeoutMs === undefined ? undefined : setTimeout(end, options.timeoutMs);
  options.signal?.addEventListener('abort', end, { once: true });
  if (options.signal?.aborted) end();
  child.once('error', (error) => {
    lines.push(error.message);
    resolve({ code: null, lines });
  });
  child.once('close', (code) => resolve({ code, lines }));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', end);
  }
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  if (process.platform === 'win32') {
    spawn('taskkill', ['/PID', String(child.pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true }).once('error', () => child.kill());
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended between the look and the signal.
  }
}

export interface GoTool {
  path: string;
  version: string;
}

/** The oldest Go that the pinned modules name. */
export const oldestGo = [1, 26] as const;

let goFound: Promise<GoTool | undefined> | undefined;

/** Go, if it is here and new enough. Asked once for each run of the program while it is found. */
export async function findGo(): Promise<GoTool | undefined> {
  goFound ??= lookForGo();
  const found = await goFound;
  if (found === undefined) goFound = undefined;
  return found;
}

async function lookForGo(): Promise<GoTool | undefined> {
  const path = await which('go', { usual: true });
  if (path === undefined) return undefined;
  const { code, lines } = await runTool(path, ['env', 'GOVERSION'], { env: { ...process.env, GOTOOLCHAIN: 'local' }, timeoutMs: 20_000 });
  const version = lines[0]?.trim() ?? '';
  return code === 0 && newEnough(version) ? { path, version } : undefined;
}

/** Reads `go1.26.8`; a development version without numbers counts as new. */
export function newEnough(version: string): boolean {
  const numbers = /^go(\d+)\.(\d+)/.exec(version);
  if (!numbers) return version.startsWith('devel');
  const [major, minor] = [Number(numbers[1]), Number(numbers[2])];
  return major > oldestGo[0] || (major === oldestGo[0] && minor >= oldestGo[1]);
}

/** A command line that runs pip, as file and first arguments. */
export type PipTool = readonly [file: string, ...args: string[]];

let pipFound: Promise<PipTool | undefined> | undefined;

export async function findPip(): Promise<PipTool | undefined> {
  pipFound ??= lookForPip();
  const found = await pipFound;
  if (found === undefined) pipFound = undefined;
  return found;
}

async function lookForPip(): Promise<PipTool | undefined> {
  const candidates: PipTool[] = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['py', '-m', 'pip'], ['pip3'], ['pip']];
  for (const [name, ...args] of candidates) {
    const path = await which(name, { usual: true });
    if (path === undefined) continue;
    const { code } = await runTool(path, [...args, '--version'], { timeoutMs: 20_000 });
    if (code === 0) return [path, ...args];
  }
  return undefined;
}
