import type { Key, Subkey } from 'openpgp';
import { AppError } from '../../../shared/rpc/errors.ts';

/** A public key that was checked in full and that takes an encrypted message now. */
export interface CheckedKey {
  /** One armored block without anything else that the file held. */
  armored: string;
  /** Upper-case hex. */
  fingerprint: string;
  userIds: string[];
  /** As a person would say it: "RSA 3072", "Curve25519". */
  algorithm: string;
  createdAt: string;
  expiresAt?: string;
}

const weakestRsa = 2048;

/** Loaded when the first key is met: it is large, and most engines never need it. */
const library = () => import('openpgp');

/**
 * Checks everything that could make a custodian's key useless (vault.md 1.4, 2.5): armored text or base64 of a binary
 * file, one public key, no private part, version 4, RSA of 2048 bits or an elliptic curve, neither revoked nor expired,
 * and able to encrypt, which is tried. `who` is for the errors: `vaultPgpNotKey`, `vaultPgpPrivate`, `vaultPgpSeveral`,
 * `vaultPgpWeak`, `vaultPgpRevoked`, `vaultPgpExpired`, `vaultPgpSignOnly`, `vaultPgpTrial`.
 */
export async function checkPgpKey(text: string, who?: string): Promise<CheckedKey> {
  const [key, name] = await onlyKey(text, who);
  const fingerprint = key.getFingerprint().toUpperCase();
  const facts = { who: name, fingerprint };
  if (await key.isRevoked()) throw new AppError('vaultPgpRevoked', facts);
  refuseWeak(key, facts);
  const ends = await key.getExpirationTime();
  if (ends instanceof Date && ends.getTime() <= Date.now()) throw new AppError('vaultPgpExpired', { ...facts, at: ends.toISOString() });
  let encryption: Key | Subkey;
  try {
    encryption = await key.getEncryptionKey();
  } catch (error) {
    throw new AppError('vaultPgpSignOnly', facts, { cause: error });
  }
  refuseWeak(encryption, facts);
  const armored = key.toPublic().armor();
  await sealToKey(armored, 'trial', []).catch((error: unknown) => {
    throw new AppError('vaultPgpTrial', { ...facts, reason: error instanceof Error ? error.message : '?' }, { cause: error });
  });
  const until = earliest(ends, await ('keyPacket' in encryption && encryption !== key ? encryption.getExpirationTime() : ends));
  return {
    armored,
    fingerprint,
    userIds: key.getUserIDs(),
    algorithm: algorithmOf(encryption),
    createdAt: key.getCreationTime().toISOString(),
    ...(until === undefined ? {} : { expiresAt: until }),
  };
}

/** An armored message that `gpg --decrypt` opens. `comments` stand in its head, readable by anybody. */
export async function sealToKey(armoredKey: string, text: string, comments: readonly string[]): Promise<string> {
  const pgp = await library();
  const encryptionKeys = await pgp.readKey({ armoredKey });
  const message: string = await pgp.encrypt({ message: await pgp.createMessage({ text }), encryptionKeys });
  const lines = message.replace(/\r\n/g, '\n').split('\n');
  return [lines[0], ...comments.map((comment) => `Comment: ${comment}`), ...lines.slice(1)].join('\n');
}

async function onlyKey(text: string, who: string | undefined): Promise<[key: Key, who: string]> {
  const pgp = await library();
  const blocks = text.match(/-----BEGIN PGP [A-Z ]+-----/g) ?? [];
  if (blocks.some((block) => block.includes('PRIVATE'))) throw new AppError('vaultPgpPrivate', { who: who ?? '–' });
  // The library reads the first armored block only.
  if (blocks.length > 1) throw new AppError('vaultPgpSeveral', { who: who ?? '–', count: blocks.length });
  const binary = blocks.length === 0 ? binaryOf(text) : undefined;
  const wrong = (cause?: unknown): AppError => new AppError('vaultPgpNotKey', { who: who ?? '–' }, { cause });
  if (blocks.length === 0 && binary === undefined) throw wrong();
  let keys: Key[];
  try {
    keys = await (binary === undefined ? pgp.readKeys({ armoredKeys: text }) : pgp.readKeys({ binaryKeys: binary }));
  } catch (error) {
    throw wrong(error);
  }
  const [key] = keys;
  if (key === undefined) throw wrong();
  const name = who ?? key.getUserIDs()[0] ?? key.getFingerprint().toUpperCase();
  if (keys.some((each) => each.isPrivate())) throw new AppError('vaultPgpPrivate', { who: name });
  if (keys.length > 1) throw new AppError('vaultPgpSeveral', { who: name, count: keys.length });
  return [key, name];
}

/** Base64 of a binary key file: every OpenPGP packet begins with bit 7 set (vault.md 2.5). */
function binaryOf(text: string): Uint8Array | undefined {
  const packed = text.replace(/\s+/g, '');
  if (packed.length < 40 || !/^[A-Za-z0-9+/]+=*$/.test(packed)) return undefined;
  const bytes = new Uint8Array(Buffer.from(packed, 'base64'));
  return ((bytes[0] ?? 0) & 0x80) === 0 ? undefined : bytes;
}

const strong = new Set(['rsaEncryptSign', 'rsaEncrypt', 'rsaSign', 'ecdh', 'ecdsa', 'eddsaLegacy', 'ed25519', 'x25519', 'ed448', 'x448']);

/** DSA and ElGamal are gone from Vault's and GnuPG's present; keys of version 6 open with few tools yet. */
function refuseWeak(key: Key | Subkey, facts: { who: string; fingerprint: string }): void {
  const { algorithm, bits } = key.getAlgorithmInfo();
  const old = !strong.has(algorithm) || key.keyPacket.version !== 4;
  if (old || (bits !== undefined && algorithm.startsWith('rsa') && bits < weakestRsa))
    throw new AppError('vaultPgpWeak', { ...facts, algorithm: algorithmOf(key), min: weakestRsa });
}

function algorithmOf(key: Key | Subkey): string {
  const { algorithm, bits, curve } = key.getAlgorithmInfo() as { algorithm: string; bits?: number; curve?: string };
  const version = key.keyPacket.version === 4 ? '' : `, v${key.keyPacket.version}`;
  if (algorithm.startsWith('rsa')) return `RSA ${bits ?? '?'}${version}`;
  return `${(curve ?? algorithm).replace(/Legacy$/, '').replace(/^curve25519$|^x25519$/, 'Curve25519')}${version}`;
}

function earliest(...dates: (Date | number | null)[]): string | undefined {
  const times = dates.filter((date): date is Date => date instanceof Date).map((date) => date.getTime());
  return times.length === 0 ? undefined : new Date(Math.min(...times)).toISOString();
}
