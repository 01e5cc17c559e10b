import { expect, test } from 'vitest';
import { diskSize, etagKind, partsOf } from './cardFacts.ts';

const plain = { state: 'plaintext' } as const;
const kms = { state: 'sse-kms', key: 'minio-default' } as const;
const md5 = '5d41402abc4b2a76b9719d911017c592';

test('an ETag is the MD5 only of what the server can read without the key of a person', () => {
  expect(etagKind({ etag: md5, encryption: plain })).toBe('md5');
  expect(etagKind({ etag: md5, encryption: { state: 'sse-s3' } })).toBe('md5');
  expect(etagKind({ etag: md5, encryption: kms })).toBe('opaque');
  expect(etagKind({ etag: md5, encryption: { state: 'sse-c' } })).toBe('opaque');
  expect(etagKind({ etag: md5, encryption: { state: 'unknown' } })).toBe('opaque');
});

test('an ETag of parts tells their number', () => {
  expect(etagKind({ etag: `${md5}-12`, encryption: plain })).toBe('multipart');
  expect(partsOf(`${md5}-12`)).toBe(12);
  expect(partsOf(md5)).toBeUndefined();
});

test('96 digits that begin as sealed ones do say that the server could not decrypt it', () => {
  const sealed = `20000f00${'ab'.repeat(44)}`;
  expect(etagKind({ etag: sealed, encryption: { state: 'sse-s3' } })).toBe('sealed');
  expect(etagKind({ etag: sealed.slice(2), encryption: { state: 'sse-s3' } })).toBe('opaque');
});

test('each begun 64 KiB of an encrypted object is 32 bytes more', () => {
  expect(diskSize(0, 'sse-kms')).toBe(0);
  expect(diskSize(1, 'sse-kms')).toBe(33);
  expect(diskSize(65_536, 'sse-s3')).toBe(65_568);
  expect(diskSize(65_537, 'sse-c')).toBe(65_601);
  expect(diskSize(65_537, 'plaintext')).toBe(65_537);
  expect(diskSize(65_537, 'unknown')).toBeUndefined();
});
