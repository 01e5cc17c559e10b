import { expect, it } from 'vitest';
import type { Audit, AuditBucket, AuditKey } from '../../../shared/audit.ts';
import { lastKeys } from './lastKeys.ts';

const amounts = { objects: [0, 0, 0, 0, 0, 0], bytes: [0, 0, 0, 0, 0, 0] };
const audit = (id: string, buckets: string[] | undefined, versions = false): Audit =>
  ({
    ...{ id, state: 'finished', at: `at ${id}`, endedAt: `at ${id}`, method: 'list', options: { verifyAll: true } },
    scope: { prefix: '', versions, ...(buckets ? { buckets } : {}) },
  }) as unknown as Audit;
const bucket = (name: string) => ({ name, current: amounts, done: true }) as unknown as AuditBucket;
const key = (name: string, kmsKey: string, objects: number): AuditKey =>
  ({ bucket: name, state: 'sse-kms', kmsKey, objects, bytes: objects, opens: { answer: 'yes' } }) as AuditKey;

it('each bucket is told by its newest audit alone, and what none of them saw is said once', async () => {
  const audits = [audit('2', ['letters']), audit('1', undefined)];
  const buckets: Record<string, AuditBucket[]> = { 2: [bucket('letters')], 1: [bucket('letters'), bucket('scans')] };
  const keys: Record<string, AuditKey[]> = {
    2: [key('letters', 'minio-a', 7)],
    1: [key('letters', 'minio-a', 3), key('scans', 'minio-a', 1)],
  };
  const found = await lastKeys(
    audits,
    async (id) => buckets[id] ?? [],
    async (id) => keys[id] ?? [],
  );
  expect(found.keys.map(({ key: { bucket: name, objects }, at }) => [name, objects, at])).toEqual([
    ['letters', 7, 'at 2'],
    ['scans', 1, 'at 1'],
  ]);
  expect(found).toMatchObject({ at: 'at 1', buckets: 2 });
  expect(found.notSeen.map(({ code }) => code)).toContain('auditLimitVersions');
  expect(new Set(found.notSeen.map(({ code }) => code)).size).toBe(found.notSeen.length);
});

it('without an audit nothing is known, and that is no zero', async () => {
  expect(
    await lastKeys(
      [],
      async () => [],
      async () => [],
    ),
  ).toEqual({ keys: [], buckets: 0, notSeen: [] });
});
