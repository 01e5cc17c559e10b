import { createHash, createHmac, pbkdf2Sync, scryptSync, timingSafeEqual } from 'node:crypto';
import { numberOf, octetsOf, oidOf, partsIn, readTlv, type Tlv } from './tlv.ts';

/** Rounds of key derivation that a file may still ask for. */
export interface Effort {
  left: number;
}
/** For a whole file: a round takes about a microsecond, and nobody else can be served meanwhile. */
export const mostRounds = 3_000_000;

export const hashOids: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};
export const hmacOids: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
};

/** The key derivation of RFC 7292 B.2. `purpose`: 1 key, 2 initial vector, 3 MAC. */
export function pkcs12Key(hash: string, password: string, salt: Buffer, rounds: number, purpose: 1 | 2 | 3, length: number): Buffer {
  const block = hash === 'sha384' || hash === 'sha512' ? 128 : 64;
  const size = createHash(hash).digest().length;
  const filled = (bytes: Buffer): Buffer => Buffer.alloc(Math.ceil(bytes.length / block) * block, bytes.length > 0 ? bytes : 0);
  let state: Buffer = Buffer.concat([filled(salt), filled(bmp(password))]);
  const key: Buffer[] = [];
  for (let made = 0; made < length; made += size) {
    let digest: Buffer = createHash(hash).update(Buffer.alloc(block, purpose)).update(state).digest();
    for (let round = 1; round < rounds; round++) digest = createHash(hash).update(digest).digest();
    key.push(digest);
    state = added(state, Buffer.alloc(block, digest), block);
  }
  return Buffer.concat(key).subarray(0, length);
}

/** UTF-16 with the high byte first and two zeros at the end, as PKCS#12 wants passwords. */
function bmp(password: string): Buffer {
  return Buffer.concat([Buffer.from(password, 'utf16le').swap16(), Buffer.alloc(2)]);
}

/** Each block of the state, plus the other block, plus one. */
function added(state: Buffer, other: Buffer, block: number): Buffer {
  const sum = Buffer.from(state);
  for (let start = 0; start < sum.length; start += block) {
    let carry = 1;
    for (let at = block - 1; at >= 0; at--) {
      const value = (sum[start + at] ?? 0) + (other[at] ?? 0) + carry;
      sum[start + at] = value & 0xff;
      carry = value >> 8;
    }
  }
  return sum;
}

/** The key of PBKDF2 parameters (RFC 8018 A.2). */
export function pbkdf2Key(parameters: Tlv | undefined, password: string, length: number, effort: Effort): Buffer {
  const [salt, rounds, ...more] = partsIn(parameters);
  const prf = more.find(({ tag }) => tag === 0x30);
  const hash = prf ? hmacOids[oidOf(partsIn(prf)[0])] : 'sha1';
  if (hash === undefined) throw new Error('a key derivation that is not known here');
  return pbkdf2Sync(Buffer.from(password), octetsOf(salt), roundsOf(rounds, effort), length, hash);
}

/** Throws when the file has asked for more than it may. */
export function roundsOf(value: Tlv | undefined, effort: Effort): number {
  return spent(numberOf(value), effort);
}

function spent(rounds: number, effort: Effort): number {
  effort.left -= rounds;
  if (rounds < 1 || effort.left < 0) throw new Error(`${rounds} rounds of key derivation`);
  return rounds;
}

const pbes2 = '1.2.840.113549.1.5.13';
const scrypt = '1.3.6.1.4.1.11591.4.11';

/** The numbers of scrypt's parameters (RFC 7914 7.1). A block of it takes about as long as a round. */
function scryptCost(values: Tlv | undefined, effort: Effort): { N: number; r: number; p: number } {
  const [, cost, size, parallel] = partsIn(values);
  const [N, r, p] = [numberOf(cost), numberOf(size), numberOf(parallel)];
  spent(N * r * p, effort);
  return { N, r, p };
}

/** The key of PBES2's first parameter (RFC 8018 A.4), by PBKDF2 or scrypt. */
export function pbes2Key(derivation: Tlv | undefined, password: string, length: number, effort: Effort): Buffer {
  const [kdf, values] = partsIn(derivation);
  if (oidOf(kdf) !== scrypt) return pbkdf2Key(values, password, length, effort);
  const salt = octetsOf(partsIn(values)[0]);
  return scryptSync(Buffer.from(password), salt, length, { ...scryptCost(values, effort), maxmem: 256 * 1024 * 1024 });
}

/** Throws for a private key in encrypted PKCS#8 that asks for more than it may; OpenSSL would do all of it. */
export function requireEffort(der: Buffer): void {
  const [algorithm, sealed] = partsIn(readTlv(der));
  // An integer before it: SEC1, without a password.
  if (algorithm?.tag !== 0x30 || sealed?.tag !== 0x04) return;
  const effort: Effort = { left: mostRounds };
  const [id, parameters] = partsIn(algorithm);
  if (oidOf(id) !== pbes2) {
    roundsOf(partsIn(parameters)[1], effort);
    return;
  }
  const [kdf, values] = partsIn(partsIn(parameters)[0]);
  if (oidOf(kdf) === scrypt) scryptCost(values, effort);
  else roundsOf(partsIn(values)[1], effort);
}

/** Whether the file's MAC is right for this password, and the hash in it. `undefined`: there is none. */
export function checkMac(
  mac: Tlv | undefined,
  content: Buffer,
  password: string,
  effort: Effort,
): { right: boolean; hash: string } | undefined {
  if (!mac) return undefined;
  const [digestInfo, salt, rounds] = partsIn(mac);
  const [algorithm, digest] = partsIn(digestInfo);
  const [id, parameters] = partsIn(algorithm);
  const wanted = octetsOf(digest);
  const judged = (hash: string, key: Buffer): { right: boolean; hash: string } => {
    const got = createHmac(hash, key).update(content).digest();
    return { right: got.length === wanted.length && timingSafeEqual(got, wanted), hash };
  };
  if (oidOf(id) === '1.2.840.113549.1.5.14') return pbmac1(parameters, password, effort, judged);
  const hash = hashOids[oidOf(id)];
  if (hash === undefined) throw new Error('a MAC that is not known here');
  const key = pkcs12Key(hash, password, octetsOf(salt), rounds ? roundsOf(rounds, effort) : 1, 3, createHash(hash).digest().length);
  return judged(hash, key);
}

/** RFC 9579: PBKDF2 for the key, an HMAC named beside it. */
function pbmac1<T>(parameters: Tlv | undefined, password: string, effort: Effort, judged: (hash: string, key: Buffer) => T): T {
  const [derivation, scheme] = partsIn(parameters);
  const hash = hmacOids[oidOf(partsIn(scheme)[0])];
  const pbkdf2 = partsIn(derivation)[1];
  const length = partsIn(pbkdf2).filter(({ tag }) => tag === 0x02)[1];
  if (hash === undefined || !length) throw new Error('a MAC that is not known here');
  return judged(hash, pbkdf2Key(pbkdf2, password, Math.min(128, numberOf(length)), effort));
}
