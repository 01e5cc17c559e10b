import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import * as oracle from '@peculiar/x509';
import { describe, expect, test } from 'vitest';
import { type KeyType, keyType } from '../../../shared/certificates.ts';
import { canonicalHost, makeCertificate, makeKey } from './build.ts';
import { describeCertificate, hasName } from './inspect.ts';
import { isPair } from './pairs.ts';

const day = 24 * 60 * 60_000;
const subject = { commonName: '中文, "CA" + 1', organisation: 'Sealdeck/Test', unit: 'U', locality: 'Köln', state: 'NW', country: 'DE' };
const hosts = ['localhost', 'Vault-1.Example.com', '127.0.0.1', '::1', 'fe80::1:0:2'];
const quick: KeyType[] = keyType.options.filter((type) => type !== 'RSA-4096');

async function chain(type: KeyType) {
  const key = await makeKey(type);
  const ca = makeCertificate({ use: 'ca', subject, days: 3650, hosts: [], key });
  const issuer = { certificate: new X509Certificate(ca), key };
  const leafKey = await makeKey(type);
  const leaf = makeCertificate({ use: 'server', subject: { commonName: 'vault' }, days: 365, hosts, key: leafKey, issuer });
  return { key, ca, issuer, leafKey, leaf };
}

describe.each(quick)('a %s chain', (type) => {
  test('is what another X.509 library reads it as', async () => {
    const { ca, leaf } = await chain(type);
    const [root, server] = [new oracle.X509Certificate(ca), new oracle.X509Certificate(leaf)];
    expect(await root.verify({ signatureOnly: true })).toBe(true);
    expect(await server.verify({ publicKey: root, signatureOnly: true })).toBe(true);
    expect(server.issuer).toBe(root.subject);
    expect(root.subjectName.getField('CN')).toEqual([subject.commonName]);
    expect(root.subjectName.getField('L')).toEqual([subject.locality]);

    const rootBasic = root.getExtension(oracle.BasicConstraintsExtension);
    expect([rootBasic?.ca, rootBasic?.pathLength, rootBasic?.critical]).toEqual([true, 0, true]);
    expect(root.getExtension(oracle.KeyUsagesExtension)?.usages).toBe(oracle.KeyUsageFlags.keyCertSign | oracle.KeyUsageFlags.cRLSign);
    expect(root.getExtension(oracle.ExtendedKeyUsageExtension)).toBeNull();

    const basic = server.getExtension(oracle.BasicConstraintsExtension);
    expect([basic?.ca, basic?.critical]).toEqual([false, true]);
    const usages = server.getExtension(oracle.KeyUsagesExtension);
    expect([usages?.usages, usages?.critical]).toEqual([oracle.KeyUsageFlags.digitalSignature, true]);
    expect(server.getExtension(oracle.ExtendedKeyUsageExtension)?.usages).toEqual([oracle.ExtendedKeyUsage.serverAuth]);
    expect(server.getExtension(oracle.SubjectAlternativeNameExtension)?.names.toJSON()).toEqual([
      { type: 'dns', value: 'localhost' },
      { type: 'dns', value: 'vault-1.example.com' },
      { type: 'ip', value: '127.0.0.1' },
      { type: 'ip', value: '::1' },
      { type: 'ip', value: 'fe80::1:0:2' },
    ]);
    const own = root.getExtension(oracle.SubjectKeyIdentifierExtension)?.keyId;
    expect(own).toMatch(/^[0-9a-f]{40}$/);
    expect(server.getExtension(oracle.AuthorityKeyIdentifierExtension)?.keyId).toBe(own);
    expect(server.getExtension(oracle.SubjectKeyIdentifierExtension)?.keyId).not.toBe(own);
  });

  test('is read back by Node with the same names, key type, dates and pairing', async () => {
    const { key, ca, leafKey, leaf } = await chain(type);
    const [root, server] = [new X509Certificate(ca), new X509Certificate(leaf)];
    expect(hasName(root, 'subject', subject)).toBe(true);
    expect(hasName(server, 'issuer', subject)).toBe(true);
    expect(hasName(server, 'issuer', { ...subject, unit: undefined })).toBe(false);
    expect([isPair(server, leafKey), isPair(server, key)]).toEqual([true, false]);
    const info = describeCertificate('vault', 'certs/vault.crt', server);
    expect(info).toMatchObject({ keyType: type, isCa: false, usages: ['serverAuth'], subject: 'CN=vault' });
    expect(info.names).toEqual(['localhost', 'vault-1.example.com', '127.0.0.1', '::1', 'fe80::1:0:2']);
    expect(info.identity).toBeUndefined();
    expect(Math.abs(Date.parse(info.notAfter) - Date.now() - 365 * day)).toBeLessThan(60_000);
    expect(Math.abs(Date.now() - Date.parse(info.notBefore) - 5 * 60_000)).toBeLessThan(60_000);
  });
});

test('a client certificate is for clients, has no SAN, and carries a KES identity, self-signed ones with CA:FALSE too', async () => {
  const key = await makeKey('P-256');
  const pem = makeCertificate({ use: 'client', subject: { commonName: 'minio' }, days: 1, hosts: [], key });
  const info = describeCertificate('minio-client', 'x', new X509Certificate(pem));
  expect(info).toMatchObject({ usages: ['clientAuth'], names: [], isCa: false, subject: info.issuer });
  expect(info.identity).toMatch(/^[0-9a-f]{64}$/);
});

test('a leaf does not outlive its CA', async () => {
  const { issuer, leafKey } = await chain('P-256');
  const leaf = makeCertificate({ use: 'client', subject: { commonName: 'x' }, days: 20_000, hosts: [], key: leafKey, issuer });
  expect(new X509Certificate(leaf).validTo).toBe(issuer.certificate.validTo);
});

test('a lifetime beyond 2049 is written as GeneralizedTime', async () => {
  const key = await makeKey('P-256');
  const pem = makeCertificate({ use: 'ca', subject: { commonName: 'x' }, days: 30 * 366, hosts: [], key });
  const certificate = new X509Certificate(pem);
  const year = new Date(Date.now() + 30 * 366 * day).getUTCFullYear();
  expect(certificate.validToDate.getUTCFullYear()).toBe(year);
  expect(certificate.raw.includes(Buffer.concat([Buffer.from([0x18, 15]), Buffer.from(String(year))]))).toBe(true);
});

test('serial numbers are positive, 16 bytes and never the same', async () => {
  const key = await makeKey('P-256');
  const serials = Array.from({ length: 50 }, () => {
    const pem = makeCertificate({ use: 'client', subject: { commonName: 'x' }, days: 1, hosts: [], key });
    return new X509Certificate(pem).serialNumber;
  });
  expect(new Set(serials).size).toBe(50);
  for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/);
});

test('names are spelled one way, and what is neither name nor address is refused', () => {
  expect(['0:0::1', 'FE80::A', 'Minio.LOCAL', '10.0.0.1', 'a.b-c.d1'].map(canonicalHost)).toEqual([
    '::1',
    'fe80::a',
    'minio.local',
    '10.0.0.1',
    'a.b-c.d1',
  ]);
  for (const bad of ['a:b', '::::', '999.1.1.1', 'a..b', '-a', '1.2.3', 'a b']) {
    expect(() => canonicalHost(bad), bad).toThrow(expect.objectContaining({ code: 'invalidInput' }));
  }
});

test('a key does not print', async () => {
  expect(String(await makeKey('Ed25519'))).toBe('[secret]');
});
