import type { X509Certificate } from 'node:crypto';
import type { ErrorCode } from '../../shared/messages.ts';
import { AppError } from '../../shared/rpc/errors.ts';

/** `sigalgs` of every TLS client here: BoringSSL's own list, in Electron, lacks Ed25519, which KES' quick start makes. */
export const signatureAlgorithms =
  'ecdsa_secp256r1_sha256:ecdsa_secp384r1_sha384:ed25519:rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pkcs1_sha256:rsa_pkcs1_sha384';

type Failure = Extract<ErrorCode, `network${string}` | `tls${string}` | 'answerNotUnderstood'>;
type Meaning = readonly [code: Failure, reason: string];

const meanings: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: ['networkRefused', 'nothing listens there'],
  ENOTFOUND: ['networkName', 'no such host name'],
  EAI_AGAIN: ['networkName', 'the name service does not answer'],
  EHOSTUNREACH: ['networkBroken', 'no route to the host'],
  ENETUNREACH: ['networkBroken', 'no route to the network'],
  ECONNRESET: ['networkBroken', 'the other side closed the connection'],
  EPIPE: ['networkBroken', 'the other side closed the connection'],
  UND_ERR_SOCKET: ['networkBroken', 'the other side closed the connection'],
  UND_ERR_DESTROYED: ['networkBroken', 'the connection was closed here'],
  UND_ERR_CLOSED: ['networkBroken', 'the connection was closed here'],
  ETIMEDOUT: ['networkTimeout', 'no connection in time'],
  UND_ERR_HEADERS_OVERFLOW: ['answerNotUnderstood', 'its headers are too long'],
  // undici asserts what a server may say, for instance no 101 that nobody asked for.
  ERR_ASSERTION: ['answerNotUnderstood', 'the answer breaks the rules of HTTP'],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ['answerNotUnderstood', 'its length is not the announced one'],
  UND_ERR_CONNECT_TIMEOUT: ['networkTimeout', 'no connection or TLS handshake in time'],
  UND_ERR_HEADERS_TIMEOUT: ['networkTimeout', 'the request was sent, no answer came in time'],
  UND_ERR_BODY_TIMEOUT: ['networkTimeout', 'the answer stopped in the middle'],
  SELF_SIGNED_CERT_IN_CHAIN: ['tlsTrust', 'its CA is not one of the trusted ones'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['tlsTrust', 'it is self-signed and not one of the trusted ones'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['tlsTrust', 'its issuer is not known; the CA or an intermediate is missing'],
  UNABLE_TO_GET_ISSUER_CERT: ['tlsTrust', 'its issuer is not known; the CA or an intermediate is missing'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['tlsTrust', 'its issuer is not known; the CA or an intermediate is missing'],
  CERT_SIGNATURE_FAILURE: ['tlsTrust', 'its signature is not of the trusted CA: another CA of the same name'],
  INVALID_CA: ['tlsTrust', 'the trusted certificate that issued it is not a CA'],
  INVALID_PURPOSE: ['tlsTrust', 'it is not made for servers (no serverAuth)'],
  CERT_UNTRUSTED: ['tlsTrust', 'it is not trusted'],
  CERT_REJECTED: ['tlsTrust', 'it is rejected'],
  CERT_REVOKED: ['tlsTrust', 'it is revoked'],
  CERT_HAS_EXPIRED: ['tlsDate', 'it has expired'],
  CERT_NOT_YET_VALID: ['tlsDate', 'it is not valid yet'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['tlsName', 'the name is not in the certificate'],
  ERR_SSL_WRONG_VERSION_NUMBER: ['tlsProtocol', 'plain http, or another protocol, answers on this port'],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ['tlsProtocol', 'plain http, or another protocol, answers on this port'],
  ERR_SSL_UNSUPPORTED_PROTOCOL: ['tlsProtocol', 'the server is too old: TLS 1.2 or newer is needed'],
  ERR_SSL_NO_CIPHERS_AVAILABLE: ['tlsProtocol', 'no common cipher'],
};

const identityAlerts: Readonly<Record<string, string>> = {
  BAD_CERTIFICATE: 'missing, not trusted, expired or made for another purpose',
  CERTIFICATE_REQUIRED: 'a client certificate is required and none was sent',
  UNKNOWN_CA: 'the server does not know the CA of the client certificate',
  CERTIFICATE_EXPIRED: 'the client certificate has expired',
  CERTIFICATE_REVOKED: 'the client certificate is revoked',
  UNSUPPORTED_CERTIFICATE: 'the client certificate is made for another purpose',
  CERTIFICATE_UNKNOWN: 'the server does not accept the client certificate',
  ACCESS_DENIED: 'the server does not accept the client certificate',
};

/** The name of the TLS alert that the other side sent: by suffix, since OpenSSL and BoringSSL have other prefixes. */
export function alertOf(error: unknown): string | undefined {
  return /ALERT_([A-Z_]+)$/.exec(codeOf(error) ?? '')?.[1];
}

/** `code` of the error or of what caused it. */
export function codeOf(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const code: unknown = (at as NodeJS.ErrnoException).code;
    if (typeof code === 'string' && code !== 'UND_ERR') return code;
  }
  return undefined;
}

/**
 * What a failed connection means, as an `AppError` with `{host, reason}`. `host` is name and port. Returns `undefined`
 * for what is no failure of the network, such as a wrong argument.
 */
export function networkError(error: unknown, host: string): AppError | undefined {
  if (error instanceof AppError) return error;
  const code = codeOf(error);
  const name = error instanceof Error ? error.name : '';
  const as = ([to, reason]: Meaning, detail = code ?? name): AppError =>
    new AppError(to, { host, reason: detail === '' ? reason : `${reason} (${detail})` }, { cause: error });

  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return nameError(host, (error as { cert?: { subjectaltname?: string } }).cert?.subjectaltname, error);
  if (code !== undefined && Object.hasOwn(meanings, code)) return as(meanings[code] as Meaning);
  const alert = alertOf(error);
  if (alert !== undefined) return alertError(alert, host, error);
  if (code?.startsWith('HPE_') || name === 'HTTPParserError')
    return as(['tlsProtocol', 'the answer is not HTTP; another service answers here']);
  if (code?.startsWith('ERR_SSL_') || code === 'EPROTO') return as(['tlsProtocol', 'the TLS handshake failed']);
  if (code?.startsWith('UND_ERR_RES_EXCEEDED')) return as(['answerNotUnderstood', 'the answer is too long']);
  return undefined;
}

/** The alert of a refused identity is told from the other alerts. `HANDSHAKE_FAILURE` counts as protocol: see the probe. */
export function alertError(alert: string, host: string, cause?: unknown): AppError {
  const reason = identityAlerts[alert];
  if (reason !== undefined) return new AppError('tlsIdentityRefused', { host, reason: `${reason} (${alert})` }, { cause });
  const other = alert === 'PROTOCOL_VERSION' ? 'no common TLS version; 1.2 or newer is needed' : 'the server ended the handshake';
  return new AppError('tlsProtocol', { host, reason: `${other} (${alert})` }, { cause });
}

export function nameError(host: string, names: string | undefined, cause?: unknown): AppError {
  const reason = names ? `it has ${names.slice(0, 400)}` : 'it has no names at all (SAN is missing)';
  return new AppError('tlsName', { host, reason }, { cause });
}

export function dateError(host: string, certificate: X509Certificate): AppError {
  const [from, to] = [certificate.validFromDate, certificate.validToDate].map((date) => date.toISOString());
  return new AppError('tlsDate', { host, reason: `valid from ${from} to ${to}, and the clock here says ${new Date().toISOString()}` });
}
