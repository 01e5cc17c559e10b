import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface SeenProcess {
  pid: number;
  args: string[];
}

/** Every process whose arguments or environment name the folder. The test's own process is left out. */
export function processesNaming(folder: string): SeenProcess[] {
  return processes()
    .filter(({ args, environment }) => args.some((arg) => arg.includes(folder)) || environment.includes(folder))
    .map(({ pid, args }) => ({ pid, args }));
}

/** Arguments and environment of all processes that this user may read, as one text to search in. */
export function allProcessText(): string {
  return processes()
    .map(({ args, environment }) => `${args.join('\0')}\n${environment}`)
    .join('\n');
}

/** Collects arguments and environments of all processes until it is stopped, those that live for milliseconds too. */
export function watchProcesses(): { stop(): string; text(): string } {
  const seen = new Set<string>();
  const look = (): void => {
    for (const { args, environment } of processes()) seen.add(`${args.join('\0')}\n${environment}`);
  };
  const timer = setInterval(look, 20);
  const text = (): string => [...seen].join('\n');
  return {
    text,
    stop() {
      clearInterval(timer);
      return text();
    },
  };
}

function processes(): (SeenProcess & { environment: string })[] {
  const all = process.platform === 'linux' ? fromProc() : fromPs();
  return all.filter(({ pid }) => pid !== process.pid);
}

function fromProc(): (SeenProcess & { environment: string })[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({
      pid: Number(name),
      args: read(`/proc/${name}/cmdline`).split('\0').filter(Boolean),
      environment: read(`/proc/${name}/environ`),
    }));
}

/** macOS and BSD: `E` appends the environment to the command, and nothing tells the two apart. */
function fromPs(): (SeenProcess & { environment: string })[] {
  const lines = execFileSync('ps', ['-axwwE', '-o', 'pid=,command='], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }).split('\n');
  return lines.flatMap((line) => {
    const [, pid, command = ''] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), args: command.split(' '), environment: '' }];
  });
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
