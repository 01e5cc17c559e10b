import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { crc32c } from './crc32c.ts';

/** Bit by bit, as the polynomial is defined. */
function slowly(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

it.each([
  ['nothing', Buffer.alloc(0), 0],
  ['the digits 1 to 9', Buffer.from('123456789'), 0xe3069283],
  ['32 bytes of zero (RFC 3720 B.4)', Buffer.alloc(32), 0x8a9136aa],
  ['32 bytes of one (RFC 3720 B.4)', Buffer.alloc(32, 0xff), 0x62a8ab43],
  ['00 to 1f (RFC 3720 B.4)', Buffer.from(Array.from({ length: 32 }, (_, index) => index)), 0x46dd794e],
  ['1f to 00 (RFC 3720 B.4)', Buffer.from(Array.from({ length: 32 }, (_, index) => 31 - index)), 0x113fdb5c],
])('gives the known checksum of %s', (_, bytes, wanted) => {
  expect(crc32c(bytes)).toBe(wanted);
});

it('agrees with the definition at every length, place and cut', () => {
  const bytes = randomBytes(600_011);
  for (let length = 0; length < 70; length++) expect(crc32c(bytes.subarray(7, 7 + length))).toBe(slowly(bytes.subarray(7, 7 + length)));
  // Around where the short way ends, where a round is full, and where a second begins.
  for (const length of [6_687, 6_688, 6_751, 6_752, 16_384, 265_487, 265_488, 265_552, 600_011])
    expect(crc32c(bytes.subarray(0, length))).toBe(slowly(bytes.subarray(0, length)));
  for (const cut of [1, 15, 6_689, 16_385, 262_144, 531_079])
    expect(crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut)))).toBe(slowly(bytes));
});
