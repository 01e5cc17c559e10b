import { describe, expect, it } from 'vitest';
import type { CertificateInfo } from '../../shared/certificates.ts';
import { bucketMark, certificateMark, firstToEnd, kesMark, minioMark, ruleCounts, vaultMark } from './health.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const at = '2026-11-21T12:00:00Z';

function certificate(id: CertificateInfo['id'], days: number): CertificateInfo {
  const notAfter = new Date(now + days * 86_400_000).toISOString();
  const rest = {
    file: '',
    subject: '',
    issuer: '',
    names: [],
    serial: '',
    fingerprint: '',
    keyType: '',
    notBefore: at,
    isCa: false,
    usages: [],
  };
  return { id, notAfter, ...rest };
}
const vault = (...states: ('sealed' | 'active' | 'standby' | 'unreachable' | 'uninitialised')[]) =>
  states.map((state, index) => ({ node: `vault-${index}`, url: '', state, at }));
const kes = (...states: ('working' | 'unreachable' | 'credentialsDead' | 'keyStoreDown')[]) =>
  states.map((state, index) => ({ node: `kes-${index}`, url: '', state, at }));
const minio = (...states: ('working' | 'unreachable' | 'noKms' | 'keyFails' | 'notReady')[]) =>
  states.map((state, index) => ({ node: `minio-${index}`, url: '', state, kesEndpoints: [], at }));

describe('health of certificates', () => {
  it('is judged by the one that ends first', () => {
    expect(firstToEnd([certificate('ca', 3000), certificate('kes', 19)], now)?.certificate.id).toBe('kes');
    expect(certificateMark([certificate('ca', 3000), certificate('kes', 19)], now)).toBe('warn');
    expect(certificateMark([certificate('ca', 3000), certificate('kes', -1)], now)).toBe('fail');
    expect(certificateMark([certificate('ca', 3000), certificate('kes', 364)], now)).toBe('ok');
    expect(certificateMark([], now)).toBe('absent');
  });
});

describe('health of Vault', () => {
  it.each([
    ['all open', vault('active', 'standby'), false, 'ok'],
    ['one of two sealed', vault('active', 'sealed'), false, 'warn'],
    ['sealed', vault('sealed'), false, 'fail'],
    ['not initialised during the set-up', vault('uninitialised'), true, 'warn'],
    ['not there yet during the set-up', vault('unreachable'), true, 'absent'],
    ['silent afterwards', vault('unreachable'), false, 'fail'],
    ['no node', [], false, 'absent'],
  ] as const)('%s', (_name, nodes, building, mark) => expect(vaultMark(nodes, building)).toBe(mark));
});

describe('health of KES and MinIO', () => {
  it('a green status with dead credentials is a failure', () => expect(kesMark(kes('credentialsDead'), false)).toBe('fail'));
  it('one of two working is a warning', () => expect(kesMark(kes('working', 'unreachable'), false)).toBe('warn'));
  it('a default key that does not open is a failure', () => expect(minioMark(minio('keyFails'), false)).toBe('fail'));
  it('no KMS is a warning', () => expect(minioMark(minio('noKms'), false)).toBe('warn'));
  it('silence during the set-up is not there yet', () => expect(minioMark(minio('unreachable'), true)).toBe('absent'));
});

describe('bucket rules', () => {
  const buckets = [{ name: 'a', rule: { kind: 'sse-s3' as const } }, { name: 'b', rule: { kind: 'none' as const } }, { name: 'c' }];
  it('count a rule that could not be read as neither', () => expect(ruleCounts(buckets)).toEqual({ ruled: 1, open: 1, unread: 1 }));
  it('are in order only when every bucket has one', () => {
    expect(bucketMark(buckets)).toBe('warn');
    expect(bucketMark(buckets.slice(0, 1))).toBe('ok');
  });
});
