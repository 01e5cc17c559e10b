import { explain, sentence } from '../../../shared/messages.ts';
import { type AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { ErrorFrame } from '../../../shared/rpc/frames.ts';
import type { Language, Text } from '../../../shared/text.ts';

/** Where a command prints. With `--json` standard output carries one JSON object a line and nothing else. */
export interface Terminal {
  readonly json: boolean;
  readonly language: Language;
  say(text: Text): string;
  /** A failure in a few words on one line, after its code. */
  why(error: ErrorFrame): string;
  line(plain: string, json: unknown): void;
  /** A line that overwrites itself, only where a person looks at it. */
  progress(text: string): void;
  note(text: string): void;
  error(error: unknown): void;
}

export interface Streams {
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown; isTTY?: boolean | undefined };
}

export function createTerminal(options: { json: boolean; language: Language; streams: Streams }): Terminal {
  const { json, language, streams } = options;
  const { stdout, stderr } = streams;
  let open = false;
  const clear = (): void => {
    if (open) stderr.write('\r\u001b[K');
    open = false;
  };
  return {
    json,
    language,
    say: (text) => sentence(language, text),
    why: ({ code, details }) => oneLine(`${code}: ${explain(language, code, details).title}`),
    line(plain, value) {
      clear();
      stdout.write(json ? `${JSON.stringify(value)}\n` : `${plainText(plain)}\n`);
    },
    progress(text) {
      if (!stderr.isTTY) return;
      clear();
      stderr.write(oneLine(text).slice(0, 160));
      open = true;
    },
    note(text) {
      clear();
      stderr.write(`${oneLine(text)}\n`);
    },
    error(error) {
      clear();
      const told = asTold(error);
      const { title, explanation, next } = explain(language, told.code, told.details);
      const stop = language === 'zh-CN' ? '。' : '. ';
      const ends = /[.。]$/.test(explanation) ? '' : stop.trimEnd();
      stderr.write(`${oneLine(`${told.code}: ${title}${stop}${explanation}${ends}${language === 'zh-CN' ? '' : ' '}${next}`)}\n`);
      if (json) stdout.write(`${JSON.stringify({ error: { code: told.code, title, explanation, next, details: told.details } })}\n`);
    },
  };
}

/** A defect of the command line itself has no incident in the log; its message is all there is. */
function asTold(error: unknown): Pick<AppError, 'code' | 'details'> {
  if (isAppError(error)) return error;
  return { code: 'internal', details: { incident: error instanceof Error ? error.message : String(error) } };
}

/** A name in a list: one with letters that end a line, or are none, is quoted. */
export function onOneLine(name: string): string {
  return /[\p{Cc}\p{Zl}\p{Zp}]/u.test(name) ? JSON.stringify(name) : name;
}

function oneLine(text: string): string {
  return plainText(text.replace(/\s*\n\s*/g, ' ').trim());
}

/** Words of servers and of files stand in messages: none of them may move the cursor or turn the direction of text. */
function plainText(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, '?');
}
