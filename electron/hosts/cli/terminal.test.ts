import { expect, test } from 'vitest';
import { AppError } from '../../../shared/rpc/errors.ts';
import { createTerminal, onOneLine } from './terminal.ts';

test('no word of a server or of a file moves the cursor of the terminal or turns its text around', () => {
  const written: string[] = [];
  const stream = { write: (text: string) => written.push(text), isTTY: false };
  const terminal = createTerminal({ json: false, language: 'en', streams: { stdout: stream, stderr: stream } });
  const hostile = 'a\u001b[2J\u009b1A\u202eb\rc';
  terminal.line(`first\tline\n${hostile}`, {});
  terminal.note(hostile);
  terminal.error(new AppError('networkRefused', { host: hostile, reason: hostile }));
  expect(written[0]).toBe('first\tline\na?[2J?1A?b?c\n');
  expect(written).toHaveLength(3);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  for (const text of written) expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
});

test('a name with a new line in it does not look like two lines', () => {
  expect(onOneLine('2026/合同 1.pdf')).toBe('2026/合同 1.pdf');
  expect(onOneLine('a · failed\n✓ b')).toBe('"a · failed\\n✓ b"');
});

test('a failure in a list is told by its code and in words, on one line', () => {
  const stream = { write: () => true, isTTY: false };
  const terminal = createTerminal({ json: false, language: 'zh-CN', streams: { stdout: stream, stderr: stream } });
  expect(terminal.why({ code: 'uploadLink', details: { name: 'a\nb' } })).toBe('uploadLink: a b 是符号链接');
});
