import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { crc32c } from './crc32c.ts';

/** A checksum in the making. `digest` gives its bytes as servers write them in base64. */
export interface Sum {
  update(bytes: Uint8Array): void;
  digest(): Buffer;
}

/** NVM Express, "64b CRC", in reflected form. */
const nvme = 0x9a6c9329ac4bc9b5n;

const tables = new Map<bigint, { low: Uint32Array; high: Uint32Array }>();

/** Eight tables of 256 entries in one array each for the lower and upper half: eight bytes are taken at a time. */
function tablesOf(polynomial: bigint): { low: Uint32Array; high: Uint32Array } {
  const known = tables.get(polynomial);
  if (known) return known;
  const made = { low: new Uint32Array(2048), high: new Uint32Array(2048) };
  const first: bigint[] = [];
  for (let byte = 0; byte < 256; byte++) {
    let value = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n;
    first.push(value);
  }
  let last = first;
  for (let table = 0; table < 8; table++) {
    last.forEach((value, byte) => {
      made.low[table * 256 + byte] = Number(value & 0xffffffffn);
      made.high[table * 256 + byte] = Number(value >> 32n);
    });
    last = last.map((value) => (value >> 8n) ^ (first[Number(value & 0xffn)] ?? 0n));
  }
  tables.set(polynomial, made);
  return made;
}

/** `next`: the CRC with these bytes behind those that it stands for. */
function createCrc(next: (bytes: Uint8Array, crc: number) => number): Sum {
  let crc = 0;
  return {
    update(bytes) {
      crc = next(bytes, crc);
    },
    digest() {
      const result = Buffer.alloc(4);
      result.writeUInt32BE(crc);
      return result;
    },
  };
}

function createCrc64(): Sum {
  const { low: l, high: h } = tablesOf(nvme);
  let low = 0xffffffff;
  let high = 0xffffffff;
  return {
    update(bytes) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const whole = bytes.length - (bytes.length % 8);
      let at = 0;
      for (; at < whole; at += 8) {
        const a = low ^ view.getUint32(at, true);
        const b = high ^ view.getUint32(at + 4, true);
        const [i, j, k, m] = [1792 + (a & 255), 1536 + ((a >>> 8) & 255), 1280 + ((a >>> 16) & 255), 1024 + (a >>> 24)];
        const [n, o, p, q] = [768 + (b & 255), 512 + ((b >>> 8) & 255), 256 + ((b >>> 16) & 255), b >>> 24];
        low =
          (l[i] as number) ^
          (l[j] as number) ^
          (l[k] as number) ^
          (l[m] as number) ^
          (l[n] as number) ^
          (l[o] as number) ^
          (l[p] as number) ^
          (l[q] as number);
        high =
          (h[i] as number) ^
          (h[j] as number) ^
          (h[k] as number) ^
          (h[m] as number) ^
          (h[n] as number) ^
          (h[o] as number) ^
          (h[p] as number) ^
          (h[q] as number);
      }
      for (; at < bytes.length; at++) {
        const index = (low ^ (bytes[at] as number)) & 255;
        low = ((low >>> 8) | (high << 24)) ^ (l[index] as number);
        high = (high >>> 8) ^ (h[index] as number);
      }
    },
    digest() {
      const result = Buffer.alloc(8);
      result.writeUInt32BE(~high >>> 0);
      result.writeUInt32BE(~low >>> 0, 4);
      return result;
    },
  };
}

/** One of S3's checksums by its name in any spelling (`CRC32C`, `sha256`); `undefined`: it is not known here. */
export function createSum(algorithm: string): Sum | undefined {
  switch (algorithm.toLowerCase()) {
    case 'crc32':
      return createCrc(crc32);
    case 'crc32c':
      return createCrc(crc32c);
    case 'crc64nvme':
      return createCrc64();
    case 'sha1':
    case 'sha256': {
      const hash = createHash(algorithm.toLowerCase());
      return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
    }
    default:
      return undefined;
  }
}
