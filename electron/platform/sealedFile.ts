import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../shared/rpc/errors.ts';

const base64 = z.base64();

/** How a passphrase wraps the key of the file: scrypt, then AES-256-GCM. Costs are bounded, because the header is read before it is proven. */
const passphraseWrap = z.strictObject({
  name: z.literal('scrypt'),
  cost: z.literal(131_072),
  blockSize: z.literal(8),
  parallelization: z.literal(1),
  salt: base64,
  iv: base64,
  tag: base64,
  wrapped: base64,
});
export type PassphraseWrap = z.infer<typeof passphraseWrap>;

const sealedHeader = z.strictObject({
  v: z.literal(1),
  alg: z.literal('A256GCM'),
  keyId: z.string().regex(/^[0-9a-f]{16}$/),
  /** One higher with every write. */
  generation: z.int().positive(),
  mode: z.enum(['keychain', 'passphrase', 'practice']),
  kdf: passphraseWrap.optional(),
});
export type SealedHeader = z.infer<typeof sealedHeader>;

const magic = Buffer.from('SDV1');
const maxHeader = 16_384;
const [ivLength, tagLength] = [12, 16];

/** `SDV1 | header length (4, big endian) | header JSON | IV (12) | tag (16) | AES-256-GCM`. All before the IV is authenticated too. */
export function sealFile(header: SealedHeader, key: Buffer, content: Buffer): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  const head = Buffer.concat([magic, length, json]);
  const sealed = encrypt(key, content, head);
  return Buffer.concat([head, sealed.iv, sealed.tag, sealed.data]);
}

/**
 * The header as it stands, good only for finding the key: nothing in it is proven before `openFile`.
 * Throws `storeDamaged` with the reason.
 */
export function peekHeader(file: string, bytes: Buffer): SealedHeader {
  return split(file, bytes).header;
}

/** Content and header, both proven by the key. Throws `storeDamaged` for a foreign form, `storeWrongKey` when the tag does not fit. */
export function openFile(file: string, bytes: Buffer, key: Buffer): { header: SealedHeader; content: Buffer } {
  const { header, head, iv, tag, data } = split(file, bytes);
  return { header, content: decrypt(key, { iv, tag, data }, head) };
}

function split(file: string, bytes: Buffer) {
  const damaged = (reason: string): AppError => new AppError('storeDamaged', { file, reason });
  if (bytes.length < 8 || !bytes.subarray(0, 4).equals(magic)) throw damaged('it does not begin with SDV1');
  const end = 8 + bytes.readUInt32BE(4);
  if (end > 8 + maxHeader) throw damaged('its header is too long');
  if (bytes.length < end + ivLength + tagLength) throw damaged('it is cut off');
  const json = parseJson(bytes.subarray(8, end));
  const version = (json as { v?: unknown } | null | undefined)?.v;
  // Not proven by the key yet, so only good for saying why the file stays shut.
  if (Number.isInteger(version) && Number(version) > 1) throw new AppError('fileNewer', { path: file, version: Number(version) });
  const header = sealedHeader.safeParse(json);
  if (!header.success) throw damaged('its header is not understood');
  const ivEnd = end + ivLength;
  const tagEnd = ivEnd + tagLength;
  return {
    header: header.data,
    head: bytes.subarray(0, end),
    iv: bytes.subarray(end, ivEnd),
    tag: bytes.subarray(ivEnd, tagEnd),
    data: bytes.subarray(tagEnd),
  };
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

export interface Sealed {
  iv: Buffer;
  tag: Buffer;
  data: Buffer;
}

export function encrypt(key: Buffer, content: Buffer, aad: Buffer): Sealed {
  const iv = randomBytes(ivLength);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(aad);
  const data = Buffer.concat([cipher.update(content), cipher.final()]);
  return { iv, tag: cipher.getAuthTag(), data };
}

/** Throws `storeWrongKey` when key, content or `aad` were altered. */
export function decrypt(key: Buffer, { iv, tag, data }: Sealed, aad: Buffer): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagLength }).setAAD(aad).setAuthTag(tag);
    return Buffer.concat([decipher.update(data), decipher.final()]);
  } catch (error) {
    throw new AppError('storeWrongKey', {}, { cause: error });
  }
}
