import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

export interface CliRun {
  code: number | null;
  stdout: string;
  stderr: string;
  /** Standard output as one JSON object a line. */
  lines: Record<string, unknown>[];
}

interface CliOptions {
  input?: string;
  env?: Record<string, string>;
  /** Called with every JSON line as it comes. */
  onLine?: (line: Record<string, unknown>, kill: () => void) => void;
}

/** Runs the command line as a user would: the entry script, arguments, JSON from standard input. */
export function sealdeck(args: string[], options: CliOptions = {}): Promise<CliRun> {
  const child = spawn(process.execPath, [join(root, 'bin', 'sealdeck.js'), ...args], {
    cwd: root,
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const run: CliRun = { code: null, stdout: '', stderr: '', lines: [] };
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    run.stdout += chunk;
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) take(part);
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (run.stderr += chunk));
  child.stdin.end(options.input ?? '');

  function take(part: string): void {
    if (!part.startsWith('{')) return;
    const line = JSON.parse(part) as Record<string, unknown>;
    run.lines.push(line);
    options.onLine?.(line, () => child.kill('SIGKILL'));
  }
  return new Promise((done) => child.on('close', (code) => done({ ...run, code })));
}

/** Calls one procedure over the command line and returns its value. */
export async function call(
  dataArgs: string[],
  name: string,
  input: unknown = {},
  env?: Record<string, string>,
): Promise<Record<string, unknown>> {
  const run = await sealdeck(['call', name, '-', ...dataArgs, '--json'], { input: JSON.stringify(input), ...(env ? { env } : {}) });
  if (run.code !== 0) throw new Error(`${name} ended with ${run.code}: ${run.stderr}`);
  return JSON.parse(run.stdout) as Record<string, unknown>;
}

export async function temporaryFolder(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'sealdeck-chain-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Pid of the engine of a data folder, while it lives. */
export function enginePid(dataFolder: string): number | undefined {
  try {
    const { pid } = JSON.parse(readFileSync(join(dataFolder, 'engine.json'), 'utf8')) as { pid: number };
    process.kill(pid, 0);
    return pid;
  } catch {
    return undefined;
  }
}
