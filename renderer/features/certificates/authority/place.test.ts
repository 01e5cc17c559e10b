import { describe, expect, it } from 'vitest';
import type { CertificateFile, CertificateFinding } from '../../../../../shared/certificateFiles.ts';
import { draftOf, inputOf, wrongIn } from './draft.ts';
import { isFileName, nameFrom } from './picked.ts';
import { purposesOf, rowsOf, shortSubject, whatIn, worstOf } from './place.ts';

type Row = Pick<CertificateFile, 'file' | 'certificates' | 'keys' | 'findings' | 'format'>;
const certificate = {} as CertificateFile['certificates'][number];
const row = (file: string, part: Partial<Row> = {}): Row => ({ file, format: 'pem', certificates: [], keys: [], findings: [], ...part });
const key = (name: string): Row['keys'][number] => ({ place: 'file', name, protection: 'none' });
const finding = (mark: CertificateFinding['mark']): CertificateFinding => ({ mark, text: { code: 'certificateFindNoKey' } });

describe('the list of certificates', () => {
  it('has a key in its certificate’s row, and a row of its own where something is wrong or it is nobody’s', () => {
    const files = [
      row('a.crt', { certificates: [certificate], keys: [key('a.key'), key('b.key')] }),
      row('a.key', { keys: [key('a.key')] }),
      row('b.key', { keys: [key('b.key')], findings: [finding('warn')] }),
      row('lost.key', { keys: [key('lost.key')] }),
      row('c.p12', { format: 'pkcs12' }),
    ];
    expect(rowsOf(files).map(({ file }) => file)).toEqual(['a.crt', 'b.key', 'lost.key', 'c.p12']);
  });

  it('shows the worst that was found of a file', () => {
    expect(worstOf({ findings: [] })).toBe('ok');
    expect(worstOf({ findings: [finding('warn'), finding('fail')] })).toBe('fail');
  });

  it('names a certificate by its common name, with commas in it, and what it is for', () => {
    expect(shortSubject('O=Company, CN=a\\, b, C=DE')).toBe('a\\, b');
    expect(shortSubject('O=Company')).toBe('O=Company');
    expect(purposesOf({ isCa: true, usages: [] })).toEqual(['ca']);
    expect(purposesOf({ isCa: false, usages: ['1.2.3'] })).toEqual(['none']);
    expect(purposesOf({ isCa: false, usages: ['serverAuth', 'clientAuth'] })).toEqual(['serverAuth', 'clientAuth']);
  });

  it('is what an address shows that asks for nothing to be made', () => {
    expect(whatIn('/certificates/make/request')).toBe('request');
    expect(whatIn('/certificates')).toBeUndefined();
    expect(whatIn('/certificates/make/cake')).toBeUndefined();
  });
});

describe('the form', () => {
  const listed = { hosts: [{ host: 'kes.example.com' }], signers: [{ file: 'certs/ca.crt' }] };

  it('begins with the stack’s names and its CA, and can be sent as it stands', () => {
    for (const what of ['authority', 'leaf', 'request'] as const) expect(wrongIn(draftOf(what, listed))).toEqual({});
    expect(inputOf(draftOf('leaf', listed), undefined)).toMatchObject({
      issuer: 'certs/ca.crt',
      hosts: ['kes.example.com'],
      protection: 'none',
    });
    expect(inputOf(draftOf('authority', listed), undefined)).toEqual({
      what: 'authority',
      name: 'root',
      subject: { commonName: 'Local root CA' },
      keyType: 'P-256',
      days: 3650,
      pathLength: 1,
    });
  });

  it('names the fields that do not do', () => {
    const bad = { ...draftOf('leaf', listed), name: 'A B', commonName: ' ', country: 'de', days: Number.NaN, hosts: [] };
    expect(wrongIn(bad)).toEqual({ name: true, commonName: true, country: true, days: true, hosts: true });
    expect(wrongIn({ ...bad, use: 'client' })).not.toHaveProperty('hosts');
  });

  it('asks for no passphrase of a key that goes into the store', () => {
    const draft = { ...draftOf('leaf', listed), keyIn: 'store', protection: 'pkcs8' } as const;
    expect(inputOf(draft, undefined)).toMatchObject({ keyIn: 'store', protection: 'none' });
  });
});

it('a file’s name becomes one that a certificate may have here', () => {
  expect(nameFrom('My Server (1).PFX')).toBe('my-server-1-');
  expect(nameFrom('证书.p12')).toBe('imported');
  for (const name of ['My Server.pfx', '证书.p12', '.hidden', `${'x'.repeat(300)}.crt`]) expect(isFileName(nameFrom(name))).toBe(true);
});
