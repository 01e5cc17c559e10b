import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { KeyType } from '../../../../shared/certificates.ts';
import { Secret } from '../../../../shared/secret.ts';
import { keyOfApiKey } from '../../../clients/kes/apiKey.ts';
import { makeCertificate, makeKey } from '../build.ts';
import { bytes, explicit, int, octets, oid, sequence } from '../der.ts';
import { contentOf, mostBytes, readAny } from './anyFile.ts';
import { whyNot } from './apiKeys.ts';
import { moreFacts } from './extensions.ts';
import { identityOfKey, keyPem, openKey, protectionOf } from './keyFile.ts';
import { mostRounds, roundsOf } from './pkcs12Key.ts';
import { openPkcs12 } from './pkcs12Read.ts';
import { writePkcs12 } from './pkcs12Write.ts';
import { identityOfRequest, makeRequest } from './request.ts';
import { readTlv } from './tlv.ts';

const kinds: KeyType[] = ['P-256', 'P-384', 'Ed25519', 'RSA-2048'];
const word = new Secret('correct horse 密码 pässw0rd');
const wrong = new Secret('correct horse 密码 passw0rd');

async function pair(type: KeyType) {
  const key = await makeKey(type);
  const pem = makeCertificate({ use: 'server', subject: { commonName: 'a' }, days: 30, hosts: ['a.example'], key });
  return { key, pem, certificate: new X509Certificate(pem), opened: createPrivateKey(key.reveal()) };
}

describe.each(kinds)('a %s key', (type) => {
  it('comes back from PEM under a passphrase of both kinds, and a wrong one is named', async () => {
    const { opened } = await pair(type);
    for (const protection of ['none', 'pkcs8', 'rfc1423'] as const) {
      const pem = keyPem(opened, protection, word).reveal();
      expect(protectionOf(pem)).toBe(protection);
      expect(identityOfKey(openKey(pem, word, 'k'))).toBe(identityOfKey(opened));
      if (protection === 'none') continue;
      expect(pem).not.toContain(keyPem(opened, 'none').reveal().split('\n')[1]);
      expect(() => openKey(pem, wrong, 'k')).toThrow(expect.objectContaining({ code: 'certificatePasswordWrong' }));
      expect(() => openKey(pem, undefined, 'k')).toThrow(expect.objectContaining({ code: 'certificateKeyLocked' }));
    }
  });

  it('comes back from PKCS#12 with its certificate, and a wrong password is told from a broken file', async () => {
    const { opened, certificate } = await pair(type);
    const file = writePkcs12(opened, [certificate], 'a name', word);
    const read = readAny(file, word, 'a.p12');
    expect(read.format).toBe('pkcs12');
    expect(read.certificates[0]?.raw.equals(certificate.raw)).toBe(true);
    expect(read.keys.map(({ identity }) => identity)).toEqual([identityOfKey(opened)]);
    expect(read.weak).toEqual([]);
    expect(() => readAny(file, wrong, 'a.p12')).toThrow(expect.objectContaining({ code: 'certificatePasswordWrong' }));
    expect(() => readAny(file, undefined, 'a.p12')).toThrow(expect.objectContaining({ code: 'certificatePkcs12Locked' }));
    expect(() => openPkcs12(file.subarray(0, file.length - 9), word, 'a.p12')).toThrow(
      expect.objectContaining({ code: 'certificateFileUnreadable' }),
    );
  });

  it('asks for a certificate with a request that its own key signed', async () => {
    const { key, certificate } = await pair(type);
    const ask = ['names', 'usage'] as const;
    const pem = makeRequest({ subject: { commonName: '密钥' }, hosts: ['a.example', '::1'], use: 'server', ask, key });
    expect(identityOfRequest(pem, 'r')).toBe(identityOfKey(createPrivateKey(key.reveal())));
    const broken = Buffer.from(pem.replace(/-.*-|\s/g, ''), 'base64');
    broken[40] = (broken[40] ?? 0) ^ 1;
    const altered = `-----BEGIN CERTIFICATE REQUEST-----\n${broken.toString('base64')}\n-----END CERTIFICATE REQUEST-----`;
    expect(() => identityOfRequest(altered, 'r')).toThrow(expect.objectContaining({ code: 'certificateFileUnreadable' }));
    expect(certificate.ca).toBe(false);
  });
});

describe('a file from elsewhere', () => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['noise', randomBytes(3000)],
    ['a cut PEM', Buffer.from('-----BEGIN CERTIFICATE-----\nMIIB')],
    ['a page of HTML', Buffer.from('<!doctype html><title>Log in</title>')],
    ['ASN.1 without end', Buffer.from(`30${'80'}`.repeat(5000), 'hex')],
    ['a length that is larger than the file', Buffer.from('3084ffffffff020100', 'hex')],
  ])('that holds %s is refused', (_, content) => {
    expect(() => readAny(content, undefined, 'x')).toThrow(expect.objectContaining({ code: 'certificateFileUnreadable' }));
  });

  it('that is huge is refused unread', () => {
    expect(() => readAny(Buffer.alloc(mostBytes + 1), undefined, 'x')).toThrow(expect.objectContaining({ code: 'certificateFileLarge' }));
  });

  it('is read as DER, as the base64 of it, and as PEM', async () => {
    const { certificate, pem, opened } = await pair('P-256');
    const der = contentOf(new Secret(certificate.raw.toString('base64')));
    for (const content of [certificate.raw, der, Buffer.from(pem)]) {
      expect(readAny(content, undefined, 'x').certificates[0]?.fingerprint256).toBe(certificate.fingerprint256);
    }
    for (const type of ['pkcs8', 'sec1'] as const) {
      const key = opened.export({ type, format: 'der' });
      expect(readAny(key, undefined, 'k').keys[0]?.identity).toBe(identityOfKey(opened));
    }
    const locked = opened.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: word.reveal() });
    expect(readAny(locked, word, 'k').keys[0]?.identity).toBe(identityOfKey(opened));
    expect(() => readAny(locked, wrong, 'k')).toThrow(expect.objectContaining({ code: 'certificatePasswordWrong' }));
    expect(() => readAny(locked, undefined, 'k')).toThrow(expect.objectContaining({ code: 'certificateKeyLocked' }));
  });

  it('in BER with lengths that are not told keeps its bytes', () => {
    const value = readTlv(Buffer.from('3080020107248004010104010200000000ff', 'hex'));
    expect(value.raw.length).toBe(17);
  });
});

it('a PKCS#12 file may ask for so much work in all, and not for more', () => {
  const rounds = (count: number) => readTlv(Buffer.from(`0204${count.toString(16).padStart(8, '0')}`, 'hex'));
  const effort = { left: mostRounds };
  expect(roundsOf(rounds(2_000_000), effort)).toBe(2_000_000);
  expect(() => roundsOf(rounds(2_000_000), effort)).toThrow('2000000 rounds');
  expect(() => roundsOf(rounds(0x7fffffff), { left: mostRounds })).toThrow('rounds');
});

it('a CA tells how many may stand below it, and what its key is for', async () => {
  const key = await makeKey('P-256');
  for (const pathLength of [0, 2]) {
    const pem = makeCertificate({ use: 'ca', subject: { commonName: 'r' }, days: 9, hosts: [], key, pathLength });
    expect(moreFacts(new X509Certificate(pem))).toEqual({ pathLength, keyUsages: ['keyCertSign', 'cRLSign'] });
  }
});

describe('identities of kes.md 3.1', () => {
  it.each([
    ['kes:v1:AGaV6VXHasF0FnaB60WdCOeTZ8eTIDikL4zlN16c8NAs', 'ea9826089311fe44d7590408ede9150f7c637b6cab0a91ee6fe1aa5d9fb366f6'],
    ['kes:v1:ACQpoGqx3rHHjT938Hfu5hVVQJHZWSqVI2Xp1KlYxFVw', '0426fa9a04bc2756b92fbe8a97e1a1e07b53ecf04ed33da22c33e5c9faeb8cbb'],
    ['kes:v1:AMxvd2uV1l5dDSRwuKZxSjuM5BDemlr+685+JAHA1TuJ', 'ab785e3b95d80d72cc9c27cb9fde886a0bf9068a69d40e3bd08a54e68c3f2bf7'],
    ['kes:v1:ABfa1xsnIV0lltXQC8tHXic8lte7J6hT7EoGv6+s5QCW', 'cf6c535e738c1dd47a1d746366fde7f0309d1e0a8471b9f6e909833906afbbfa'],
  ])('%s', (text, identity) => {
    const found = keyOfApiKey(new Secret(text));
    expect(found?.hash).toBe(identity);
    expect(identityOfKey(createPrivateKey(found?.key.reveal() ?? ''))).toBe(identity);
  });

  it.each([
    ['v1:AMxvd2uV1l5dDSRwuKZxSjuM5BDemlr+685+JAHA1TuJ', 'it does not begin with kes:v1:'],
    ['kes:v1:AMxvd2uV', '6 bytes instead of 33'],
    [`kes:v1:${Buffer.concat([Buffer.from([1]), Buffer.alloc(32)]).toString('base64')}`, 'its type byte is 1, and only 0 (Ed25519) exists'],
  ])('%s is refused, with its reason and without its text', (text, reason) => {
    expect(keyOfApiKey(new Secret(text))).toBeUndefined();
    expect(whyNot(text)).toBe(reason);
  });
});

describe('a file that asks for more than it is worth', () => {
  it.each([
    ['beginnings without an end', '-----BEGIN CERTIFICATE-----\n'.repeat(35_000)],
    ['beginnings of keys without an end', '-----BEGIN PRIVATE KEY-----\n'.repeat(35_000)],
    ['blanks', `-----BEGIN PRIVATE KEY-----${'\n'.repeat(900_000)}`],
  ])('is refused: %s', (_what, text) => {
    expect(() => readAny(Buffer.from(text), undefined, 'f')).toThrow(expect.objectContaining({ code: 'certificateFileUnreadable' }));
    expect(protectionOf(text)).toBeUndefined();
  });

  const sealedWith = (algorithm: ReturnType<typeof sequence>): Buffer => bytes(sequence(algorithm, octets(Buffer.alloc(48))));
  const number = (value: number) => int(Buffer.from(value.toString(16).padStart(8, '0'), 'hex'));
  const salt = octets(Buffer.alloc(16));
  const pbes2 = (derivation: ReturnType<typeof sequence>) =>
    sequence(oid('1.2.840.113549.1.5.13'), sequence(derivation, sequence(oid('2.16.840.1.101.3.4.1.42'), octets(Buffer.alloc(16)))));
  it.each([
    ['PBKDF2', pbes2(sequence(oid('1.2.840.113549.1.5.12'), sequence(salt, number(0x7fffffff))))],
    ['scrypt', pbes2(sequence(oid('1.3.6.1.4.1.11591.4.11'), sequence(salt, number(1024), number(8), number(100_000))))],
    ['an old way', sequence(oid('1.2.840.113549.1.12.1.3'), sequence(salt, number(0x7fffffff)))],
  ])('is refused before the work is done: a private key under %s', (_how, algorithm) => {
    const der = sealedWith(algorithm);
    const pem = `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${der.toString('base64')}\n-----END ENCRYPTED PRIVATE KEY-----\n`;
    for (const content of [der, Buffer.from(pem)])
      expect(() => readAny(content, word, 'f')).toThrow(expect.objectContaining({ code: 'certificateKeyUnreadable' }));
  });

  it('is refused before the work is done: PKCS#12 under scrypt', () => {
    const scrypt = pbes2(sequence(oid('1.3.6.1.4.1.11591.4.11'), sequence(salt, number(1024), number(8), number(100_000))));
    const bag = sequence(sequence(oid('1.2.840.113549.1.12.10.1.2'), explicit(0, sequence(scrypt, octets(Buffer.alloc(48))))));
    const data = (content: Buffer) => sequence(oid('1.2.840.113549.1.7.1'), explicit(0, octets(content)));
    const file = bytes(sequence(number(3), data(bytes(sequence(data(bytes(bag)))))));
    expect(() => readAny(file, word, 'f')).toThrow(expect.objectContaining({ code: 'certificateFileUnreadable' }));
  });

  it('is no base64 for many blanks before another sign', () => {
    expect(contentOf(new Secret(`${' '.repeat(1_000_000)}!`)).toString()).toContain('!');
    expect(contentOf(new Secret('AAAA\n BB==\n')).length).toBe(4);
  });
});
