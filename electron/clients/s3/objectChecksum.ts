import { createHash } from 'node:crypto';
import { AppError } from '../../../shared/rpc/errors.ts';
import { checksumsIn } from './objectFacts.ts';
import type { Checksum, Part } from './objectTypes.ts';

/**
 * SHA-256, because one run of it serves the signature and the stored checksum. Node's takes a second for 1.5 GB; it has no
 * CRC32C of its own.
 */
export const algorithm = 'SHA256';
export const checksumHeader = 'x-amz-checksum-sha256';

/** Hex for the signature, base64 for the checksum. */
export function digestsOf(payload: Uint8Array): { hex: string; base64: string } {
  const digest = createHash('sha256').update(payload).digest();
  return { hex: digest.toString('hex'), base64: digest.toString('base64') };
}

/** What the server keeps, if it does. Throws `uploadChecksumDiffers`. */
export function confirmed(sent: string, headers: Readonly<Record<string, string>>, where: string): Checksum | undefined {
  const checksum = checksumsIn(headers).find((kept) => kept.algorithm === algorithm);
  if (checksum && checksum.value !== sent) throw new AppError('uploadChecksumDiffers', { where, sent, got: checksum.value });
  return checksum;
}

/** What the server must say of an object in parts: the SHA-256 of the parts' SHA-256, and how many. Undefined where a part has none. */
export function compositeOf(parts: readonly Pick<Part, 'checksum'>[]): string | undefined {
  const hash = createHash('sha256');
  for (const { checksum } of parts) {
    if (checksum === undefined) return undefined;
    hash.update(Buffer.from(checksum, 'base64'));
  }
  return `${hash.digest('base64')}-${parts.length}`;
}
