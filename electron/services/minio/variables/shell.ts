import { type Entry, type Place, variableName } from './places.ts';

/** Variables that hold each other twice, line by line, would grow without end. */
const longest = 8_192;

interface Word {
  text: string;
  /** False: something in it is only known where the line runs. */
  known: boolean;
}

/**
 * Assignments of a shell's lines: `export A=b`, `A=b command`, `-e A=b` of a container's command line, `unset A`. What a command
 * would print is not known; variables of the same file are.
 */
export function readShell(content: string, name: string): Place {
  const entries: Entry[] = [];
  const known = new Map<string, string>();
  const elsewhere: string[] = [];
  for (const { text, line } of joined(content)) {
    const words = split(text, known);
    const assign = (word: Word | undefined): boolean => {
      const cut = word?.text.indexOf('=') ?? -1;
      const variable = word?.text.slice(0, cut) ?? '';
      if (!word || cut < 1 || !variableName.test(variable)) return false;
      const value = word.known ? word.text.slice(cut + 1) : undefined;
      entries.push({ name: variable, value, line });
      if (value === undefined) known.delete(variable);
      else known.set(variable, value);
      return true;
    };
    const [first, ...rest] = words;
    if (first?.text === 'export' || first?.text === 'set' || first?.text === 'setx') for (const word of rest) assign(word);
    else if (first?.text === 'unset') for (const { text: variable } of rest) entries.push({ name: variable, value: undefined, line });
    else if (first?.text === '.' || first?.text === 'source') elsewhere.push(rest[0]?.text ?? '');
    else {
      let at = 0;
      while (at < words.length && assign(words[at])) at += 1;
      for (; at < words.length; at += 1) {
        const option = words[at]?.text ?? '';
        if (option === '-e' || option === '--env') assign(words[at + 1]);
        else if (option.startsWith('--env=')) assign({ text: option.slice(6), known: words[at]?.known ?? false });
        else if (option === '--env-file') elsewhere.push(words[at + 1]?.text ?? '');
      }
    }
  }
  return { form: 'shell', name, entries, elsewhere: elsewhere.filter((file) => file !== '') };
}

function joined(content: string): { text: string; line: number }[] {
  const out: { text: string; line: number }[] = [];
  let text = '';
  let begun = 0;
  for (const [at, raw] of content.split(/\r?\n/).entries()) {
    if (text === '') begun = at + 1;
    if (raw.endsWith('\\')) {
      text += `${raw.slice(0, -1)} `;
      continue;
    }
    // Prompts of copied sessions.
    out.push({ text: (text + raw).replace(/^\s*[$#>] (?=\S)/, ''), line: begun });
    text = '';
  }
  if (text !== '') out.push({ text, line: begun });
  return out;
}

/** Words of one line as a POSIX shell splits them. A comment ends it, as do `;`, `&` and `|`, behind which only assignments would count. */
function split(text: string, known: ReadonlyMap<string, string>): Word[] {
  const out: Word[] = [];
  let word: Word | undefined;
  const add = (part: string, isKnown = true): void => {
    const whole = (word?.text.length ?? 0) + part.length <= longest;
    word = { text: whole ? (word?.text ?? '') + part : (word?.text ?? ''), known: (word?.known ?? true) && isKnown && whole };
  };
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === "'") {
      const end = text.indexOf("'", at + 1);
      add(text.slice(at + 1, end < 0 ? text.length : end));
      at = end < 0 ? text.length : end;
    } else if (char === '"') {
      add('');
      for (at += 1; at < text.length && text[at] !== '"'; at += 1) at = one(text, at, true, add, known);
    } else if (/\s/.test(char)) {
      if (word) out.push(word);
      word = undefined;
    } else if (char === '#' && !word) break;
    else if (char === ';' || char === '&' || char === '|') break;
    else at = one(text, at, false, add, known);
  }
  return word ? [...out, word] : out;
}

/** One letter, escape or substitution from `at` on; returns where it ended. */
function one(
  text: string,
  at: number,
  quoted: boolean,
  add: (part: string, known?: boolean) => void,
  known: ReadonlyMap<string, string>,
): number {
  const char = text[at] ?? '';
  if (char === '\\') {
    const next = text[at + 1] ?? '';
    add(quoted && !/["\\$`]/.test(next) ? `\\${next}` : next);
    return at + 1;
  }
  if (char === '`') {
    const end = text.indexOf('`', at + 1);
    add('', false);
    return end < 0 ? text.length : end;
  }
  if (char !== '$') {
    add(char);
    return at;
  }
  const rest = text.slice(at + 1);
  const variable = /^(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/.exec(rest);
  if (variable) {
    const value = known.get(variable[1] ?? variable[2] ?? '');
    add(value ?? '', value !== undefined);
    return at + variable[0].length;
  }
  if (rest[0] !== '(' && rest[0] !== '{') {
    add('$');
    return at;
  }
  const [open, close] = rest[0] === '(' ? ['(', ')'] : ['{', '}'];
  let depth = 0;
  let end = at + 1;
  for (; end < text.length; end += 1) {
    if (text[end] === open) depth += 1;
    if (text[end] === close) depth -= 1;
    if (depth === 0) break;
  }
  add('', false);
  return end;
}
