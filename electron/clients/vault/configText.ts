import { AppError } from '../../../shared/rpc/errors.ts';

export type Scalar = string | number | boolean;
/** One setting or block of a configuration, in HCL 1 or JSON alike: `storage "file" {…}` and `{"storage": {"file": {…}}}` read the same. */
export interface Entry {
  readonly key: string;
  /** From 1. */
  readonly line: number;
  readonly value: Scalar | readonly Scalar[] | readonly Entry[];
  readonly block: boolean;
}

interface Token {
  readonly kind: 'word' | 'string' | 'number' | 'sign' | 'end';
  readonly text: string;
  readonly line: number;
}

/** `what` is a sign, never a word or a string: a token without its quotes is one, too. */
const unread = (line: number, what: string): AppError => new AppError('vaultConfigUnread', { line, what });
const signOf = ({ kind, text }: Token): string => (kind === 'sign' ? text : kind === 'end' ? 'end of file' : '…');

/** Blocks in blocks and labels after labels; no server's configuration has more than five. */
const deepest = 50;

// Each sign has one way only to be read within a string: two would be tried in all their combinations where its end is missing.
const pattern =
  /(?<space>[\s\uFEFF]+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<here><<-?(?<mark>\w+)\r?\n(?<body>[\s\S]*?)\r?\n[ \t]*\k<mark>(?=\r?\n|$))|(?<string>"(?:\\[\s\S]|\$\{[^}]{0,300}\}|\$(?!\{[^}]{0,300}\})|[^"\\\n$])*")|(?<number>-?\d+(?:\.\d+)?(?![\w.]))|(?<word>[A-Za-z_][\w.-]*)|(?<sign>[{}[\]=:,])/y;

function tokensOf(content: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  pattern.lastIndex = 0;
  while (pattern.lastIndex < content.length) {
    const from = pattern.lastIndex;
    const found = pattern.exec(content);
    if (found === null) throw unread(line, [...content.slice(from, from + 2)][0] ?? '');
    const { here, body, string, number, word, sign } = found.groups ?? {};
    if (here !== undefined) tokens.push({ kind: 'string', text: body ?? '', line });
    else if (string !== undefined) tokens.push({ kind: 'string', text: unquoted(string, line), line });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, line });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word, line });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, line });
    line += found[0].split('\n').length - 1;
  }
  return [...tokens, { kind: 'end', text: '', line }];
}

function unquoted(text: string, line: number): string {
  try {
    return JSON.parse(text.replace(/\t/g, '\\t')) as string;
  } catch {
    // HCL lets more escapes through than JSON.
    const inner = text.slice(1, -1);
    if (/\\[uxU]/.test(inner)) throw unread(line, '\\');
    return inner.replace(/\\(.)/g, (_, sign: string) => ({ n: '\n', r: '\r', t: '\t' })[sign] ?? sign);
  }
}

/** Throws `vaultConfigUnread` with the line. */
export function parseConfig(content: string): { form: 'hcl' | 'json'; entries: Entry[] } {
  const tokens = tokensOf(content);
  let at = 0;
  const peek = (): Token => tokens[at] ?? { kind: 'end', text: '', line: 0 };
  const next = (): Token => {
    const token = peek();
    at += 1;
    return token;
  };
  const is = (sign: string): boolean => peek().kind === 'sign' && peek().text === sign;
  const take = (sign: string): boolean => {
    const taken = is(sign);
    if (taken) at += 1;
    return taken;
  };

  let depth = 0;
  /** What reads blocks calls itself for those in them. */
  function within<T>(read: () => T): T {
    if (depth >= deepest) throw unread(peek().line, signOf(peek()));
    depth += 1;
    const found = read();
    depth -= 1;
    return found;
  }

  function body(end: '}' | undefined): Entry[] {
    const entries: Entry[] = [];
    while (!(end === undefined ? peek().kind === 'end' : is(end))) {
      const token = next();
      if (token.kind !== 'word' && token.kind !== 'string') throw unread(token.line, signOf(token));
      entries.push(...entry(token.text, token.line));
      take(',');
    }
    if (end !== undefined) next();
    return entries;
  }

  function entry(key: string, line: number): Entry[] {
    if (take('=') || take(':')) return [value(key, line)].flat();
    // Labels before the brace are blocks in blocks.
    if (peek().kind === 'string' || peek().kind === 'word') {
      const label = next();
      return [{ key, line, block: true, value: within(() => entry(label.text, label.line)) }];
    }
    if (!take('{')) throw unread(peek().line, signOf(peek()));
    return [{ key, line, block: true, value: within(() => body('}')) }];
  }

  function value(key: string, line: number): Entry | Entry[] {
    if (take('{')) return { key, line, block: true, value: within(() => body('}')) };
    if (!take('[')) return { key, line, block: false, value: scalar() };
    const list: Scalar[] = [];
    const blocks: Entry[] = [];
    while (!take(']')) {
      const from = peek().line;
      if (take('{')) blocks.push({ key, line: from, block: true, value: within(() => body('}')) });
      else list.push(scalar());
      take(',');
    }
    return blocks.length > 0 ? blocks : { key, line, block: false, value: list };
  }

  function scalar(): Scalar {
    const token = next();
    const { kind, text, line } = token;
    if (kind === 'string') return text;
    if (kind === 'number') return Number(text);
    if (kind === 'word' && (text === 'true' || text === 'false')) return text === 'true';
    throw unread(line, signOf(token));
  }

  const form = is('{') ? 'json' : 'hcl';
  if (form === 'hcl') return { form, entries: body(undefined) };
  next();
  const entries = body('}');
  if (peek().kind !== 'end') throw unread(peek().line, signOf(peek()));
  return { form, entries };
}
