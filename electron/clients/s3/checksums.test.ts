import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createSum } from './checksums.ts';

function sum(algorithm: string, ...pieces: Uint8Array[]): string {
  const made = createSum(algorithm);
  for (const piece of pieces) made?.update(piece);
  return made?.digest().toString('hex') ?? '';
}

/** Bit by bit, as the definitions say. */
function slowly(polynomial: bigint, bits: bigint, bytes: Uint8Array): string {
  const all = (1n << bits) - 1n;
  let crc = all;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ polynomial : crc >> 1n;
  }
  return (crc ^ all).toString(16).padStart(Number(bits) / 4, '0');
}

describe('checksums', () => {
  // Check values of the CRC catalogue, and of FIPS 180.
  it.each([
    ['CRC32', 'cbf43926'],
    ['CRC32C', 'e3069283'],
    ['CRC64NVME', 'ae8b14860a799888'],
    ['SHA1', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
    ['sha256', '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225'],
  ])('%s of "123456789" is its check value', (algorithm, value) => {
    expect(sum(algorithm, Buffer.from('123456789'))).toBe(value);
  });

  it('any cut of the bytes gives the same as bit by bit', () => {
    const bytes = randomBytes(1000);
    for (const cut of [0, 1, 7, 8, 9, 500, 999, 1000]) {
      const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)];
      expect(sum('CRC32C', ...pieces)).toBe(slowly(0x82f63b78n, 32n, bytes));
      expect(sum('CRC64NVME', ...pieces)).toBe(slowly(0x9a6c9329ac4bc9b5n, 64n, bytes));
    }
  });

  it('an algorithm that is not known has none', () => {
    expect(createSum('XXH3')).toBeUndefined();
  });
});
