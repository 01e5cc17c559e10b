import { describe, expect, it } from 'vitest';
import type { AuditKey } from '../../../shared/audit.ts';
import { byKey } from './byKey.ts';

const key = (bucket: string, kmsKey: string, answer: AuditKey['opens']['answer'], more: Partial<AuditKey> = {}): AuditKey => ({
  bucket,
  state: 'sse-kms',
  kmsKey,
  objects: 10,
  bytes: 100,
  opens: answer === 'notTested' ? { answer } : { answer, how: 'sample' },
  ...more,
});

describe('by key', () => {
  it('adds up what a key protects in all buckets, the largest first', () => {
    const groups = byKey([key('a', 'small', 'yes'), key('a', 'k', 'yes'), key('b', 'k', 'yes', { objects: 5, bytes: 7 })]);
    expect(groups.map(({ kmsKey, objects, bytes, parts }) => [kmsKey, objects, bytes, parts.length])).toEqual([
      ['k', 15, 107, 2],
      ['small', 10, 100, 1],
    ]);
  });
  it('keeps the default key of SSE-S3 apart from an SSE-KMS key, also without a name', () => {
    expect(byKey([key('a', '', 'yes', { state: 'sse-s3' }), key('a', '', 'notTested', { state: 'sse-c' })])).toHaveLength(2);
  });
  it.each([
    [['yes', 'yes'], 'yes'],
    [['yes', 'no'], 'differs'],
    [['yes', 'notTested'], 'notTested'],
    [['no', 'notTested'], 'no'],
    [['yes', 'differs'], 'differs'],
  ] as const)('%j together is %s', (answers, together) => {
    expect(byKey(answers.map((answer, at) => key(String(at), 'k', answer)))[0]?.opens.answer).toBe(together);
  });
});
