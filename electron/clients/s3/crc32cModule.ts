/**
 * x^209 + x^144 + x^54 + x^39 + x^14 + 1 is divisible by Castagnoli's polynomial, and so is its 128th power, whose exponents are
 * 128 times as large. So a vector of 16 bytes may be taken away where it is added to the vectors that lie so far behind it.
 */
export const taps = [65, 155, 170, 195, 209] as const;
/** The vectors that those behind them need. */
export const windowBytes = 209 * 16;
/** At most so many bytes at once, and a multiple of `stepBytes`. */
export const mostBytes = 256 * 1024;
export const stepBytes = 64;

/**
 * A WebAssembly module with `memory` and `run(length)`: to each vector behind the first `windowBytes` of the memory it adds
 * those that lie `taps` before it, in order. Core specification 2.0, chapter 5.
 */
export function crc32cModule(): Uint8Array {
  const [length, at] = [0, 1];
  const step = Array.from({ length: stepBytes / 16 }, (_, n) => {
    const place = windowBytes + 16 * n;
    const added = taps.flatMap((tap) => [...get(at), ...load(place - 16 * tap), ...xor]);
    return [...get(at), ...get(at), ...load(place), ...added, ...store(place)];
  });
  const next = [...get(at), ...constant(stepBytes), add, ...tee(at), ...get(length), less, ...again];
  const body = [...[1, 1, i32], ...loop, ...step.flat(), ...next, end, end];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 1, i32, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, Math.ceil((windowBytes + mostBytes) / 65_536)]),
    ...section(7, [2, ...name('memory'), 2, 0, ...name('run'), 0, 0]),
    ...section(10, [1, ...sized(body)]),
  ]);
}

const [i32, add, less, end] = [0x7f, 0x6a, 0x49, 0x0b];
const loop = [0x03, 0x40];
const again = [0x0d, 0];
const vector = (code: number): number[] => [0xfd, ...unsigned(code)];
const xor = vector(0x51);
const get = (local: number): number[] => [0x20, local];
const tee = (local: number): number[] => [0x22, local];
/** A zero behind it: else 64 and above would be read as negative. */
const constant = (value: number): number[] => [0x41, value | 128, 0];
const load = (offset: number): number[] => [...vector(0x00), 0, ...unsigned(offset)];
const store = (offset: number): number[] => [...vector(0x0b), 0, ...unsigned(offset)];

function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

const sized = (content: readonly number[]): number[] => [...unsigned(content.length), ...content];
const section = (id: number, content: readonly number[]): number[] => [id, ...sized(content)];
const name = (text: string): number[] => sized([...Buffer.from(text)]);
