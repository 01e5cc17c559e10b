import { describe, expect, it } from 'vitest';
import type { ObjectCheck } from '../../../shared/objects.ts';
import { judgeCheck } from './checkVerdict.ts';

const check = (change: Partial<ObjectCheck>): ObjectCheck => ({
  bucket: 'invoices',
  prefix: '',
  checked: 10,
  more: false,
  counts: { 'sse-kms': 10 },
  keys: [{ key: 'minio-default', objects: 10, opens: 'yes' }],
  notable: [],
  at: '2026-11-22T01:00:00Z',
  ...change,
});
const codes = (one: ObjectCheck): string[] => judgeCheck(one).says.map(({ code, count }) => `${code} ${count}`);

describe('the verdict of an object check', () => {
  it('is good only when all are encrypted and open', () => {
    expect(judgeCheck(check({}))).toEqual({ mark: 'ok', says: [{ code: 'good', count: 10 }] });
  });

  it('tells plaintext first, then what does not open', () => {
    const bad = check({ counts: { plaintext: 3, unreadable: 2, 'sse-kms': 5 } });
    expect(codes(bad)).toEqual(['plain 3', 'unreadable 2']);
    expect(judgeCheck(bad).mark).toBe('fail');
  });

  it('counts an object that its state calls encrypted and that did not open', () => {
    const row = { key: 'a', size: 1, encryption: { state: 'sse-kms' as const, key: 'gone' }, opens: 'no' as const };
    expect(codes(check({ notable: [row] }))).toEqual(['unreadable 1']);
  });

  it('counts every object of a key that opens nothing, more than rows travel', () => {
    expect(codes(check({ keys: [{ key: 'gone', objects: 10, opens: 'no' }] }))).toEqual(['unreadable 10']);
  });

  it('never calls good what it does not know: unknown, not tested, not looked at', () => {
    expect(codes(check({ counts: { unknown: 1, 'sse-kms': 9 } }))).toEqual(['unknown 1']);
    expect(judgeCheck(check({ keys: [{ key: 'k', objects: 10, opens: 'notTested' }] })).mark).toBe('warn');
    expect(codes(check({ counts: { 'sse-c': 10 }, keys: [] }))).toEqual(['good 10', 'untested 10']);
    expect(codes(check({ more: true }))).toEqual(['good 10', 'more 10']);
    expect(judgeCheck(check({ more: true, blocked: { code: 'minioAccessDenied' } })).mark).toBe('warn');
  });

  it('says that nothing is there instead of that all is well', () => {
    expect(judgeCheck(check({ checked: 0, counts: {}, keys: [] }))).toEqual({ mark: 'absent', says: [{ code: 'none', count: 0 }] });
  });
});
