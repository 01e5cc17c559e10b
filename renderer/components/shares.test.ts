import { expect, it } from 'vitest';
import { shareText } from './shares.ts';

it.each([
  [0, 100, '0'],
  [1, 100_000, '<0.1%'],
  [989, 1000, '98.9%'],
  [99_999, 100_000, '>99.9%'],
  [5, 5, '100%'],
  [1, 0, '0'],
])('%d of %d is %s', (part, whole, text) => expect(shareText(part, whole, 'en')).toBe(text));
