/** Where the module of `crc32cModule` keeps what: 16-byte vectors, then the bytes that it reads. */
export const layout = { low: 0, high: 64, mask: 128, states: 144, data: 208 } as const;
export const lanes = 16;
/** At most so many bytes at once. */
export const mostBytes = 16 * 1024;

/**
 * A WebAssembly module with `memory` and `run(length)`: takes sixteen texts of `length` bytes (a multiple of 16) that follow each
 * other at `data` through the checksum side by side. Byte n of all sixteen registers is one vector, kept at `states`; a byte of
 * input looks up its two halves in tables of sixteen entries, which a shuffle does for all texts at once. Core specification
 * 2.0, chapter 5.
 */
export function crc32cModule(): Uint8Array {
  const [length, at, address, rows, turned, half] = [0, 1, 2, 3, 3 + lanes, 3 + 2 * lanes];
  const [lowHalf, highHalf, states, place] = [half, half + 1, half + 2, half + 6];
  const all = Array.from({ length: lanes }, (_, index) => index);
  const four = [0, 1, 2, 3];

  const loadRows = all.flatMap((row) => [
    ...get(address),
    ...load(layout.data),
    ...set(rows + row),
    ...get(address),
    ...get(length),
    add,
    ...set(address),
  ]);
  // Four times the perfect shuffle turns a square of 16 by 16 bytes.
  const turn = four.flatMap((round) => {
    const [from, to] = round % 2 === 0 ? [rows, turned] : [turned, rows];
    return all.slice(0, 8).flatMap((row) => {
      const pair = [...get(from + row), ...get(from + row + 8)];
      return [...pair, ...shuffle(0), ...set(to + 2 * row), ...pair, ...shuffle(8), ...set(to + 2 * row + 1)];
    });
  });
  const take = all.flatMap((column) => [
    ...[...get(states), ...get(rows + column), ...xor, ...set(place)],
    ...[...get(place), ...fixed(layout.mask), ...and, ...set(lowHalf)],
    ...[...get(place), ...constant(4), ...shiftRight, ...set(highHalf)],
    ...four.flatMap((byte) => [
      ...[...fixed(layout.low + 16 * byte), ...get(lowHalf), ...swizzle],
      ...[...fixed(layout.high + 16 * byte), ...get(highHalf), ...swizzle, ...xor],
      // Each byte of the register moves one down.
      ...(byte === 3 ? [] : [...get(states + byte + 1), ...xor]),
      ...set(states + byte),
    ]),
  ]);
  const body = [
    ...[2, 2, i32, 2 * lanes + 7, v128],
    ...four.flatMap((byte) => [...fixed(layout.states + 16 * byte), ...set(states + byte)]),
    ...[...loop, ...get(at), ...set(address), ...loadRows, ...turn, ...take],
    ...[...get(at), ...constant(16), add, ...tee(at), ...get(length), less, ...again, end],
    ...four.flatMap((byte) => [...constant(0), ...get(states + byte), ...store(layout.states + 16 * byte)]),
    end,
  ];
  const pages = Math.ceil((layout.data + mostBytes) / 65_536);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 1, i32, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, pages]),
    ...section(7, [2, ...name('memory'), 2, 0, ...name('run'), 0, 0]),
    ...section(10, [1, ...sized(body)]),
  ]);
}

const [i32, v128, add, less, end] = [0x7f, 0x7b, 0x6a, 0x49, 0x0b];
const loop = [0x03, 0x40];
const again = [0x0d, 0];
const vector = (code: number): number[] => [0xfd, ...unsigned(code)];
const [xor, and, shiftRight, swizzle] = [vector(0x51), vector(0x4e), vector(0x6d), vector(0x0e)];
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const tee = (local: number): number[] => [0x22, local];
/** Below 64, where signed and unsigned LEB128 are one byte and the same. */
const constant = (value: number): number[] => [0x41, value];
const load = (offset: number): number[] => [...vector(0x00), 0, ...unsigned(offset)];
const store = (offset: number): number[] => [...vector(0x0b), 0, ...unsigned(offset)];
const fixed = (place: number): number[] => [...constant(0), ...load(place)];
/** The bytes `from` to `from + 7` of two vectors in turns. */
const shuffle = (from: number): number[] => [
  ...vector(0x0d),
  ...Array.from({ length: 16 }, (_, index) => from + (index >> 1) + (index % 2) * 16),
];

function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

const sized = (content: readonly number[]): number[] => [...unsigned(content.length), ...content];
const section = (id: number, content: readonly number[]): number[] => [id, ...sized(content)];
const name = (text: string): number[] => sized([...Buffer.from(text)]);
