import { expect, it } from 'vitest';
import { sizeWords } from './bytes.ts';
import { fill } from './text.ts';

it.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1 KiB'],
  [1536, '1.5 KiB'],
  [1023.96 * 1024, '1 MiB'],
  [100_663_296, '96 MiB'],
  [5 * 1024 ** 4, '5 TiB'],
])('%d bytes read %s', (bytes, words) => expect(sizeWords(bytes)).toBe(words));

it('a sentence says a size in the unit that it is read in', () => {
  expect(fill('{where}, {bytes:size}', { where: 'b/', bytes: 100_663_296 })).toBe('b/, 96 MiB');
  // A stored sentence may hold words already.
  expect(fill('{bytes:size}', { bytes: '96 MiB' })).toBe('96 MiB');
  expect(fill('{bytes:size} of {n:one|many}', { n: 2 })).toBe('{bytes:size} of many');
});
