import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { processesNaming } from '../e2e/processes.ts';

/** Resident memory in bytes. */
export function residentBytes(pid: number): number {
  const status = existsSync('/proc') ? readFileSync(`/proc/${pid}/status`, 'utf8') : undefined;
  const kib = status === undefined ? ps(pid, 'rss') : (/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? '');
  return Number(kib) * 1024;
}

/** CPU time since the start in milliseconds: of all threads in nanoseconds where the kernel counts them, else as coarse as `ps`. */
export function cpuMs(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  if (!existsSync(tasks)) return clock(ps(pid, 'time'));
  const threads = readdirSync(tasks).map((task) => Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]));
  return threads.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1e6;
}

function ps(pid: number, field: string): string {
  return execFileSync('ps', ['-o', `${field}=`, '-p', String(pid)], { encoding: 'utf8' }).trim();
}

/** `[[days-]hours:]minutes:seconds[.hundredths]` as `ps` writes it. */
function clock(text: string): number {
  return (
    text.split(/[-:]/).reduce((sum, part, at, parts) => sum * (at === 1 && parts.length === 4 ? 24 : at === 0 ? 1 : 60) + Number(part), 0) *
    1000
  );
}

/** Asks the processes to end, then ends them; returns once all are gone. */
export async function endProcesses(pids: readonly number[]): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    for (const pid of pids) send(pid, signal);
    for (const until = Date.now() + 10_000; Date.now() < until; await pause(50)) if (!pids.some((pid) => send(pid, 0))) return;
  }
}

/** What a stopped run left: every process whose arguments or environment name the temporary folder, also those that start meanwhile. */
export async function endLeftovers(folder: string): Promise<void> {
  if (!existsSync('/proc')) return;
  for (let tries = 5; tries > 0; tries--) {
    const found = processesNaming(folder);
    if (found.length === 0) return;
    await endProcesses(found.map(({ pid }) => pid));
  }
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
