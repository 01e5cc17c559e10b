import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../../shared/secret.ts';
import { type CertificateSpec, makeCertificate, makeKey } from '../build.ts';
import { factsOf, judge } from './facts.ts';
import { hostsOf } from './hosts.ts';

const day = 86_400_000;
let key: Secret;
beforeAll(async () => {
  key = await makeKey('P-256');
});

const made = (part: Partial<CertificateSpec>): X509Certificate =>
  new X509Certificate(makeCertificate({ use: 'server', subject: { commonName: 'a' }, days: 100, hosts: ['a.example'], key, ...part }));
const codes = (certificate: X509Certificate, now = Date.now()): string[] => judge(certificate, now).map(({ text }) => String(text.code));

describe('a certificate is judged by itself', () => {
  it('and nothing is said of one that is in order', () => {
    for (const use of ['server', 'client', 'ca'] as const)
      expect(codes(made({ use, hosts: use === 'server' ? ['a.example'] : [] }))).toEqual([]);
  });

  it('by its dates: before, near its end by its own measure, after', () => {
    const long = made({});
    const short = made({ days: 9 });
    expect(codes(long, Date.now() - day)).toEqual(['certificateFindNotYet']);
    expect(codes(long, Date.now() + 71 * day)).toEqual(['certificateFindSoon']);
    expect(codes(long, Date.now() + 60 * day)).toEqual([]);
    expect(codes(short)).toEqual([]);
    expect(codes(short, Date.now() + 7 * day)).toEqual(['certificateFindSoon']);
    expect(codes(long, Date.now() + 101 * day)).toEqual(['certificateFindEnded']);
    expect(factsOf(long, Date.now() + 101 * day).daysLeft).toBeLessThan(0);
  });

  it('by its names, its lifetime, its key and what the old guide made of it', () => {
    expect(codes(made({ hosts: [] }))).toEqual(['certificateFindNoNames']);
    expect(codes(made({ days: 900 }))).toEqual(['certificateFindLong']);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const weak = new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    expect(codes(made({ key: weak }))).toEqual(['certificateFindWeakKey']);
    expect(codes(made({ use: 'ca' }))).toEqual(['certificateFindCaLeaf']);
  });
});

it('the names of a stack are those of its set-up and of every node, each once, with where it comes from', () => {
  const node = (id: string, url: string, way: 'here' | 'api' = 'here') => ({ id, url, way });
  const stack = {
    keyStores: [{ nodes: [node('vault-1', 'https://vault-1.example:8200', 'api'), node('vault-2', 'https://[2001:db8::1]:8200', 'api')] }],
    kesClusters: [{ nodes: [node('kes-1', 'https://127.0.0.1:7373')] }],
    minioClusters: [{ nodes: [node('minio-1', 'https://Minio.Example:9000', 'api'), node('minio-2', 'https://minio_2:9000', 'api')] }],
  } as unknown as Parameters<typeof hostsOf>[0];
  expect(hostsOf(stack, ['127.0.0.1', 'localhost'])).toEqual([
    { host: '127.0.0.1', from: ['setup', 'KES'] },
    { host: 'localhost', from: ['setup'] },
    { host: 'vault-1.example', from: ['vault-1'] },
    { host: '2001:db8::1', from: ['vault-2'] },
    { host: 'minio.example', from: ['minio-1'] },
  ]);
});
