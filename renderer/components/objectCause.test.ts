import { describe, expect, it } from 'vitest';
import type { AuditRow, Opens } from '../../shared/audit.ts';
import { causeOf, chainOf, firstThing } from './objectCause.ts';

const row = (state: AuditRow['state'], more: Partial<AuditRow> = {}): AuditRow => ({
  row: 1,
  bucket: 'docs',
  key: 'a',
  latest: true,
  deleteMarker: false,
  state,
  context: false,
  multipart: false,
  size: 10,
  modifiedAt: '2026-11-22T00:00:00Z',
  opens: { answer: 'notTested' },
  ...more,
});
const no = (code: string): Opens => ({ answer: 'no', how: 'read', error: { code, details: {} } });

describe('why an object does not open', () => {
  it.each([
    ['kmsKeyNotFound', '', 'keyGone'],
    ['s3Error', '404 kms:KeyNotFound', 'keyGone'],
    ['s3Error', '400 kms:InvalidCiphertextException', 'keyDiffers'],
    ['kmsNotAuthorised', '403 kms:NotAuthorized', 'policy'],
    ['s3Error', '500 kms:DecryptionFailed', 'kms'],
    ['kmsNotConfigured', '501 NotImplemented', 'noKms'],
    ['objectTampered', '206 XMinioObjectTampered', 'tampered'],
    ['s3Error', '403 AccessDenied', 'denied'],
    ['s3Error', '404 NoSuchKey', 'missing'],
    ['s3Error', '500 InternalError', 'other'],
  ] as const)('%s, %s is %s', (code, answer, cause) => {
    expect(causeOf(no(code), answer)).toBe(cause);
  });

  it('is nothing for one that opened or that nobody tried', () => {
    expect(causeOf({ answer: 'yes', how: 'read' }, '206 Partial Content')).toBeUndefined();
    expect(causeOf({ answer: 'notTested' }, '200 OK')).toBeUndefined();
    expect(causeOf({ answer: 'notTested' }, '403 AccessDenied')).toBe('denied');
  });
});

describe('the way to the key', () => {
  it('ends at the hop that failed, and says nothing of those behind it', () => {
    expect(chainOf(row('unreadable', { listed: 'sse-kms' }), no('kmsKeyNotFound'), 'keyGone')).toEqual({
      minio: 'ok',
      policy: 'ok',
      kes: 'ok',
      vault: 'ok',
      key: 'fail',
    });
    expect(chainOf(row('sse-kms'), no('kmsNotAuthorised'), 'policy')).toEqual({
      minio: 'ok',
      policy: 'fail',
      kes: 'absent',
      vault: 'absent',
      key: 'absent',
    });
  });

  it('has no tick for the policy of a KES that did not answer', () => {
    expect(chainOf(row('sse-kms'), no('kmsUnavailable'), 'kms')).toMatchObject({
      minio: 'ok',
      policy: 'absent',
      kes: 'fail',
      key: 'absent',
    });
  });

  it('has ticks only where an answer stands behind them', () => {
    expect(chainOf(row('sse-s3'), { answer: 'yes', how: 'read' }, undefined)).toMatchObject({ minio: 'ok', key: 'ok' });
    expect(chainOf(row('sse-s3'), { answer: 'notTested' }, undefined)).toBeUndefined();
    expect(chainOf(row('sse-s3'), { answer: 'yes', how: 'sample' }, undefined)).toBeUndefined();
  });

  it.each(['plaintext', 'sse-c', 'unknown', undefined] as const)('is not shown for %s, whose key is none of ours', (state) => {
    expect(chainOf(row(state), { answer: 'yes' }, undefined)).toBeUndefined();
  });
});

it('proposes nothing where nothing is wrong, and always something where it is', () => {
  expect(firstThing(row('sse-kms'), { answer: 'yes', how: 'read' }, undefined)).toBeUndefined();
  expect(firstThing(row('sse-c'), { answer: 'notTested' }, undefined)).toBeUndefined();
  expect(firstThing(row('plaintext'), { answer: 'notTested' }, undefined)).toBe('plaintext');
  expect(firstThing(row('sse-kms'), { answer: 'differs', how: 'sample' }, undefined)).toBe('differs');
  expect(firstThing(row('unreadable'), no('x'), 'other')).toBe('other');
});
