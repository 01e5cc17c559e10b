import { createDecipheriv } from 'node:crypto';
import forge from 'node-forge';
import { AppError } from '../../../../shared/rpc/errors.ts';
import type { Secret } from '../../../../shared/secret.ts';
import { reasonOf } from '../../../platform/atomicFile.ts';
import { checkMac, type Effort, mostRounds, pbes2Key, pkcs12Key, roundsOf } from './pkcs12Key.ts';
import { octetsOf, oidOf, partsIn, readTlv, type Tlv } from './tlv.ts';

export interface OpenedPkcs12 {
  /** DER, in the order of the file. */
  certificates: Buffer[];
  /** PKCS#8 DER. */
  keys: Buffer[];
  /** What protects it, in words of the field: "RC2-40", "3DES", "SHA-1 MAC". Empty: nothing that is weak today. */
  weak: string[];
}

/** What is collected on the way through a file. */
interface Opening extends OpenedPkcs12 {
  effort: Effort;
}

const data = '1.2.840.113549.1.7.1';
const encryptedData = '1.2.840.113549.1.7.6';
const bag = (number: number): string => `1.2.840.113549.1.12.10.1.${number}`;

/** Ciphers of RFC 7292 C, whose keys come from SHA-1: name, bytes of key, bytes of initial vector. */
const old: Readonly<Record<string, readonly [string, number, number]>> = {
  '1.2.840.113549.1.12.1.1': ['RC4-128', 16, 0],
  '1.2.840.113549.1.12.1.2': ['RC4-40', 5, 0],
  '1.2.840.113549.1.12.1.3': ['3DES', 24, 8],
  '1.2.840.113549.1.12.1.4': ['2-key 3DES', 16, 8],
  '1.2.840.113549.1.12.1.5': ['RC2-128', 16, 8],
  '1.2.840.113549.1.12.1.6': ['RC2-40', 5, 8],
};
const ciphers: Readonly<Record<string, readonly [string, number]>> = {
  '2.16.840.1.101.3.4.1.2': ['aes-128-cbc', 16],
  '2.16.840.1.101.3.4.1.22': ['aes-192-cbc', 24],
  '2.16.840.1.101.3.4.1.42': ['aes-256-cbc', 32],
  '1.2.840.113549.3.7': ['des-ede3-cbc', 24],
};

/**
 * Opens a PKCS#12 file: what OpenSSL, Java, Windows and macOS write, today's and the old ones. Its MAC tells a wrong password
 * from a broken file. Throws `certificatePasswordWrong`, `certificatePkcs12Locked` (no password given), `certificateFileUnreadable`.
 */
export function openPkcs12(file: Buffer, password: Secret | undefined, name: string): OpenedPkcs12 {
  const opened: Opening = { certificates: [], keys: [], weak: [], effort: { left: mostRounds } };
  const word = password?.reveal() ?? '';
  const wrong = (cause?: unknown): AppError =>
    new AppError(password ? 'certificatePasswordWrong' : 'certificatePkcs12Locked', { file: name }, { cause });
  let proven = false;
  try {
    const [version, safe, mac] = partsIn(readTlv(file));
    if (version?.tag !== 0x02) throw new Error('not PKCS#12');
    const content = contentOf(safe);
    const seal = checkMac(mac, content, word, opened.effort);
    if (seal && !seal.right) throw wrong();
    proven = seal !== undefined;
    if (seal?.hash === 'sha1') opened.weak.push('SHA-1 MAC');
    if (!seal) opened.weak.push('no MAC');
    for (const info of partsIn(readTlv(content))) readSafe(bagsOf(info, word, opened), word, opened);
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (!proven && /decrypt|padding|too small/i.test(String(error))) throw wrong(error);
    throw new AppError('certificateFileUnreadable', { file: name, reason: reasonOf(error).slice(0, 200) }, { cause: error });
  }
  const { certificates, keys, weak } = opened;
  return { certificates, keys, weak: [...new Set(weak)] };
}

/** The octets of a ContentInfo of type data. */
function contentOf(info: Tlv | undefined): Buffer {
  const [type, value] = partsIn(info);
  if (oidOf(type) !== data) throw new Error('sealed with a public key, not with a password');
  return octetsOf(partsIn(value)[0]);
}

function bagsOf(info: Tlv, password: string, opened: Opening): Buffer {
  const [type, value] = partsIn(info);
  if (oidOf(type) !== encryptedData) return contentOf(info);
  const [, encrypted] = partsIn(partsIn(value)[0]);
  const [, algorithm, sealed] = partsIn(encrypted);
  return decrypt(algorithm, octetsOf(sealed), password, opened);
}

function readSafe(bags: Buffer, password: string, opened: Opening): void {
  for (const one of partsIn(readTlv(bags))) {
    const [id, wrapped] = partsIn(one);
    const [value] = partsIn(wrapped);
    if (!value) throw new Error('an empty bag');
    switch (oidOf(id)) {
      case bag(1):
        opened.keys.push(value.raw);
        break;
      case bag(2): {
        const [algorithm, sealed] = partsIn(value);
        opened.keys.push(decrypt(algorithm, octetsOf(sealed), password, opened));
        break;
      }
      case bag(3): {
        const [kind, certificate] = partsIn(value);
        if (oidOf(kind) === '1.2.840.113549.1.9.22.1') opened.certificates.push(octetsOf(partsIn(certificate)[0]));
        break;
      }
      case bag(6):
        readSafe(value.raw, password, opened);
        break;
    }
  }
}

function decrypt(algorithm: Tlv | undefined, sealed: Buffer, password: string, opened: Opening): Buffer {
  const [id, parameters] = partsIn(algorithm);
  const name = oidOf(id);
  if (name === '1.2.840.113549.1.5.13') return pbes2(parameters, sealed, password, opened);
  const cipher = old[name];
  if (!cipher) throw new Error('a cipher that is not known here');
  const [kind, keyBytes, ivBytes] = cipher;
  opened.weak.push(kind);
  const [salt, rounds] = partsIn(parameters);
  const derive = (purpose: 1 | 2, length: number): Buffer =>
    pkcs12Key('sha1', password, octetsOf(salt), roundsOf(rounds, opened.effort), purpose, length);
  const key = derive(1, keyBytes);
  const iv = derive(2, ivBytes);
  if (kind === '3DES') return plain('des-ede3-cbc', key, iv, sealed);
  if (kind === '2-key 3DES') return plain('des-ede3-cbc', Buffer.concat([key, key.subarray(0, 8)]), iv, sealed);
  if (kind.startsWith('RC2')) return rc2(key, iv, sealed);
  throw new Error(`${kind}, a cipher that is not read here`);
}

/** Node has no RC2 without OpenSSL's legacy provider, which is not loaded. */
function rc2(key: Buffer, iv: Buffer, sealed: Buffer): Buffer {
  const cipher = forge.rc2.createDecryptionCipher(forge.util.createBuffer(key.toString('binary')), key.length * 8);
  cipher.start(forge.util.createBuffer(iv.toString('binary')));
  cipher.update(forge.util.createBuffer(sealed.toString('binary')));
  if (!cipher.finish()) throw new Error('bad decrypt');
  return Buffer.from(cipher.output.getBytes(), 'binary');
}

function pbes2(parameters: Tlv | undefined, sealed: Buffer, password: string, opened: Opening): Buffer {
  const [derivation, scheme] = partsIn(parameters);
  const [cipherId, iv] = partsIn(scheme);
  const cipher = ciphers[oidOf(cipherId)];
  if (!cipher) throw new Error('a cipher that is not known here');
  if (cipher[0] === 'des-ede3-cbc') opened.weak.push('3DES');
  const key = pbes2Key(derivation, password, cipher[1], opened.effort);
  return plain(cipher[0], key, octetsOf(iv), sealed);
}

function plain(cipher: string, key: Buffer, iv: Buffer, sealed: Buffer): Buffer {
  const decipher = createDecipheriv(cipher, key, iv);
  return Buffer.concat([decipher.update(sealed), decipher.final()]);
}
