import { describe, expect, it } from 'vitest';
import type { AuditKey } from '../../../../shared/audit.ts';
import { Secret } from '../../../../shared/secret.ts';
import { keyMaterial } from './make.ts';
import { hopOf } from './opens.ts';
import { auditedUse } from './use.ts';

const key = (bucket: string, kmsKey: string, objects: number, answer: AuditKey['opens']['answer'] = 'yes', newest?: string): AuditKey => ({
  bucket,
  state: kmsKey === '' ? 'sse-s3' : 'sse-kms',
  kmsKey,
  objects,
  bytes: objects * 10,
  opens: { answer },
  ...(newest === undefined ? {} : { newest: { bucket, key: 'x', modifiedAt: newest } }),
});

describe('what audits know of a key', () => {
  it('is added up over buckets, as old as the oldest of them', () => {
    const { byKey, unnamed } = auditedUse({
      keys: [
        { key: key('letters', 'minio-a', 3, 'yes', '2026-01-02T00:00:00Z'), at: '2026-02-02T00:00:00Z' },
        { key: key('scans', 'minio-a', 4, 'differs', '2026-01-01T00:00:00Z'), at: '2026-02-01T00:00:00Z' },
        { key: key('scans', '', 5), at: '2026-02-01T00:00:00Z' },
      ],
    });
    expect(byKey.get('minio-a')).toEqual({
      objects: 7,
      bytes: 70,
      buckets: ['letters', 'scans'],
      at: '2026-02-01T00:00:00Z',
      closed: true,
      newest: '2026-01-02T00:00:00Z',
    });
    // Rows of SSE-S3 name no key: they are counted apart, and to none.
    expect(unnamed).toEqual({ objects: 5, bytes: 50 });
    expect(byKey.size).toBe(1);
  });
});

describe('key material', () => {
  const bytes = Buffer.from(Array.from({ length: 32 }, (_, at) => at));
  it.each([
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    ` ${bytes.toString('base64')}\n`,
  ])('of 32 bytes is taken as %s', (text) => expect(keyMaterial(new Secret(text)).reveal()).toBe(bytes.toString('base64')));

  it.each([
    ['31 bytes', bytes.subarray(1).toString('base64')],
    ['33 bytes', Buffer.concat([bytes, bytes.subarray(1, 2)]).toString('base64')],
    ['half hexadecimal', `${bytes.toString('hex').slice(2)}zz`],
    ['nothing but one byte', Buffer.alloc(32, 7).toString('base64')],
    ['nothing but one byte in hexadecimal', Buffer.alloc(32, 7).toString('hex')],
    ['a passphrase', 'correct horse battery staple'],
  ])('is refused as %s, without a word of it', (_, text) => {
    const refused = (() => {
      try {
        return keyMaterial(new Secret(text));
      } catch (error) {
        return error;
      }
    })();
    expect(refused).toMatchObject({ code: 'kesMaterial' });
    expect(JSON.stringify(refused)).not.toContain(text.slice(0, 12));
  });
});

describe('where it stops on the way to a key', () => {
  it.each([
    ['networkName', 'name'],
    ['networkRefused', 'tcp'],
    ['tlsTrust', 'tls'],
    ['tlsIdentityRefused', 'identity'],
    ['kesNotAuthorised', 'policy'],
    ['kesKeyStore', 'keyStore'],
    ['kesKeyStoreUnreachable', 'keyStore'],
    ['kesNotAuthentic', 'key'],
    ['kesKeyNotFound', 'key'],
  ])('%s is the hop %s', (code, hop) => expect(hopOf(code)).toBe(hop));
});
