/** Parts are large and many: their memory is used again instead of waiting for the collector. */
export interface BufferPool {
  take(size: number): Buffer;
  /** Only where nobody writes from it or reads it any more. */
  give(buffer: Buffer): void;
}

const kept = 8;
const worthIt = 1024 ** 2;

export function createBufferPool(): BufferPool {
  const free: Buffer[] = [];
  return {
    take(size) {
      const at = free.findIndex((buffer) => buffer.length === size);
      return (at < 0 ? undefined : free.splice(at, 1)[0]) ?? Buffer.allocUnsafeSlow(size);
    },
    give(buffer) {
      if (buffer.length < worthIt) return;
      if (free.length >= kept) free.shift();
      free.push(buffer);
    },
  };
}
