import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { processStart } from './processStart.ts';

const run = promisify(execFile);

/** What the system says of a process that is alive. */
export interface SeenProcess {
  /** As `processStart` tells it. */
  startTime: string;
  /** The program's file, where the system tells it. */
  exe?: string;
  /** Process group, on Unix. */
  group?: number;
}

/** Looks at a process. `undefined`: there is none, or only a zombie, or one whose start the system does not tell. */
export async function lookAt(pid: number): Promise<SeenProcess | undefined> {
  const startTime = await processStart(pid);
  if (startTime === undefined || startTime === 'unknown') return undefined;
  const more = process.platform === 'linux' ? await fromProc(pid) : process.platform === 'win32' ? await fromCim(pid) : await fromPs(pid);
  return more === undefined ? undefined : { startTime, ...more };
}

type More = Omit<SeenProcess, 'startTime'>;

async function fromProc(pid: number): Promise<More | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  const exe = await readlink(`/proc/${pid}/exe`).catch(() => undefined);
  // A binary that was replaced while it runs is still the one that we started.
  return { ...groupOf(stat), ...(exe === undefined ? {} : { exe: exe.replace(/ \(deleted\)$/, '') }) };
}

/** proc(5): the second field is the command in parentheses and may hold spaces and parentheses itself; the fifth is the group. */
export function groupOf(stat: string): { group?: number } {
  const group = Number(
    stat
      .slice(stat.lastIndexOf(')') + 1)
      .trim()
      .split(' ')[2],
  );
  return Number.isInteger(group) ? { group } : {};
}

async function fromPs(pid: number): Promise<More | undefined> {
  const ended = await run('ps', ['-ww', '-o', 'stat=,pgid=,comm=', '-p', String(pid)]).catch(() => undefined);
  return ended === undefined ? undefined : parsePs(ended.stdout);
}

/** One line such as `Ss  812 /usr/local/bin/kes`. The last column is a path on macOS and a bare name elsewhere. */
export function parsePs(output: string): More | undefined {
  const [, state, group, exe] = /^\s*(\S+)\s+(\d+)\s+(.+?)\s*$/m.exec(output) ?? [];
  if (state === undefined || state.startsWith('Z')) return undefined;
  return { group: Number(group), ...(exe?.startsWith('/') ? { exe } : {}) };
}

interface CimProcess {
  ProcessId: number;
  ExecutablePath: string | null;
  CommandLine: string | null;
}

async function fromCim(pid: number): Promise<More | undefined> {
  const [found] = await askWindows(`ProcessId=${pid}`);
  if (found === undefined) return undefined;
  return found.ExecutablePath === null ? {} : { exe: found.ExecutablePath };
}

async function askWindows(filter: string): Promise<CimProcess[]> {
  const select = `Get-CimInstance Win32_Process -Filter "${filter}" | Select-Object ProcessId,ExecutablePath,CommandLine`;
  const ended = await run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', `ConvertTo-Json -Compress @(${select})`], {
    windowsHide: true,
  }).catch(() => undefined);
  return ended === undefined || ended.stdout.trim() === '' ? [] : (JSON.parse(ended.stdout) as CimProcess[]);
}

/** Windows only: the pid of a process of this program whose command line holds all arguments. Finds one whose start was not recorded. */
export async function findByCommand(exe: string, args: readonly string[]): Promise<number | undefined> {
  if (process.platform !== 'win32') return undefined;
  const name = exe.split(/[\\/]/).at(-1) ?? exe;
  const found = (await askWindows(`Name='${name.replaceAll("'", "''")}'`)).find(
    (one) => one.ExecutablePath?.toLowerCase() === exe.toLowerCase() && args.every((arg) => one.CommandLine?.includes(arg)),
  );
  return found?.ProcessId;
}
