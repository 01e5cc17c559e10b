import { randomBytes, scrypt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../shared/rpc/errors.ts';
import type { Secret } from '../../shared/secret.ts';
import { reasonOf, writeFileAtomic } from './atomicFile.ts';
import type { Keychain } from './keychain.ts';
import { decrypt, encrypt, type PassphraseWrap, type SealedHeader } from './sealedFile.ts';

const keyLength = 32;
const minPassphrase = 8;
const scryptCost = { cost: 131_072, blockSize: 8, parallelization: 1 } as const;
const wrapLabel = Buffer.from('sealdeck wrapping key 1');

export type DurableMode = SealedHeader['mode'];
type HeaderKey = Pick<SealedHeader, 'keyId' | 'mode' | 'kdf'>;

interface KeyPlaces {
  folder: string;
  keychain: Keychain;
}

/** Makes the random key of a new store and puts it where its mode keeps it, read back. `kdf` goes into the header. */
export async function makeWrappingKey(
  { folder, keychain }: KeyPlaces,
  mode: DurableMode,
  passphrase: Secret | undefined,
): Promise<{ key: Buffer; header: HeaderKey }> {
  const key = randomBytes(keyLength);
  const keyId = randomBytes(8).toString('hex');
  if (mode === 'keychain') {
    await keychain.write(accountOf(keyId), key);
    return { key, header: { keyId, mode } };
  }
  if (mode === 'passphrase') {
    if (passphrase === undefined) throw new AppError('passphraseMissing');
    if ([...passphrase.reveal()].length < minPassphrase) throw new AppError('passphraseShort', { min: minPassphrase });
    return { key, header: { keyId, mode, kdf: await wrap(key, passphrase) } };
  }
  // A key that lies there may belong to a store that was moved away: it is used, never replaced.
  const present = await readPracticeKey(folder);
  if (present === undefined) await writeFileAtomic(practiceFile(folder), `${key.toString('hex')}\n`, 0o600);
  return { key: present ?? key, header: { keyId, mode } };
}

/** Finds the key of an existing store. Throws `keychainKeyMissing`, `keychainLocked`, `keychainUnavailable`, `passphraseMissing`, `storeWrongKey`, `storeDamaged`. */
export async function findWrappingKey({ folder, keychain }: KeyPlaces, header: HeaderKey, passphrase: Secret | undefined): Promise<Buffer> {
  if (header.mode === 'keychain') {
    const key = await keychain.read(accountOf(header.keyId));
    if (key === undefined) throw new AppError('keychainKeyMissing');
    if (key.length !== keyLength) throw new AppError('storeWrongKey');
    return key;
  }
  if (header.mode === 'passphrase') {
    if (passphrase === undefined) throw new AppError('passphraseMissing');
    if (header.kdf === undefined) throw new AppError('storeDamaged', { file: 'sealed.sdv', reason: 'its header names no passphrase' });
    return unwrap(header.kdf, passphrase);
  }
  const key = await readPracticeKey(folder);
  if (key === undefined) throw new AppError('storeDamaged', { file: practiceFile(folder), reason: 'it is missing' });
  return key;
}

async function readPracticeKey(folder: string): Promise<Buffer | undefined> {
  const file = practiceFile(folder);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new AppError('storeDamaged', { file, reason: reasonOf(error) }, { cause: error });
  }
  if (!/^[0-9a-f]{64}\s*$/.test(text)) throw new AppError('storeDamaged', { file, reason: 'it is not a practice key' });
  return Buffer.from(text.trim(), 'hex');
}

function practiceFile(folder: string): string {
  return join(folder, 'practice.key');
}

/** Each data folder has an entry of its own, so that a second one never replaces the key of the first. */
export function accountOf(keyId: string): string {
  return `wrapping-key-${keyId}`;
}

async function wrap(key: Buffer, passphrase: Secret): Promise<PassphraseWrap> {
  const salt = randomBytes(16);
  const outer = await derive(passphrase, salt);
  const { iv, tag, data } = encrypt(outer, key, wrapLabel);
  outer.fill(0);
  const text = (bytes: Buffer): string => bytes.toString('base64');
  return { name: 'scrypt', ...scryptCost, salt: text(salt), iv: text(iv), tag: text(tag), wrapped: text(data) };
}

async function unwrap(kdf: PassphraseWrap, passphrase: Secret): Promise<Buffer> {
  const bytes = (text: string): Buffer => Buffer.from(text, 'base64');
  const outer = await derive(passphrase, bytes(kdf.salt));
  try {
    return decrypt(outer, { iv: bytes(kdf.iv), tag: bytes(kdf.tag), data: bytes(kdf.wrapped) }, wrapLabel);
  } finally {
    outer.fill(0);
  }
}

/** About a second and 128 MB, on purpose. The same passphrase typed on another system must give the same bytes, hence NFC. */
function derive(passphrase: Secret, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { ...scryptCost, maxmem: 256 * 1024 * 1024 };
    scrypt(passphrase.reveal().normalize('NFC'), salt, keyLength, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
