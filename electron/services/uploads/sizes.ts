const mebibyte = 1024 ** 2;

/** At most so much goes in one piece, and so large are parts; the last one may be smaller. */
export const partBytes = 16 * mebibyte;
/** All pieces in memory together. */
export const bytesInFlight = 64 * mebibyte;
export const requestsAtOnce = 32;
export const checksAtOnce = 16;
/** Large files that are sent side by side. */
export const largeAtOnce = 3;

const partsAtMost = 10_000;

/** Of the parts of a file, so that it has no more than the server takes (minio.md 3.8). */
export function partSizeOf(size: number): number {
  return Math.max(partBytes, Math.ceil(size / partsAtMost / mebibyte) * mebibyte);
}

/** `[from, to)` of part `number`, counted from 1. */
export function partRange(size: number, partSize: number, number: number): [from: number, to: number] {
  return [(number - 1) * partSize, Math.min(number * partSize, size)];
}
