import { describe, expect, it } from 'vitest';
import { visibleName, visibleText } from './visibleName.ts';

const escapes = (name: string): string[] => {
  const { head, tail } = visibleName(name, 8);
  return [...head, ...tail].filter(({ escaped }) => escaped).map(({ text }) => text);
};

describe('a name that may hold any letter', () => {
  it.each([
    ['line\nbreak', 'line\\nbreak'],
    ['a\tb\rc\0', 'a\\tb\\rc\\0'],
    ['\u001b[31mred', '\\x1b[31mred'],
    ['\u007f\u0085', '\\x7f\\x85'],
    ['invoice\u202efdp.exe', 'invoice\\u202efdp.exe'],
    ['\u2066left\u2069 \u200bzero\ufeff\u00ad', '\\u2066left\\u2069 \\u200bzero\\ufeff\\xad'],
    ['two\u2028lines\u2029', 'two\\u2028lines\\u2029'],
    ['half \ud800 pair', 'half \\ud800 pair'],
    ['ad\u200dmin', 'ad\\u200dmin'],
  ])('%j is shown as %s', (name, shown) => {
    expect(visibleText(name)).toBe(shown);
  });

  it.each(['2023/01/合同/2023-0117-框架协议.pdf', 'Begrüßung + 50% <a&b>.docx', '👩‍👧 🏳️‍🌈', 'می‌خواهم', '//a/../b', ' '])(
    '%j is shown as it is',
    (name) => {
      expect(visibleText(name)).toBe(name);
    },
  );

  it('tells what is escaped from the same letters written out', () => {
    expect(escapes('a\\nb')).toEqual([]);
    expect(escapes('a\nb')).toEqual(['\\n']);
  });

  it('never loses a letter where it is cut, and never cuts one in half', () => {
    const name = `folder/${'😀'.repeat(30)}\n`;
    const { head, tail } = visibleName(name, 8);
    expect([...head, ...tail].map(({ text }) => text).join('')).toBe(`folder/${'😀'.repeat(30)}\\n`);
    expect(tail.map(({ text }) => text).join('')).toBe(`${'😀'.repeat(7)}\\n`);
  });

  it.each([
    ['2023/07/a.pdf', '2023/07/', 'a.pdf'],
    ['a.pdf', '', 'a.pdf'],
    ['2023/07/', '2023/', '07/'],
    ['/', '', '/'],
    ['//x', '//', 'x'],
  ])('%s is the folder %j and the name %j', (name, folder, rest) => {
    const { head, tail } = visibleName(name, 4);
    const all = [...head, ...tail];
    const join = (inFolder: boolean): string =>
      all
        .filter((part) => part.folder === inFolder)
        .map(({ text }) => text)
        .join('');
    expect([join(true), join(false)]).toEqual([folder, rest]);
  });
});
