import { expect, test } from 'vitest';
import type { AuditBucket, AuditGap, AuditKey } from '../../../shared/audit.ts';
import type { Text } from '../../../shared/text.ts';
import { shownOf } from './shown.ts';

const none = { objects: [0, 0, 0, 0, 0, 0], bytes: [0, 0, 0, 0, 0, 0] };
const longest = '\u0001'.repeat(1024);
const bucket = (at: number): AuditBucket => ({
  ...{ name: `bucket-${at}`, current: at === 99_999 ? { ...none, objects: [1, 0, 0, 0, 0, 0] } : none, noncurrent: none },
  ...{ deleteMarkers: 0, folderMarkers: 0, done: true, rule: { kind: 'sse-kms', key: 'k'.repeat(200) }, versioning: 'on' },
});
const stamped = { bucket: 'b', key: longest, modifiedAt: '2026-01-01T00:00:00.000Z' };
const key = (at: number): AuditKey => ({
  ...{ bucket: 'b', state: 'sse-kms', kmsKey: `key-${at}`, objects: 5, bytes: 5, oldest: stamped, newest: stamped },
  opens: at === 77_777 ? { answer: 'no', how: 'read' } : { answer: 'yes', how: 'read' },
});
const gap: AuditGap = { bucket: 'b', after: longest, to: longest, error: { code: 's3Error', details: {} } };
const many = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));

test('an answer about very many buckets, keys and gaps stays short enough to be sent, keeps the worst, and says what it leaves out', () => {
  const parts = { buckets: many(100_000, bucket), keys: many(100_000, key), gaps: many(2_000, () => gap), limits: [] as Text[] };
  const shown = shownOf(parts);
  // The command line ends a connection on which a frame of 16 MiB comes.
  expect(Buffer.byteLength(JSON.stringify(shown))).toBeLessThan(13_000_000);
  expect(shown.buckets.length).toBeGreaterThan(5_000);
  expect(shown.buckets.map(({ name }) => name)).toContain('bucket-99999');
  expect(shown.keys.map(({ kmsKey }) => kmsKey)).toContain('key-77777');
  const left = [shown.buckets, shown.keys, shown.gaps].map((kept, at) => ([100_000, 100_000, 2_000][at] ?? 0) - kept.length);
  expect(shown.limits.map(({ code, params }) => [code, params?.count])).toEqual(
    ['auditLimitMoreBuckets', 'auditLimitMoreKeys', 'auditLimitMoreGaps'].map((code, at) => [code, left[at]?.toLocaleString('en')]),
  );
});

test('an answer of usual length is as it is', () => {
  const parts = { buckets: many(20, bucket), keys: many(20, key), gaps: [gap], limits: [] };
  expect(shownOf(parts)).toEqual(parts);
});
