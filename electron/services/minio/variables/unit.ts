import { type Entry, type Place, variableName } from './places.ts';

/**
 * `Environment=` and `EnvironmentFile=` of a systemd unit or drop-in: several assignments a line, quoted, `\` at the end goes
 * on, an empty assignment forgets what stood before (systemd.exec(5), systemd.syntax(7)).
 */
export function readUnit(content: string, name: string): Place {
  let entries: Entry[] = [];
  let elsewhere: string[] = [];
  for (const { text, line } of logicalLines(content)) {
    const found = /^\s*(Environment|EnvironmentFile|LoadCredential(?:Encrypted)?)\s*=\s*(.*)$/.exec(text);
    if (!found) continue;
    const [, key = '', rest = ''] = found;
    if (key === 'Environment') {
      if (rest.trim() === '') entries = [];
      for (const word of words(rest)) {
        const cut = word.indexOf('=');
        const variable = word.slice(0, cut);
        if (cut > 0 && variableName.test(variable)) entries.push({ name: variable, value: specifiers(word.slice(cut + 1)), line });
      }
    } else if (key === 'EnvironmentFile') {
      if (rest.trim() === '') elsewhere = [];
      else elsewhere.push(rest.trim().replace(/^-/, ''));
    } else elsewhere.push(rest.trim().replace(/^[^:]*:/, ''));
  }
  return { form: 'unit', name, entries, elsewhere };
}

/** Comments may stand between the parts of one line. */
function logicalLines(content: string): { text: string; line: number }[] {
  const out: { text: string; line: number }[] = [];
  let open: { text: string; line: number } | undefined;
  for (const [at, raw] of content.split(/\r?\n/).entries()) {
    if (/^\s*[#;]/.test(raw)) continue;
    const goesOn = raw.endsWith('\\');
    const part = goesOn ? `${raw.slice(0, -1)} ` : raw;
    open = open === undefined ? { text: part, line: at + 1 } : { ...open, text: open.text + part };
    if (goesOn) continue;
    out.push(open);
    open = undefined;
  }
  return open === undefined ? out : [...out, open];
}

/** Split at blanks, quotes taken off, C escapes read. */
function words(text: string): string[] {
  const out: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === '\\') {
      const next = text[at + 1] ?? '';
      word = (word ?? '') + ({ n: '\n', t: '\t', s: ' ' }[next] ?? next);
      at += 1;
    } else if (quote !== '') {
      if (char === quote) quote = '';
      else word = (word ?? '') + char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (/\s/.test(char)) {
      if (word !== undefined) out.push(word);
      word = undefined;
    } else word = (word ?? '') + char;
  }
  return word === undefined ? out : [...out, word];
}

/** `%%` is a percent sign. Any other specifier is known to systemd alone. */
function specifiers(value: string): string | undefined {
  return /%(?!%)/.test(value.replaceAll('%%', '')) ? undefined : value.replaceAll('%%', '%');
}
