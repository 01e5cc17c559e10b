import { describe, expect, it } from 'vitest';
import { madeAudit } from '../../../shared/audit.testSupport.ts';
import type { Audit, AuditBucket, AuditKey } from '../../../shared/audit.ts';
import { verdictOf } from '../../../shared/auditVerdict.ts';
import { sentence } from '../../../shared/messages.ts';
import { say } from '../../../shared/text.ts';
import { findingsOf, limitsOf, reasonKey } from './findings.ts';
import { noAmounts } from './progress.ts';

const amounts = (...objects: number[]) => ({ objects: [...objects, 0, 0, 0, 0, 0, 0].slice(0, 6), bytes: [0, 0, 0, 0, 0, 0] });
const bucket = (more: Partial<AuditBucket> = {}): AuditBucket => ({
  ...{ name: 'docs', current: noAmounts(), noncurrent: noAmounts(), deleteMarkers: 0, folderMarkers: 0, done: true },
  ...{ rule: { kind: 'sse-kms', key: 'minio-docs' }, versioning: 'off' },
  ...more,
});
const audit = (more: Partial<Audit> = {}): Audit => madeAudit({ scope: { prefix: '', versions: true }, ...more });
const key = (more: Partial<AuditKey>): AuditKey => ({
  ...{ bucket: 'docs', state: 'sse-kms', kmsKey: 'minio-docs', objects: 5, bytes: 50, opens: { answer: 'yes', how: 'sample' } },
  ...more,
});
const find = (buckets: AuditBucket[], keys: AuditKey[] = [], more: Partial<Audit> = {}, reasons = new Map()) => {
  const current = amounts(...[0, 1, 2, 3, 4, 5].map((state) => buckets.reduce((sum, one) => sum + (one.current.objects[state] ?? 0), 0)));
  return findingsOf({ audit: audit({ current, ...more }), buckets, keys, reasons, dataFolder: '/data' });
};
const codes = (...of: Parameters<typeof find>): string[] => find(...of).map(({ level, what }) => `${level} ${what.code}`);

describe('plaintext', () => {
  const since = { at: '2026-11-01T00:00:00.000Z', from: 'server' as const };

  it('is told apart by the time of the rule, each with its filter and a plan that names only this bucket', () => {
    const found = find([bucket({ current: amounts(12_034), ruleSince: since, plainBefore: 12_031, plainAfter: 3 })]);
    expect(found.map(({ what }) => sentence('en', what))).toEqual([
      '3 objects in docs are plaintext although its rule SSE-KMS minio-docs was set on 2026-11-01, before they were written.',
      '12,031 objects in docs are plaintext and were written before its rule SSE-KMS minio-docs of 2026-11-01.',
    ]);
    expect(found.map(({ filter }) => filter)).toEqual([
      { states: ['plaintext'], bucket: 'docs', from: since.at },
      { states: ['plaintext'], bucket: 'docs', before: since.at },
    ]);
    expect(found[1]?.commands.join('\n')).toContain('--enc-kms sealdeck/docs=minio-docs ');
  });

  it('without a known time or rule is not guessed to be older or younger', () => {
    expect(codes([bucket({ current: amounts(2) })])).toEqual(['fail auditFindPlain']);
    expect(codes([bucket({ current: amounts(2), rule: { kind: 'none' } })])).toEqual(['fail auditFindPlainNoRule']);
    const { rule: _, ...unread } = bucket({ current: amounts(2) });
    expect(codes([unread])).toEqual(['fail auditFindPlainRuleUnknown']);
  });

  it('of folder markers alone alarms nobody', () => {
    expect(codes([bucket({ current: amounts(4, 0, 0, 0, 0, 9), folderMarkers: 4 })], [], { folderMarkers: 4 })).toEqual([
      'info auditFindClean',
      'info auditFindMarkers',
    ]);
    expect(verdictOf(audit({ current: amounts(4), folderMarkers: 4 }))).toEqual({ plaintext: 0, unclear: 0 });
  });

  it('in older versions is told beside the present ones', () => {
    expect(codes([bucket({ noncurrent: amounts(7), current: amounts(0, 0, 0, 0, 0, 1) })])).toEqual(['warn auditFindOldVersions']);
  });
});

describe('what does not open', () => {
  it('names the key that is gone, and says when only samples tell it', () => {
    expect(codes([bucket({ current: amounts(0, 0, 0, 0, 0, 5) })], [key({ opens: { answer: 'no', how: 'sample' } })])).toEqual([
      'fail auditFindKeyGoneSample',
    ]);
    const [found] = find([bucket()], [key({ state: 'sse-s3', kmsKey: '', opens: { answer: 'no', how: 'read' } })]);
    expect(sentence('zh-CN', found?.what ?? say('auditNextMore'))).toContain('MinIO 的默认密钥');
  });

  it('gives both times between which a key was made again', () => {
    const at = (modifiedAt: string) => ({ bucket: 'docs', key: 'k', modifiedAt });
    const boundary = { fails: at('2026-01-01'), works: at('2026-02-01'), reads: 9 };
    const [found] = find([bucket()], [key({ opens: { answer: 'differs' }, boundary })]);
    expect(found?.what).toEqual(say('auditFindKeyAgain', { key: 'minio-docs', bucket: 'docs', from: '2026-01-01', to: '2026-02-01' }));
  });

  it('of damaged metadata names the open hole of MinIO', () => {
    const reasons = new Map([[reasonKey('docs', 'unreadable'), say('auditTampered', { answer: '206' })]]);
    expect(codes([bucket({ current: amounts(0, 1) })], [], {}, reasons)).toEqual(['fail auditFindTampered']);
    expect(codes([bucket({ current: amounts(0, 1) })])).toEqual(['fail auditFindUnreadable']);
  });
});

it('names the permission that is missing', () => {
  const reasons = new Map([[reasonKey('docs', 'unknown'), say('auditNoPermission', { permission: 's3:GetObjectVersion', answer: '403' })]]);
  const [found] = find([bucket({ current: amounts(0, 0, 3) })], [], {}, reasons);
  expect(found?.next).toEqual(say('auditNextUnknownRight', { permission: 's3:GetObjectVersion' }));
});

it('tells objects under another type or key than the rule says, which are encrypted all the same', () => {
  const keys = [key({}), key({ kmsKey: 'other' }), key({ state: 'sse-s3', kmsKey: '' }), key({ state: 'sse-c', kmsKey: '' })];
  expect(codes([bucket({ current: amounts(0, 0, 0, 0, 5, 10) })], keys)).toEqual([
    'info auditFindClean',
    'info auditFindOffRule',
    'info auditFindOffRule',
  ]);
});

it('calls nothing clean that it could not see, and an empty place empty', () => {
  expect(codes([bucket({ current: amounts(0, 0, 0, 0, 0, 5) })], [], { gaps: 1 })).toEqual(['warn auditFindGaps']);
  expect(codes([bucket()])).toEqual(['info auditFindNothing']);
  expect(codes([bucket({ current: amounts(0, 0, 0, 0, 0, 5) })], [], { state: 'running' })).toEqual([]);
  expect(verdictOf(audit({ gaps: 1, opens: { yes: 0, no: 2, notTested: 0 }, current: amounts(1, 1, 1) }))).toEqual({
    plaintext: 1,
    unclear: 3,
  });
});

it('joins a kind of finding that a hundred buckets have', () => {
  const found = find(Array.from({ length: 100 }, (_, at) => bucket({ name: `b${at}`, current: amounts(1), rule: { kind: 'none' } })));
  expect(found).toHaveLength(21);
  expect(found.at(-1)?.what).toEqual(say('auditFindMore', { count: '80' }));
});

it('lists what no audit can see, and more of it the less was read', () => {
  const whole = limitsOf(audit({ options: { verifyAll: true } })).map(({ code }) => code);
  const part = limitsOf(audit({ scope: { prefix: '', versions: false }, method: 'head' })).map(({ code }) => code);
  expect(whole).toContain('auditLimitShadowed');
  expect(part).toEqual(expect.arrayContaining(['auditLimitVersions', 'auditLimitSamples', 'auditLimitHead']));
  expect(whole).not.toContain('auditLimitVersions');
});
