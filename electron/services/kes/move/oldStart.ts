import { posix } from 'node:path';
import { readEnvironment } from '../../../clients/minioAdmin/environmentFile.ts';
import { harmless, type KesCommand, readCommand } from '../config/commandLine.ts';

/** How an old server was started: what a unit file, a script, a line of the shell's history or a person says. */
export interface OldStart {
  /** The command alone, on one line, from the program's name on: what stands before it may hold secrets. Empty: none was found. */
  line: string;
  command: KesCommand;
  /** As the line or the unit sets it: `${NAME}` of the file is looked up here. */
  environment: ReadonlyMap<string, string>;
  /** Files of a unit's `EnvironmentFile=`, not read yet. */
  environmentFiles: string[];
  /** `WorkingDirectory=` or a `cd` before the command. */
  workingFolder: string | undefined;
}

/** Reads any of these forms. Of several commands in a text the last one counts, as in a history. */
export function readOldStart(text: string): OldStart {
  const lines = text.replaceAll(/\\\r?\n\s*/g, ' ').split(/\r?\n/);
  const isUnit = lines.some((line) => /^\s*ExecStart\s*=/.test(line));
  return isUnit ? fromUnit(lines) : fromShell(lines);
}

/** The arguments with which the old program is started again. Undefined: the line holds flags that nobody knows. */
export function oldArguments(command: KesCommand, config: string): string[] | undefined {
  if (command.unknown.length > 0) return undefined;
  const valued = [
    ['addr', command.address],
    ['root', command.root],
    ['auth', command.auth],
    ['key', command.key],
    ['cert', command.cert],
  ].flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));
  return ['server', `--config=${config}`, ...(command.mlock ? ['--mlock'] : []), ...(command.quiet ? ['--quiet'] : []), ...valued];
}

function fromUnit(lines: readonly string[]): OldStart {
  const environment = new Map<string, string>();
  const environmentFiles: string[] = [];
  let line = '';
  let workingFolder: string | undefined;
  for (const one of lines) {
    const [, name, rest = ''] = /^\s*(\w+)\s*=(.*)$/.exec(one) ?? [];
    const value = rest.trim();
    if (name === 'ExecStart' && isServer(value)) line = fromProgram(value.replace(/^[-@:+!]+/, ''));
    else if (name === 'WorkingDirectory') workingFolder = value.replace(/^-/, '');
    else if (name === 'EnvironmentFile') environmentFiles.push(value.replace(/^-/, ''));
    else if (name === 'Environment') for (const pair of assignments(value)) environment.set(...pair);
  }
  return { line, command: readCommand(line), environment, environmentFiles, workingFolder };
}

function fromShell(lines: readonly string[]): OldStart {
  const environment = new Map<string, string>();
  let line = '';
  let folder: string | undefined;
  let workingFolder: string | undefined;
  for (const one of lines) {
    // Numbers and times before a line are the history's own.
    const shell = one.trim().replace(/^\d+\*?\s+(?:\d{4}-\d\d-\d\d\s+\d\d:\d\d(?::\d\d)?\s+)?/, '');
    if (shell === '' || shell.startsWith('#')) continue;
    const exported = /^export\s+(.*)$/.exec(shell)?.[1];
    if (exported !== undefined) for (const pair of assignments(exported)) environment.set(...pair);
    else if (!isServer(shell) && /^\w+=/.test(shell)) for (const pair of readEnvironment(shell)) environment.set(...pair);
    for (const part of shell.split(/&&|;/)) {
      const to = /^\s*cd\s+(?:"([^"]+)"|'([^']+)'|(\S+))\s*$/.exec(part);
      const wanted = to?.[1] ?? to?.[2] ?? to?.[3];
      if (wanted !== undefined) folder = folder === undefined || wanted.startsWith('/') ? wanted : posix.join(folder, wanted);
      if (!isServer(part)) continue;
      line = fromProgram(part);
      workingFolder = folder;
      for (const pair of assignments(part.slice(0, part.search(program)))) environment.set(...pair);
    }
  }
  return { line, command: readCommand(line), environment, environmentFiles: [], workingFolder };
}

const program = /(?:^|[\s/\\])kes(?:\.exe)?["']?\s+server\b/;

function fromProgram(line: string): string {
  const before = line.slice(0, line.search(/\bkes(?:\.exe)?["']?\s+server\b/));
  return harmless(line.slice(Math.max(before.lastIndexOf(' '), before.lastIndexOf('\t')) + 1).trim());
}

function isServer(line: string): boolean {
  return program.test(line);
}

/** `A=b "C=d e" F='g'`, as in a unit and before a command. */
function assignments(text: string): [string, string][] {
  const pattern = /(?:^|\s)(?:"(\w+)=([^"]*)"|'(\w+)=([^']*)'|(\w+)=(?:"([^"]*)"|'([^']*)'|(\S*)))/g;
  return [...text.matchAll(pattern)].map(([, a, av, b, bv, c, c1, c2, c3]) => [a ?? b ?? c ?? '', av ?? bv ?? c1 ?? c2 ?? c3 ?? '']);
}
