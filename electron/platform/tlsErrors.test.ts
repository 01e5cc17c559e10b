import { describe, expect, test } from 'vitest';
import { AppError } from '../../shared/rpc/errors.ts';
import { alertOf, codeOf, networkError } from './tlsErrors.ts';

const coded = (code: string, message = code): Error => Object.assign(new Error(message), { code });

describe('an error code', () => {
  const table: [string, string][] = [
    ['ECONNREFUSED', 'networkRefused'],
    ['ENOTFOUND', 'networkName'],
    ['EAI_AGAIN', 'networkName'],
    ['EHOSTUNREACH', 'networkBroken'],
    ['ECONNRESET', 'networkBroken'],
    ['UND_ERR_SOCKET', 'networkBroken'],
    ['ETIMEDOUT', 'networkTimeout'],
    ['UND_ERR_CONNECT_TIMEOUT', 'networkTimeout'],
    ['UND_ERR_HEADERS_TIMEOUT', 'networkTimeout'],
    ['UND_ERR_BODY_TIMEOUT', 'networkTimeout'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tlsTrust'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tlsTrust'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tlsTrust'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tlsTrust'],
    ['INVALID_PURPOSE', 'tlsTrust'],
    ['CERT_HAS_EXPIRED', 'tlsDate'],
    ['CERT_NOT_YET_VALID', 'tlsDate'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tlsProtocol'],
    ['HPE_INVALID_CONSTANT', 'tlsProtocol'],
    ['EPROTO', 'tlsProtocol'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tlsProtocol'],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'tlsProtocol'],
    ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'tlsIdentityRefused'],
    ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', 'tlsIdentityRefused'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tlsIdentityRefused'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'tlsIdentityRefused'],
    ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED', 'tlsIdentityRefused'],
    ['ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE', 'tlsIdentityRefused'],
  ];
  test.each(table)('%s means %s, with host and reason, also as a cause', (code, meaning) => {
    for (const error of [coded(code), new TypeError('fetch failed', { cause: coded(code) })]) {
      const known = networkError(error, 'kes:7373');
      expect(known?.code).toBe(meaning);
      expect(known?.details.host).toBe('kes:7373');
      expect(String(known?.details.reason).length).toBeGreaterThan(5);
    }
  });

  test('of a wrong argument, or none at all, is no failure of the network', () => {
    expect(networkError(coded('ERR_INVALID_ARG_TYPE'), 'x')).toBeUndefined();
    expect(networkError(coded('UND_ERR_INVALID_ARG'), 'x')).toBeUndefined();
    expect(networkError(new TypeError('x is not a function'), 'x')).toBeUndefined();
    expect(networkError('text', 'x')).toBeUndefined();
  });

  test('of an error that has its name already stays', () => {
    const error = new AppError('tlsDate', { host: 'a', reason: 'expired' });
    expect(networkError(error, 'b')).toBe(error);
  });

  test('is found in a ring of causes without end', () => {
    const [a, b] = [new Error('a'), new Error('b')];
    a.cause = b;
    b.cause = a;
    expect(codeOf(a)).toBeUndefined();
    expect(alertOf(a)).toBeUndefined();
  });
});

test('a name that does not fit comes with the names that the certificate has', () => {
  const error = Object.assign(coded('ERR_TLS_CERT_ALTNAME_INVALID'), { cert: { subjectaltname: 'DNS:a, DNS:b' } });
  expect(networkError(error, 'c:1')?.details).toEqual({ host: 'c:1', reason: 'it has DNS:a, DNS:b' });
});
