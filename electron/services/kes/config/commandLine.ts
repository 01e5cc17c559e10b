import { shellWord } from '../../../platform/shellWord.ts';

/** What an old start command says beside the file (kes.md 4.6). */
export interface KesCommand {
  config?: string;
  address?: string;
  root?: string;
  auth?: 'on' | 'off';
  key?: string;
  cert?: string;
  mlock: boolean;
  quiet: boolean;
  /** Flags that no server is known to have. */
  unknown: string[];
}

const withValue = new Map<string, 'config' | 'address' | 'root' | 'auth' | 'key' | 'cert'>([
  ['config', 'config'],
  ['c', 'config'],
  ['addr', 'address'],
  ['root', 'root'],
  ['auth', 'auth'],
  ['key', 'key'],
  ['cert', 'cert'],
]);

/**
 * Reads `kes server --config=F --mlock --root=disabled --auth off`, as it stands in a shell, a script or a unit file: words
 * before the program and what follows `&`, `|`, `;` or `>` are passed over.
 */
export function readCommand(line: string): KesCommand {
  const command: KesCommand = { mlock: false, quiet: false, unknown: [] };
  const words = shellWords(line);
  const begin = words.findIndex((word) => /(?:^|[/\\])kes(?:\.exe)?$/.test(word));
  const flags = words.slice(begin + 1).filter((word, at) => !(at === 0 && word === 'server'));
  for (let at = 0; at < flags.length; at += 1) {
    const word = flags[at] ?? '';
    if (ends.test(word)) break;
    const [, name, given] = /^--?([A-Za-z][\w-]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) continue;
    const field = withValue.get(name);
    if (field !== undefined) {
      const value = given ?? flags[at + 1] ?? '';
      if (given === undefined) at += 1;
      if (field !== 'auth') command[field] = value;
      else if (/^(?:on|off)$/i.test(value)) command.auth = value.toLowerCase() === 'off' ? 'off' : 'on';
      else command.unknown.push('--auth');
    } else if (name === 'mlock') command.mlock = given !== 'false';
    else if (name === 'quiet' || name === 'q') command.quiet = true;
    else command.unknown.push(`--${name}`);
  }
  return command;
}

/** What follows is another command, or a file. */
const ends = /^(?:&&?|\|\|?|;|\d*>>?.*|<.*)$/;

/** The command alone: nothing in it that a shell would act on where it is pasted. A line of a unit has other rules than a shell. */
export function harmless(line: string): string {
  if (!/[;&|`<>()]/.test(line)) return line;
  const words = shellWords(line);
  const end = words.findIndex((word) => ends.test(word));
  return words
    .slice(0, end < 0 ? undefined : end)
    .map(shellWord)
    .join(' ');
}

/** Words as a POSIX shell cuts them; variables stay as they are. A backslash at a line's end joins it with the next. */
function shellWords(line: string): string[] {
  const words: string[] = [];
  const pattern = /(?:[^\s"'\\]|\\[^\n]|\\\n|"(?:[^"\\]|\\.)*"|'[^']*')+/gs;
  for (const [word] of line.replaceAll(/\\\r?\n/g, ' ').matchAll(pattern))
    words.push(
      word.replaceAll(
        /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/gs,
        (_all, double: string | undefined, single: string | undefined, bare: string) =>
          double === undefined ? (single ?? bare) : double.replaceAll(/\\(["\\$`])/g, '$1'),
      ),
    );
  return words;
}
