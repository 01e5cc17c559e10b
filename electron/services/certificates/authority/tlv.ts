/** One value of BER or DER: its tag byte, its content, and all of its bytes as they stood. */
export interface Tlv {
  readonly tag: number;
  readonly content: Buffer;
  readonly raw: Buffer;
}

const deepest = 32;

/**
 * Reads the first value of the bytes. Lengths may be indefinite (BER), as in PKCS#12 and PKCS#7 files of older programs.
 * Slices keep the bytes as they were signed. Throws an `Error` for what is cut off or nested without end.
 */
export function readTlv(bytes: Buffer, depth = 0): Tlv {
  const tag = bytes[0];
  const first = bytes[1];
  if (tag === undefined || first === undefined || depth > deepest || (tag & 0x1f) === 0x1f) throw new Error('not ASN.1');
  if (first === 0x80) return readIndefinite(bytes, tag, depth);
  const count = first < 0x80 ? 0 : first & 0x7f;
  if (count > 4) throw new Error('not ASN.1');
  const length = count === 0 ? first : bytes.length < 2 + count ? Number.POSITIVE_INFINITY : bytes.readUIntBE(2, count);
  const start = 2 + count;
  if (start + length > bytes.length) throw new Error('the file is cut off');
  return { tag, content: bytes.subarray(start, start + length), raw: bytes.subarray(0, start + length) };
}

function readIndefinite(bytes: Buffer, tag: number, depth: number): Tlv {
  if ((tag & 0x20) === 0) throw new Error('not ASN.1');
  let at = 2;
  while (bytes[at] !== 0 || bytes[at + 1] !== 0) at += readTlv(bytes.subarray(at), depth + 1).raw.length;
  return { tag, content: bytes.subarray(2, at), raw: bytes.subarray(0, at + 2) };
}

/** The values inside a constructed one. */
export function partsIn(value: Tlv | undefined): Tlv[] {
  const parts: Tlv[] = [];
  let rest = value && (value.tag & 0x20) !== 0 ? value.content : Buffer.alloc(0);
  while (rest.length > 0) {
    const part = readTlv(rest);
    parts.push(part);
    rest = rest.subarray(part.raw.length);
  }
  return parts;
}

/** The bytes of an octet string, also of one in pieces (BER), and of `[0] IMPLICIT OCTET STRING`. */
export function octetsOf(value: Tlv | undefined): Buffer {
  if (!value) throw new Error('a field is missing');
  if ((value.tag & 0x20) === 0) return value.content;
  return Buffer.concat(partsIn(value).map(octetsOf));
}

/** Dotted form of an object identifier. */
export function oidOf(value: Tlv | undefined): string {
  if (value?.tag !== 0x06) throw new Error('a name of an algorithm is missing');
  const numbers: number[] = [];
  let sum = 0;
  for (const byte of value.content) {
    sum = sum * 128 + (byte & 0x7f);
    if ((byte & 0x80) !== 0) continue;
    if (numbers.length === 0) {
      const first = Math.min(2, Math.floor(sum / 40));
      numbers.push(first, sum - first * 40);
    } else numbers.push(sum);
    sum = 0;
  }
  return numbers.join('.');
}

/** A small number. Throws for one that no such field holds. */
export function numberOf(value: Tlv | undefined): number {
  if (value?.tag !== 0x02 || value.content.length === 0 || value.content.length > 5) throw new Error('a number is missing');
  const number = value.content.readIntBE(0, value.content.length);
  if (number < 0) throw new Error('a number is below zero');
  return number;
}
