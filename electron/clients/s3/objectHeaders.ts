import { createHash } from 'node:crypto';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import type { Encrypt, Lock, WriteOptions } from './objectTypes.ts';

const sse = 'x-amz-server-side-encryption';
export const customerPrefix = `${sse}-customer`;
export const sourceCustomerPrefix = `x-amz-copy-source-${sse.slice('x-amz-'.length)}-customer`;

/** minio.md 3.2. Always said in full: a missing key would mean the server's default key, not the bucket's. */
export function encryptHeaders(encrypt: Encrypt): Record<string, string> {
  switch (encrypt.kind) {
    case 'rule':
      return {};
    case 'sse-s3':
      return { [sse]: 'AES256' };
    case 'sse-kms': {
      const context = Object.keys(encrypt.context ?? {}).length > 0 ? JSON.stringify(encrypt.context) : undefined;
      return {
        [sse]: 'aws:kms',
        [`${sse}-aws-kms-key-id`]: encrypt.key,
        ...(context === undefined ? {} : { [`${sse}-context`]: Buffer.from(context).toString('base64') }),
      };
    }
    case 'sse-c':
      return customerHeaders(encrypt.key);
  }
}

/** Base64 of 32 bytes as three headers; with `sourceCustomerPrefix` for the source of a copy. Throws `customerKeyWrongLength`. */
export function customerHeaders(key: Secret | undefined, prefix = customerPrefix): Record<string, string> {
  if (!key) return {};
  return { [`${prefix}-algorithm`]: 'AES256', [`${prefix}-key`]: key.reveal(), [`${prefix}-key-md5`]: customerKeyMd5(key) };
}

/** Base64 of the MD5 of the key's bytes, as servers name it. Throws `customerKeyWrongLength`. */
export function customerKeyMd5(key: Secret): string {
  const bytes = Buffer.from(key.reveal(), 'base64');
  if (bytes.length !== 32 || bytes.toString('base64') !== key.reveal())
    throw new AppError('customerKeyWrongLength', { bytes: bytes.length });
  return createHash('md5').update(bytes).digest('base64');
}

/** All that goes with a new object, beside its encryption. */
export function descriptionHeaders({ contentType, metadata = {}, tags = {}, lock }: Partial<WriteOptions>): Record<string, string> {
  const headers: Record<string, string> = {};
  if (contentType !== undefined) headers['content-type'] = contentType;
  for (const [name, value] of Object.entries(metadata)) headers[`x-amz-meta-${name.toLowerCase()}`] = value;
  const pairs = Object.entries(tags).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  if (pairs.length > 0) headers['x-amz-tagging'] = pairs.join('&');
  return { ...headers, ...lockHeaders(lock) };
}

export function lockHeaders(lock: Lock | undefined): Record<string, string> {
  return {
    ...(lock?.mode === undefined ? {} : { 'x-amz-object-lock-mode': lock.mode }),
    ...(lock?.until === undefined ? {} : { 'x-amz-object-lock-retain-until-date': lock.until }),
    ...(lock?.hold === undefined ? {} : { 'x-amz-object-lock-legal-hold': lock.hold ? 'ON' : 'OFF' }),
  };
}

/** Header lines are bytes: texts go as UTF-8, and undici takes and gives each byte as one character. */
export function toWire(headers: Readonly<Record<string, string>>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) result[name] = Buffer.from(value).toString('latin1');
  return result;
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encodedWord = /=\?utf-8\?([qb])\?([^?]*)\?=/gi;

/** MinIO answers texts beyond ASCII as words of RFC 2047, several where they are long; others send the bytes. */
export function fromWire(value: string): string {
  try {
    if (!value.includes('=?')) return strictUtf8.decode(Buffer.from(value, 'latin1'));
    const joined = value.replace(/\?=\s+=\?/g, '?==?');
    return joined.replace(/(?:=\?utf-8\?[qb]\?[^?]*\?=)+/gi, (words) =>
      strictUtf8.decode(Buffer.concat([...words.matchAll(encodedWord)].map(wordBytes))),
    );
  } catch {
    return value;
  }
}

function wordBytes([, how = '', text = '']: RegExpMatchArray): Buffer {
  if (how.toLowerCase() === 'b') return Buffer.from(text, 'base64');
  const bytes = text.replaceAll('_', ' ').replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}
