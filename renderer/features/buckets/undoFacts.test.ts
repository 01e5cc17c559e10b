import { expect, it } from 'vitest';
import type { BucketRule } from '../../../shared/minio.ts';
import { encryptsAll, undoFacts } from './undoFacts.ts';

const none: BucketRule = { kind: 'none' };
const s3: BucketRule = { kind: 'sse-s3' };
const kms = (key: string): BucketRule => ({ kind: 'sse-kms', key });
const row = (name: string, rule?: BucketRule) => ({ name, ...(rule ? { rule } : {}) });
const facts = (changes: { bucket: string; from: BucketRule; to: BucketRule }[], rows: ReturnType<typeof row>[]) =>
  undoFacts({ changes }, rows);
const nothing = { ways: [], bare: [], there: [], moved: [], unread: [], gone: [] };

it('says which buckets go from which rule to which, and which would have none', () => {
  const changes = [
    { bucket: 'a', from: none, to: kms('k') },
    { bucket: 'b', from: s3, to: kms('k') },
    { bucket: 'c', from: none, to: kms('k') },
  ];
  expect(facts(changes, [row('a', kms('k')), row('b', kms('k')), row('c', kms('k')), row('other', none)])).toEqual({
    ...nothing,
    ways: [
      { from: kms('k'), to: none, buckets: ['a', 'c'] },
      { from: kms('k'), to: s3, buckets: ['b'] },
    ],
    bare: ['a', 'c'],
  });
});

it('leaves what was changed since, has its former rule already, or is gone', () => {
  const changes = ['moved', 'otherKey', 'there', 'gone'].map((bucket) => ({ bucket, from: none, to: kms('k') }));
  expect(facts(changes, [row('moved', s3), row('otherKey', kms('x')), row('there', none)])).toEqual({
    ...nothing,
    there: ['there'],
    moved: [
      { bucket: 'moved', rule: s3 },
      { bucket: 'otherKey', rule: kms('x') },
    ],
    gone: ['gone'],
  });
});

it('counts a bucket whose rule cannot be read among those that may have none afterwards', () => {
  expect(facts([{ bucket: 'a', from: none, to: s3 }], [row('a')])).toEqual({ ...nothing, unread: ['a'], bare: ['a'] });
  expect(facts([{ bucket: 'a', from: s3, to: none }], [row('a')])).toEqual({ ...nothing, unread: ['a'] });
});

it('one click is enough only where each former rule encrypts', () => {
  expect(encryptsAll({ changes: [{ bucket: 'a', from: s3, to: none }] })).toBe(true);
  expect(
    encryptsAll({
      changes: [
        { bucket: 'a', from: s3, to: kms('k') },
        { bucket: 'b', from: none, to: kms('k') },
      ],
    }),
  ).toBe(false);
});
