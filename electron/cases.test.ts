import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { messages } from '../shared/messages.ts';

const root = resolve(import.meta.dirname, '..');
const rows = readFileSync(join(root, 'docs', 'cases.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (?:case|---) /.test(line))
  .map((line) => line.slice(2, -2).split(' | '));

/** Whether a file of tests has one of this name, as it stands in its source. */
function hasTest(file: string, name: string): boolean {
  const quoted = [`'${name}'`, `"${name}"`, `\`${name}\``];
  return existsSync(join(root, file)) && quoted.some((one) => readFileSync(join(root, file), 'utf8').includes(one));
}

describe('the table of cases', () => {
  it('has three cells in every row', () => {
    expect(rows.length).toBeGreaterThan(60);
    expect(rows.filter((row) => row.length !== 3)).toEqual([]);
  });

  it('names tests that exist', () => {
    const named = rows.flatMap(([what, tests = '']) => tests.split('<br>').map((test) => ({ what, match: /^`([^`]+)` (.+)$/.exec(test) })));
    const missing = named.filter(({ match }) => !hasTest(match?.[1] ?? '', match?.[2] ?? ''));
    expect(missing.map(({ what, match }) => `${what}: ${match?.[0]}`)).toEqual([]);
  });

  it('quotes titles as the messages have them, in both languages', () => {
    const quotes = rows.flatMap(([, , read = '']) => read.split('<br>').filter((part) => part.startsWith('`')));
    expect(quotes.length).toBeGreaterThan(40);
    const errors = { en: messages.en.errors, zh: messages['zh-CN'].errors } as Record<
      string,
      Record<string, { title: string } | undefined>
    >;
    const wrong = quotes.filter((quote) => {
      const [, code, en, zh] = /^`(.+)` “(.+)” 「(.+)」$/.exec(quote) ?? [];
      return code === undefined || errors.en?.[code]?.title !== en || errors.zh?.[code]?.title !== zh;
    });
    expect(wrong).toEqual([]);
  });
});
