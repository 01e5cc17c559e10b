import { describe, expect, it } from 'vitest';
import { compareKeys } from './keyOrder.ts';

describe('the order of keys', () => {
  it('is that of their UTF-8 bytes, for every pair of odd ones', () => {
    const keys = [
      '',
      'a',
      'a/',
      'a b',
      'ab',
      'A',
      'é',
      '中',
      '\ud7ff',
      '\ue000',
      '\uffff',
      '😀',
      '😀a',
      '\u{10ffff}',
      '\ue000😀',
      'a\uffff',
      'a😀',
      'a\n',
    ];
    for (const a of keys)
      for (const b of keys)
        expect(Math.sign(compareKeys(a, b)), JSON.stringify([a, b])).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
  });
});
