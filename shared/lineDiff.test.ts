import { expect, it } from 'vitest';
import { lineDiff } from './lineDiff.ts';

it('marks lines that are new, gone and the same', () => {
  const told = (before: string, after: string): string =>
    lineDiff(before, after)
      .map(({ kind, text }) => `${{ same: ' ', added: '+', removed: '-' }[kind]}${text}`)
      .join('\n');
  expect(told('a\nb\nc\n', 'a\nx\nc\nd\n')).toBe(' a\n-b\n+x\n c\n+d');
  expect(told('', 'a\n')).toBe('+a');
  expect(told('a', '')).toBe('-a');
  expect(told('same\n', 'same\n')).toBe(' same');
});

it('shows texts that are too long to compare as replaced, and what they begin and end with as the same', () => {
  const many = (word: string): string => ['head', ...Array.from({ length: 3000 }, (_, at) => `${word} ${at}`), 'tail'].join('\n');
  const kinds = lineDiff(many('old'), many('new')).map(({ kind }) => kind);
  expect([kinds.length, kinds[0], kinds[1], kinds[3001], kinds.at(-1)]).toEqual([6002, 'same', 'removed', 'added', 'same']);
});
