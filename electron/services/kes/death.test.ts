import { describe, expect, it } from 'vitest';
import { deathOf, refusalOf } from './death.ts';

const login = 'URL: PUT https://127.0.0.1:8200/v1/auth/approle/login';

describe('why KES ended', () => {
  it.each([
    [['Error: Error making API request.', '', login, 'Code: 503. Errors:', '', '* Vault is sealed'], 'kesVaultSealed'],
    [['Error: Error making API request.', '', login, 'Code: 400. Errors:', '', '* invalid role or secret ID'], 'kesVaultRefused'],
    [['Error: Error making API request.', '', login, 'Code: 400. Errors:', '', '* invalid secret id'], 'kesVaultRefused'],
    [['Error: Error making API request.', '', login, 'Code: 403. Errors:', '', '* permission denied'], 'kesVaultLockedOut'],
    [
      ['Error: Put "https://127.0.0.1:8200/v1/auth/approle/login": dial tcp 127.0.0.1:8200: connect: connection refused'],
      'kesVaultUnreachable',
    ],
    [
      [
        'Error: Put "https://localhost:8200/v1/auth/approle/login": tls: failed to verify certificate: x509: certificate signed by unknown authority',
      ],
      'kesVaultTrust',
    ],
    [['Error: kesconf: invalid vault keystore: invalid approle config: no approle secret specified'], 'kesVaultRefused'],
    [['Error: kesconf: no keystore specified'], 'kesDied'],
    [['Error: listen tcp 127.0.0.1:7373: bind: address already in use'], 'portInUse'],
  ])('reads %j as %s', (lines, code) => {
    expect(deathOf(lines)?.code).toBe(code);
  });

  it('looks at the last error only, since the log holds earlier runs', () => {
    expect(deathOf(['Error: Vault is sealed', 'Server is up', 'Error: kesconf: no keystore specified'])?.code).toBe('kesDied');
  });

  it('says nothing when KES printed no error', () => {
    expect(deathOf(['=> Server is up and running...'])).toBeUndefined();
  });
});

describe('why KES ended at a key store that is not Vault', () => {
  it.each([
    ['gemalto', 'Error: 401 Unauthorized: NCERRInvalidCredentials: Invalid refresh token (3)', 'keyStoreRefused'],
    ['entrust', 'Error: keycontrol: Box not found', 'keyStoreRefused'],
    ['fortanix', 'Error: authentication failed', 'keyStoreRefused'],
    [
      'gemalto',
      'Error: Post "https://ct/api/v1/auth/tokens": tls: failed to verify certificate: x509: certificate signed by unknown authority',
      'keyStoreTrust',
    ],
    [
      'aws',
      'Error: kes: keystore unreachable: Get "http://127.0.0.1:1": dial tcp 127.0.0.1:1: connect: connection refused',
      'keyStoreAway',
    ],
    [
      'gcp',
      'Error: kes: keystore unreachable: Get "https://secretmanager.googleapis.com": dial tcp: lookup secretmanager.googleapis.com: no such host',
      'keyStoreAway',
    ],
    ['aws', 'Error: listen tcp 127.0.0.1:7373: bind: address already in use', 'portInUse'],
    ['fs', 'Error: mkdir /taken: not a directory', 'kesDied'],
  ] as const)('%s: reads %j as %s', (kind, line, code) => {
    expect(deathOf([line], kind)?.code).toBe(code);
  });

  it('finds what KES wrote of a call that failed, in one line', () => {
    const log = [
      String.raw`time=t level=ERROR msg="azure: failed to create 'k': 401:\n{\"error\":\"invalid_client\"}" req.method=POST`,
      `time=t level=INFO msg="secret key 'k' created"`,
    ];
    expect(refusalOf(log)).toBe(`azure: failed to create 'k': 401: {"error":"invalid_client"}`);
    expect(refusalOf(['=> Server is up and running...'])).toBeUndefined();
  });
});
