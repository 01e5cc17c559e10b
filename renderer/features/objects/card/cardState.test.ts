import { expect, test } from 'vitest';
import type { ObjectState } from '../../../../shared/objects.ts';
import { differsFrom, judge, proofOf, whyNotProven } from './cardState.ts';

const row = (encryption: ObjectState) => ({ key: 'a', size: 1, encryption });
const kms = { state: 'sse-kms', key: 'minio-docs' } as const;
const no = (code: string) => ({ answer: 'no', error: { code, details: { status: 404, code: 'kms:KeyNotFound' } } }) as const;

test('an object that HEAD calls healthy is unreadable when its key is gone, and the way to the key ends there', () => {
  const judged = judge({ row: row(kms), opens: no('kmsKeyNotFound') });
  expect(judged).toMatchObject({ state: 'unreadable', cause: 'keyGone', chain: { minio: 'ok', vault: 'ok', key: 'fail' } });
});

test('what passes by itself does not make it unreadable', () => {
  const opens = { answer: 'no', error: { code: 'kmsUnavailable', details: { code: 'kms:DecryptionFailed' } } } as const;
  expect(judge({ row: row(kms), opens })).toMatchObject({ state: 'sse-kms', cause: 'kms', chain: { kes: 'fail', key: 'absent' } });
});

test('a byte that was read is a tick all the way', () => {
  expect(judge({ row: row(kms), opens: { answer: 'yes' } })).toMatchObject({ state: 'sse-kms', cause: undefined, chain: { key: 'ok' } });
  expect(judge({ row: row({ state: 'plaintext' }), opens: { answer: 'yes' } }).chain).toBeUndefined();
});

test('a delete marker has no state', () => {
  expect(judge({ row: { ...row({ state: 'unknown' }), deleteMarker: true }, opens: { answer: 'notTested' } }).state).toBeUndefined();
});

test('only what is known can differ from a rule', () => {
  const rule = { kind: 'sse-kms', key: 'minio-docs' } as const;
  expect(differsFrom(rule, kms)).toBe(false);
  expect(differsFrom(rule, { state: 'sse-kms', key: 'minio-old' })).toBe(true);
  expect(differsFrom(rule, { state: 'plaintext' })).toBe(true);
  expect(differsFrom(rule, { state: 'unknown' })).toBe(false);
  expect(differsFrom({ kind: 'none' }, { state: 'plaintext' })).toBe(false);
});

test('a canary proves the key of the rule and no other', () => {
  const rule = { kind: 'sse-kms', key: 'minio-docs' } as const;
  expect(whyNotProven(rule, kms)).toBeUndefined();
  expect(whyNotProven(rule, { state: 'sse-kms', key: 'minio-old' })).toBe('key');
  expect(whyNotProven(rule, { state: 'sse-s3' })).toBe('key');
  expect(whyNotProven(rule, { state: 'sse-c' })).toBe('customer');
  expect(whyNotProven({ kind: 'none' }, { state: 'plaintext' })).toBe('none');
  expect(whyNotProven(undefined, kms)).toBe('unread');
  expect(whyNotProven({ kind: 'sse-s3' }, { state: 'sse-s3' })).toBeUndefined();
});

test('a proof counts for its own bucket and key', () => {
  const proofs = [
    { id: '3', bucket: 'docs', result: 'notProven', ruleKey: 'minio-docs' },
    { id: '2', bucket: 'other', result: 'proven', ruleKey: 'minio-docs' },
    { id: '1', bucket: 'docs', result: 'proven', ruleKey: 'minio-docs' },
  ];
  expect(proofOf(proofs, 'docs', 'minio-docs')?.id).toBe('1');
  expect(proofOf(proofs, 'docs', 'minio-old')).toBeUndefined();
  expect(proofOf(proofs, 'docs', undefined)).toBeUndefined();
});
