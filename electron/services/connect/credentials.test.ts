import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { credentialInput, trustInput } from '../../../shared/connect.ts';
import type { ServerKind } from '../../../shared/stacks.ts';
import { makeAuthority } from '../../platform/tls.testSupport.ts';
import { readCertificates, shownCertificate } from './certificates.ts';
import { type Accepted, acceptCredential } from './credentials.ts';

const deps = {
  selfSigned: () => 'a certificate',
  imported: () => {
    throw new Error('not asked for');
  },
};
const accept = (kind: ServerKind, input: object): Accepted => acceptCredential(kind, credentialInput.parse(input), deps);
const code = (kind: ServerKind, input: object): string => {
  try {
    accept(kind, input);
    return 'accepted';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a credential', () => {
  it('is refused for another kind of server', () => {
    expect(code('kes', { kind: 'vaultToken', token: 'hvs.x' })).toBe('invalidInput');
    expect(code('minio', { kind: 'kesApiKey', apiKey: 'kes:v1:AGaV6VXHasF0FnaB60WdCOeTZ8eTIDikL4zlN16c8NAs' })).toBe('invalidInput');
  });

  it.each([
    ['vault', { kind: 'vaultToken', token: 'with\r\nX-Header: y' }, 'invalidInput'],
    ['vault', { kind: 'vaultUserpass', name: ' ', password: 'x' }, 'invalidInput'],
    ['vault', { kind: 'vaultUserpass', name: 'x', password: 'x', mount: '../sys' }, 'invalidInput'],
    ['vault', { kind: 'vaultUserpass', name: '..', password: 'x' }, 'invalidInput'],
    ['vault', { kind: 'vaultAppRole', roleId: 'r', secretId: 's', mount: 'a b' }, 'invalidInput'],
    ['kes', { kind: 'kesApiKey', apiKey: 'kes:v1:short' }, 'connectApiKey'],
    // The public sandbox's, and one of KES's own help: everybody has their keys.
    ['kes', { kind: 'kesApiKey', apiKey: 'kes:v1:AD9E7FSYWrMD+VjhI6q545cYT9YOyFxZb7UnjEepYDRc' }, 'kesPublicIdentity'],
    ['kes', { kind: 'kesApiKey', apiKey: 'kes:v1:ACQpoGqx3rHHjT938Hfu5hVVQJHZWSqVI2Xp1KlYxFVw' }, 'kesPublicIdentity'],
    ['minio', { kind: 'minioKeys', accessKey: 'user', secretKey: 'short' }, 'connectSecretKeyShort'],
  ] as const)('for %s as %j is %s', (kind, input, expected) => expect(code(kind, input)).toBe(expected));

  it('takes a mount as people write it', () => {
    const { operator } = accept('vault', { kind: 'vaultUserpass', mount: '/auth/people/', name: 'ops', password: 'x' }) as Accepted & {
      kind: 'vault';
    };
    expect(operator).toMatchObject({ auth: 'userpass', mount: 'people', name: 'ops' });
  });

  it('for KES is one client certificate that is no CA, with its own key', async () => {
    const authority = await makeAuthority();
    const client = await authority.issue('client');
    const other = await authority.issue('client');
    const as = (cert: string, key: string) => code('kes', { kind: 'kesCertificate', cert, key });
    const key = client.key.reveal();
    expect(as(client.cert, key)).toBe('accepted');
    // In any order, with the CA beside it: the identity is the leaf's.
    expect(accept('kes', { kind: 'kesCertificate', cert: authority.ca + client.cert, key })).toMatchObject({
      cert: client.cert + authority.ca,
    });
    expect(as(client.cert, other.key.reveal())).toBe('connectIdentity');
    expect(as(client.cert + other.cert, key)).toBe('connectIdentity');
    expect(as(authority.ca, key)).toBe('connectIdentityIsCa');
    expect(as(client.cert, 'not a key')).toBe('connectIdentity');
    expect(as('not a certificate', key)).toBe('connectCaUnreadable');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const sealed = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString();
    expect(as(client.cert, sealed)).toBe('connectIdentity');
  });
});

describe('a CA file', () => {
  it('is read as PEM with words between, and as the base64 of DER', async () => {
    const { ca } = await makeAuthority('one');
    const two = (await makeAuthority('two')).ca;
    expect(readCertificates(`# ours\n${ca}\nand\n${two}`).map((one) => shownCertificate(one).subject)).toEqual(['CN=one', 'CN=two']);
    const der = ca.replace(/-----.*-----|\s/g, '');
    expect(readCertificates(`${der}\n`).map(shownCertificate)).toMatchObject([{ subject: 'CN=one', isCa: true }]);
  });

  it('is refused when it is none, is cut off, or holds a private key', async () => {
    const authority = await makeAuthority();
    const { key } = await authority.issue('client');
    const refusal = (text: string): string => {
      try {
        readCertificates(text);
        return 'read';
      } catch (error) {
        return JSON.stringify([(error as { code: string }).code, (error as { details: object }).details]);
      }
    };
    for (const text of [
      '',
      'MIIBroken',
      authority.ca.slice(0, 300),
      `${authority.ca}-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----`,
    ])
      expect(refusal(text)).toContain('connectCaUnreadable');
    expect(refusal(authority.ca + key.reveal())).toBe('["connectCaIsKey",{}]');
    expect(trustInput.safeParse({ kind: 'file', pem: 'x'.repeat(500_001) }).success).toBe(false);
  });
});
