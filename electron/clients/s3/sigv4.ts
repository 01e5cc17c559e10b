import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';

export interface S3Credentials {
  accessKey: string;
  secretKey: Secret;
  /** Of a temporary credential. */
  sessionToken?: Secret;
}

export interface SignedParts {
  method: string;
  url: URL;
  /** Extra headers; all `x-amz-*` among them are signed. */
  headers?: Readonly<Record<string, string>>;
  credentials: S3Credentials;
  /** Hex SHA-256 of the body, or `UNSIGNED-PAYLOAD`. */
  payloadHash: string;
  region?: string;
  service?: 's3' | 'sts';
  now?: Date;
  /** Names to sign instead of `host` and all `x-amz-*`. */
  signedHeaders?: readonly string[];
}

export const emptyPayloadHash = sha256Hex('');

export function sha256Hex(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * AWS Signature V4 in the `Authorization` header: each path segment encoded once, nothing normalised
 * (AWS "Signature Version 4 for S3"). Returns the headers to send; `Host` follows from the URL, which must come from `canonicalUrl`.
 */
export function signRequest(parts: SignedParts): Record<string, string> {
  const { region = 'us-east-1', service = 's3' } = parts;
  const time = `${(parts.now ?? new Date()).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;
  const day = time.slice(0, 8);
  const headers: Record<string, string> = { host: parts.url.host };
  for (const [name, value] of Object.entries(parts.headers ?? {})) headers[name.toLowerCase()] = value.trim();
  headers['x-amz-date'] = time;
  if (parts.credentials.sessionToken) headers['x-amz-security-token'] = parts.credentials.sessionToken.reveal();
  headers['x-amz-content-sha256'] = parts.payloadHash;

  const signed =
    parts.signedHeaders ??
    Object.keys(headers)
      .filter((name) => name === 'host' || name.startsWith('x-amz-'))
      .sort();
  const canonical = canonicalRequest(parts.method, parts.url, headers, signed, parts.payloadHash);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256Hex(canonical)].join('\n');
  const signature = createHmac('sha256', signingKey(parts.credentials.secretKey, day, region, service))
    .update(toSign)
    .digest('hex');
  delete headers.host;
  headers.authorization = `AWS4-HMAC-SHA256 Credential=${parts.credentials.accessKey}/${scope}, SignedHeaders=${signed.join(';')}, Signature=${signature}`;
  return headers;
}

const keyOfDay = new WeakMap<Secret, { scope: string; key: KeyObject }>();

/** The same for all requests of a day: four HMACs less for each. As an object: Node makes one of every plain key, which takes longer than the HMAC. */
function signingKey(secret: Secret, day: string, region: string, service: string): KeyObject {
  const scope = `${day}/${region}/${service}`;
  const known = keyOfDay.get(secret);
  if (known?.scope === scope) return known.key;
  let piece: Buffer = Buffer.from(`AWS4${secret.reveal()}`);
  for (const text of [day, region, service, 'aws4_request']) piece = createHmac('sha256', piece).update(text).digest();
  const key = createSecretKey(piece);
  keyOfDay.set(secret, { scope, key });
  return key;
}

/** Runs of blanks are signed as one, and MinIO takes for a blank what Go does. */
const blanks = /[\t\v\f \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;

export function canonicalRequest(
  method: string,
  url: URL,
  headers: Readonly<Record<string, string>>,
  signed: readonly string[],
  payloadHash: string,
): string {
  const query = url.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => pair.split('=', 2) as [string, string?])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value ?? ''}`);
  const lines = signed.map((name) => `${name}:${(headers[name] ?? '').replace(blanks, ' ')}\n`);
  return [method, url.pathname, query.join('&'), lines.join(''), signed.join(';'), payloadHash].join('\n');
}

/** RFC 3986: everything but `A-Z a-z 0-9 - . _ ~` becomes percent. */
function encodePart(part: string): string {
  return encodeURIComponent(part).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The URL of an S3 or admin request: path segments and query pairs encoded as the signature wants them. */
export function canonicalUrl(base: string, path: readonly string[], query: Readonly<Record<string, string>> = {}): URL {
  if (path.some((segment) => /(?:^|\/)\.{1,2}(?:\/|$)/.test(segment))) throw new AppError('objectNameRefused', { name: path.at(-1) ?? '' });
  const told = [...path, ...Object.entries(query).flat()];
  // Half of a letter has no UTF-8.
  const broken = told.find((text) => !text.isWellFormed());
  if (broken !== undefined) throw new AppError('objectNameRefused', { name: broken.slice(0, 200).toWellFormed() });
  const encodedPath = path.map((segment) => segment.split('/').map(encodePart).join('/')).join('/');
  const encodedQuery = Object.entries(query).map(([name, value]) => `${encodePart(name)}=${encodePart(value)}`);
  const url = new URL(base);
  // Assigned as text: `URLSearchParams` would write a blank as `+`, which the signature does not know.
  return new URL(`${url.origin}/${encodedPath}${encodedQuery.length ? `?${encodedQuery.join('&')}` : ''}`);
}
