import { X509Certificate } from 'node:crypto';
import type { CertificateFormat, KeyProtection } from '../../../../shared/certificateFiles.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import type { Secret } from '../../../../shared/secret.ts';
import { reasonOf } from '../../../platform/atomicFile.ts';
import { identityOfKey, keyPem, openKey, protectionOf } from './keyFile.ts';
import { openPkcs12 } from './pkcs12Read.ts';
import { oidOf, partsIn, readTlv } from './tlv.ts';

export interface FoundKey {
  /** PKCS#8 PEM without a password. */
  pem: Secret;
  identity: string;
}

/** What a file holds, whatever its form. */
export interface ReadFile {
  format: CertificateFormat;
  certificates: X509Certificate[];
  keys: FoundKey[];
  /** How the private key was protected in it. */
  protection: KeyProtection;
  /** Weak protections of PKCS#12, by name. */
  weak: string[];
}

/** A container with keys of a whole company fits; what is larger is something else. */
export const mostBytes = 1_000_000;
const signedData = '1.2.840.113549.1.7.2';

/**
 * Reads PEM (one or more blocks), DER, PKCS#12 and PKCS#7, told apart by their bytes and not by the name. Throws
 * `certificateFileLarge`, `certificateFileUnreadable`, `certificatePasswordWrong`, `certificateKeyLocked`, `certificatePkcs12Locked`.
 */
export function readAny(content: Buffer, password: Secret | undefined, file: string): ReadFile {
  if (content.length > mostBytes) throw new AppError('certificateFileLarge', { file, bytes: content.length });
  const text = content.toString('latin1');
  if (text.includes('-----BEGIN ')) return readPem(text, password, file);
  // The base64 of a DER file, as portals of CAs show it.
  const bare = text.replace(/\s+/g, '');
  const der = /^M[A-Za-z0-9+/]+={0,2}$/.test(bare) ? Buffer.from(bare, 'base64') : content;
  return readDer(der, password, file);
}

function readPem(text: string, password: Secret | undefined, file: string): ReadFile {
  const read: ReadFile = { format: 'pem', certificates: [], keys: [], protection: 'none', weak: [] };
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----((?:[^-]|-(?!----))*)-----END \1-----/g)];
  if (blocks.length !== (text.match(/-----BEGIN /g) ?? []).length) throw unreadable(file, 'a block is cut off');
  for (const [block, label = '', body = ''] of blocks) {
    if (/^(?:TRUSTED |X509 )?CERTIFICATE$/.test(label)) read.certificates.push(certificateOf(block, file));
    else if (label === 'PKCS7' || label === 'CMS') read.certificates.push(...bundled(Buffer.from(body, 'base64'), file));
    else if (label.endsWith('PRIVATE KEY')) {
      read.protection = protectionOf(block) ?? 'none';
      read.keys.push(found(block, password, file));
    }
  }
  if (read.certificates.length + read.keys.length === 0) throw unreadable(file, 'no certificate and no key in it');
  return read;
}

function readDer(der: Buffer, password: Secret | undefined, file: string): ReadFile {
  const empty: ReadFile = { format: 'der', certificates: [], keys: [], protection: 'none', weak: [] };
  switch (kindOf(der, file)) {
    case 'certificate':
      return { ...empty, certificates: [certificateOf(der, file)] };
    case 'bundle':
      return { ...empty, format: 'pkcs7', certificates: bundled(der, file) };
    case 'container': {
      const { certificates, keys, weak } = openPkcs12(der, password, file);
      return {
        ...empty,
        format: 'pkcs12',
        weak,
        protection: 'pkcs8',
        certificates: certificates.map((one) => certificateOf(one, file)),
        keys: keys.map((one) => found(one, undefined, file)),
      };
    }
    case 'lockedKey':
      return { ...empty, protection: 'pkcs8', keys: [found(der, password, file, true)] };
    case 'key':
      return { ...empty, keys: [found(der, undefined, file)] };
  }
}

/** By the shape of the outermost sequence. */
function kindOf(der: Buffer, file: string): 'certificate' | 'bundle' | 'container' | 'lockedKey' | 'key' {
  try {
    const whole = readTlv(der);
    if (whole.tag !== 0x30) throw new Error('not ASN.1');
    const parts = partsIn(whole);
    const [first, second] = parts;
    if (first?.tag === 0x06 && oidOf(first) === signedData) return 'bundle';
    if (first?.tag === 0x02)
      return second?.tag === 0x30 && partsIn(second)[0]?.tag === 0x06 && partsIn(second)[1]?.tag === 0xa0 ? 'container' : 'key';
    if (parts.length === 2 && second?.tag === 0x04) return 'lockedKey';
    if (parts.length === 3 && first?.tag === 0x30) return 'certificate';
  } catch (error) {
    throw unreadable(file, reasonOf(error));
  }
  throw unreadable(file, 'neither a certificate nor a key');
}

/** The certificates of a PKCS#7 SignedData (RFC 2315), which carry no signature of its own here. */
function bundled(der: Buffer, file: string): X509Certificate[] {
  try {
    const [type, wrapped] = partsIn(readTlv(der));
    if (oidOf(type) !== signedData) throw new Error('PKCS#7 without certificates');
    const list = partsIn(partsIn(wrapped)[0]).find(({ tag }) => tag === 0xa0);
    const found = partsIn(list).filter(({ tag }) => tag === 0x30);
    if (found.length === 0) throw new Error('PKCS#7 without certificates');
    return found.map(({ raw }) => certificateOf(raw, file));
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw unreadable(file, reasonOf(error));
  }
}

function certificateOf(content: string | Buffer, file: string): X509Certificate {
  try {
    return new X509Certificate(content);
  } catch (error) {
    throw unreadable(file, reasonOf(error), error);
  }
}

function found(content: string | Buffer, password: Secret | undefined, file: string, locked = false): FoundKey {
  if (locked && !password) throw new AppError('certificateKeyLocked', { file });
  const key = openKey(content, password, file);
  return { pem: keyPem(key, 'none'), identity: identityOfKey(key) };
}

function unreadable(file: string, reason: string, cause?: unknown): AppError {
  return new AppError('certificateFileUnreadable', { file, reason: reason.slice(0, 200) }, { cause });
}

/** Content as it comes from the window: text, or base64 where the file is no text. */
export function contentOf(content: Secret): Buffer {
  const text = content.reveal();
  return text.includes('-----BEGIN ')
    ? Buffer.from(text, 'utf8')
    : Buffer.from(text, /^[A-Za-z0-9+/]+={0,2}$/.test(text.replace(/\s+/g, '')) ? 'base64' : 'utf8');
}
