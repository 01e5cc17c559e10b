import { expect, it } from 'vitest';
import { atHand, partSent, restOf, toSend } from './totals.ts';

const upload = { files: 4, bytes: 1000, sent: 999, conflicts: 1, counts: { waits: 2, sending: 1, done: 1 } };

it('is 100 only when all is sent, and counts files where all of them are empty', () => {
  expect(partSent(upload)).toBe(99);
  expect(partSent({ ...upload, sent: 1000 })).toBe(100);
  expect(partSent({ ...upload, bytes: 0, sent: 0 })).toBe(25);
  expect(partSent({ files: 0, bytes: 0, sent: 0, counts: {} })).toBe(0);
});

it('counts what is left, and what a start would send', () => {
  expect(restOf(upload)).toBe(3);
  expect(atHand(upload)).toBe(3);
  expect(atHand({ ...upload, missing: { files: 2, names: ['a', 'b'] } })).toBe(1);
  expect(toSend(upload, 'skip')).toBe(1);
  expect(toSend(upload, 'replace')).toBe(2);
});
