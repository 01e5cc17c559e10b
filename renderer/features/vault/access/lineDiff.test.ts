import { expect, it } from 'vitest';
import { lineDiff } from './lineDiff.ts';

it('marks lines that are new, gone and the same', () => {
  const told = (before: string, after: string): string =>
    lineDiff(before, after)
      .map(({ kind, text }) => `${{ same: ' ', added: '+', gone: '-' }[kind]}${text}`)
      .join('\n');
  expect(told('a\nb\nc\n', 'a\nx\nc\nd\n')).toBe(' a\n-b\n+x\n c\n+d');
  expect(told('', 'a\n')).toBe('+a');
  expect(told('a', '')).toBe('-a');
  expect(told('same\n', 'same\n')).toBe(' same');
});
