import { expect, it } from 'vitest';
import { madeAudit } from '../../../shared/audit.testSupport.ts';
import type { Audit, AuditScope } from '../../../shared/audit.ts';
import { estimateOf, sameScope } from './estimate.ts';
import type { Place } from './looking.ts';

const scope: AuditScope = { buckets: ['docs', 'logs'], prefix: '', versions: false };
const place: Place = {
  method: 'list',
  buckets: [
    { name: 'docs', expected: 100, rule: { kind: 'sse-s3' }, versioning: 'off' },
    { name: 'logs', expected: 30, rule: { kind: 'none' } },
  ],
  usage: { at: '2026-02-01', buckets: new Map([['docs', { objects: 100, bytes: 5000, versions: 0, deleteMarkers: 0 }]]) },
  who: { user: 'me', credential: 'root', server: '' },
};
const finished = (startedAt: string, more: Partial<Audit> = {}): Audit =>
  madeAudit({
    ...{ scope, startedAt, rate: 10, current: { objects: [1, 0, 0, 0, 40, 9], bytes: [0, 0, 0, 0, 0, 0] } },
    ...more,
  });

it('counts by MinIO’s own scanner, and tells no time that nobody measured', () => {
  expect(estimateOf(scope, place, [])).toMatchObject({
    objects: 130,
    from: 'usage',
    seconds: undefined,
    kmsCalls: { least: 100, most: 260 },
  });
});

it('counts by a newer audit of the same place, with what it found and how fast it was', () => {
  const told = estimateOf(scope, place, [finished('2026-03-01')]);
  expect(told).toMatchObject({ objects: 50, from: 'audit', seconds: 5, kmsCalls: { least: 40, most: 89 } });
  expect(estimateOf(scope, place, [finished('2026-01-01')])).toMatchObject({ objects: 130, from: 'usage', seconds: 13 });
  const elsewhere = finished('2026-03-01', { scope: { ...scope, buckets: ['docs'] } });
  expect(estimateOf(scope, place, [elsewhere])).toMatchObject({ objects: 130, from: 'usage', seconds: 13 });
});

it('takes no time from a run of few objects, nor from one that was slow on purpose', () => {
  const busy: Place = {
    ...place,
    buckets: [
      { name: 'docs', expected: 5000 },
      { name: 'logs', expected: 500 },
    ],
  };
  const old = finished('2026-01-01');
  expect(estimateOf(scope, busy, [old])).toMatchObject({ objects: 5500, seconds: undefined });
  expect(estimateOf(scope, place, [{ ...old, options: { verifyAll: true } }])).toMatchObject({ seconds: undefined });
  expect(estimateOf(scope, place, [{ ...old, options: { verifyAll: false, requestsPerSecond: 1 } }])).toMatchObject({ seconds: undefined });
});

it('counts what came since the last audit as whatever it may be', () => {
  expect(estimateOf(scope, place, [finished('2026-01-01')])).toMatchObject({ objects: 130, kmsCalls: { least: 40, most: 249 } });
});

it('tells of a part of a bucket nothing that was counted for the whole', () => {
  const told = estimateOf({ ...scope, buckets: ['docs'], prefix: 'x/' }, { ...place, buckets: [{ name: 'docs' }] }, []);
  expect(told).toMatchObject({ objects: undefined, seconds: undefined, kmsCalls: undefined });
});

it('takes scopes for the same whatever the order of their buckets', () => {
  expect(sameScope(scope, { ...scope, buckets: ['logs', 'docs'] })).toBe(true);
  expect(sameScope(scope, { prefix: '', versions: false })).toBe(false);
  expect(sameScope(scope, { ...scope, versions: true })).toBe(false);
});
