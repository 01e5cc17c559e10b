import { expect, it } from 'vitest';
import { AppError } from '../../../shared/rpc/errors.ts';
import { ruleTimes } from './ruleSince.ts';

const line = (seq: number, at: string, bucket: string, rule: string, outcome = 'done'): string =>
  JSON.stringify({ v: 1, seq, at, actor: 'me', action: { code: 'bucketDidRule', params: { bucket, rule } }, outcome, mac: '' });
const journal = [
  line(1, '2026-01-01', 'docs', 'SSE-S3'),
  line(2, '2026-02-01', 'docs', 'SSE-KMS one'),
  line(3, '2026-03-01', 'docs', 'SSE-KMS one'),
  line(4, '2026-04-01', 'other', 'SSE-KMS one', 'failed'),
  'not json',
];
const nothing = { ruleTimes: async () => new Map<string, string>() };

it('believes MinIO before the journal', async () => {
  const since = await ruleTimes({ ruleTimes: async () => new Map([['docs', '2026-02-02']]) }, journal);
  expect(since('docs', { kind: 'sse-kms', key: 'one' })).toEqual({ at: '2026-02-02', from: 'server' });
});

it('takes from the journal when the present rule was first written, and nothing where another one stands now', async () => {
  const since = await ruleTimes(nothing, journal);
  expect(since('docs', { kind: 'sse-kms', key: 'one' })).toEqual({ at: '2026-02-01', from: 'journal' });
  expect(since('docs', { kind: 'sse-s3' })).toBeUndefined();
  expect(since('docs', { kind: 'none' })).toBeUndefined();
  expect(since('docs', undefined)).toBeUndefined();
  expect(since('other', { kind: 'sse-kms', key: 'one' })).toBeUndefined();
});

it('knows the journal also where MinIO may not be asked', async () => {
  const refused = { ruleTimes: () => Promise.reject(new AppError('minioAccessDenied', { where: 'admin', code: 'AccessDenied' })) };
  const since = await ruleTimes(refused, journal);
  expect(since('docs', { kind: 'sse-kms', key: 'one' })?.from).toBe('journal');
});
