import { expect, test } from 'vitest';
import type { InPlace } from '../../../shared/inPlace.ts';
import type { Upload } from '../../../shared/uploads.ts';
import { auditedCustomerOf, customerKeyWorkOf } from './customerKeyWork.ts';

const [ours, theirs] = ['a'.repeat(32), 'b'.repeat(32)];
const upload = (phase: Upload['phase'], choice: Upload['choice'], at: string): Upload => ({
  ...{
    id: `20261122T10000${at}-00000000`,
    stackId: 'lab',
    bucket: 'docs',
    prefix: '2026/',
    phase,
    source: 'window',
    choice,
    onConflict: 'skip',
  },
  ...{ files: 3, bytes: 3, sent: 2, counts: { done: 2, failed: 1 }, conflicts: 0, needsFiles: false },
  at: `2026-11-22T10:00:0${at}.000Z`,
});
const run = (state: InPlace['state'], scope: InPlace['scope']): InPlace => ({
  ...{ id: '20261122T090000-00000000', stackId: 'lab', scope, target: { kind: 'sse-c', keyId: ours }, mode: 'current', state },
  ...{ total: 5, totalBytes: 5, done: 4, doneBytes: 4, counts: { done: 4, gone: 1 }, deleted: 0, at: '2026-11-22T09:00:00.000Z' },
});

test('work is told by key, newest first, with what it wrote and whether it still needs the key', () => {
  const work = customerKeyWorkOf(
    [
      upload('ended', { kind: 'sse-c', keyId: ours }, '1'),
      upload('running', { kind: 'sse-c', keyId: ours }, '3'),
      upload('alarm', { kind: 'sse-c', keyId: theirs }, '2'),
      upload('ended', { kind: 'sse-s3' }, '4'),
    ],
    [run('interrupted', { from: 'prefix', bucket: 'docs', prefix: 'old/' })],
  );
  expect(work.get(ours)?.map(({ kind, where, done, state }) => [kind, where, done, state])).toEqual([
    ['upload', 'docs/2026/', 2, 'runs'],
    ['upload', 'docs/2026/', 2, 'ended'],
    ['inPlace', 'docs/old/', 4, 'open'],
  ]);
  expect(work.get(theirs)?.map(({ state }) => state)).toEqual(['open']);
  expect(work.size).toBe(2);
});

test('what audits counted says how old it is, and nothing where there was no audit', () => {
  const counted = (customer: number, at: string) => ({ at, current: { objects: [9, 0, 0, customer, 5, 5], bytes: [0, 0, 0, 0, 0, 0] } });
  const counts = new Map([
    ['a', counted(3, '2026-11-22T10:00:00.000Z')],
    ['b', counted(0, '2026-11-21T10:00:00.000Z')],
    ['c', counted(4, '2026-11-22T11:00:00.000Z')],
  ]);
  expect(auditedCustomerOf(counts)).toEqual({ objects: 7, buckets: 2, at: '2026-11-21T10:00:00.000Z' });
  expect(auditedCustomerOf(new Map())).toBeUndefined();
});
