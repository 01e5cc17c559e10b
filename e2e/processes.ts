import { readdirSync, readFileSync } from 'node:fs';

export interface SeenProcess {
  pid: number;
  args: string[];
}

/** Every process whose arguments or environment name the folder (Linux: /proc). The test's own process is left out. */
export function processesNaming(folder: string): SeenProcess[] {
  const found: SeenProcess[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const args = read(`/proc/${pid}/cmdline`).split('\0').filter(Boolean);
    const environment = read(`/proc/${pid}/environ`);
    if (args.some((arg) => arg.includes(folder)) || environment.includes(folder)) found.push({ pid, args });
  }
  return found;
}

/** Arguments and environment of all processes that this user may read, as one text to search in. */
export function allProcessText(): string {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => `${read(`/proc/${pid}/cmdline`)}\n${read(`/proc/${pid}/environ`)}`)
    .join('\n');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
