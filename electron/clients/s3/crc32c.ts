import { crc32cModule, lanes, layout } from './crc32cModule.ts';

/** Castagnoli, reflected. */
const polynomial = 0x82f63b78;
/** Of the sixteen texts that are taken side by side, `mostBytes` at first; what is left is taken byte by byte. */
const lengths = [1024, 256, 64];

/**
 * CRC32C, 0 to 2^32 - 1. `before`: of the bytes that came before these. In WebAssembly, as Node has none of its own and
 * JavaScript is several times slower.
 */
export function crc32c(bytes: Uint8Array, before = 0): number {
  let register = ~before;
  let at = 0;
  for (const length of lengths)
    for (; bytes.length - at >= lanes * length; at += lanes * length)
      register = takeSixteen(bytes.subarray(at, at + lanes * length), length, register);
  for (; at < bytes.length; at++) register = (table[(register ^ (bytes[at] ?? 0)) & 255] ?? 0) ^ (register >>> 8);
  return ~register >>> 0;
}

const table = Int32Array.from({ length: 256 }, (_, value) => {
  let register = value;
  for (let bit = 0; bit < 8; bit++) register = register & 1 ? (register >>> 1) ^ polynomial : register >>> 1;
  return register;
});

/** As much of it as is used here; the types of Node leave it to those of browsers. */
interface Assembly {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: { memory: { buffer: ArrayBuffer }; run(length: number): void } };
}

let started: { memory: Uint8Array; run(length: number): void; over: Map<number, Int32Array> } | undefined;

/** The register starts the first text, zero the others, and each is carried over those behind it. */
function takeSixteen(bytes: Uint8Array, length: number, register: number): number {
  started ??= start();
  const { memory, run, over } = started;
  memory.set(bytes, layout.data);
  memory.fill(0, layout.states, layout.states + 64);
  for (let byte = 0; byte < 4; byte++) memory[layout.states + 16 * byte] = register >>> (8 * byte);
  run(length);
  const carry = over.get(length) ?? table;
  let result = 0;
  for (let lane = 0; lane < lanes; lane++) {
    const carried =
      (carry[result & 255] ?? 0) ^
      (carry[256 + ((result >>> 8) & 255)] ?? 0) ^
      (carry[512 + ((result >>> 16) & 255)] ?? 0) ^
      (carry[768 + (result >>> 24)] ?? 0);
    result = carried;
    for (let byte = 0; byte < 4; byte++) result ^= (memory[layout.states + 16 * byte + lane] ?? 0) << (8 * byte);
  }
  return result;
}

function start(): NonNullable<typeof started> {
  const { Instance, Module } = (globalThis as unknown as { WebAssembly: Assembly }).WebAssembly;
  const { memory, run } = new Instance(new Module(crc32cModule())).exports;
  const bytes = new Uint8Array(memory.buffer);
  for (let half = 0; half < 16; half++)
    for (let byte = 0; byte < 4; byte++) {
      bytes[layout.low + 16 * byte + half] = (table[half] ?? 0) >>> (8 * byte);
      bytes[layout.high + 16 * byte + half] = (table[half << 4] ?? 0) >>> (8 * byte);
    }
  bytes.fill(0x0f, layout.mask, layout.mask + 16);
  return { memory: bytes, run, over: new Map(lengths.map((length) => [length, zerosOver(length)])) };
}

/** What becomes of each byte of a register behind so many bytes of zero (a power of two): four tables of 256. */
function zerosOver(length: number): Int32Array {
  const step = (value: number): number => (table[value & 255] ?? 0) ^ (value >>> 8);
  let bits = Array.from({ length: 32 }, (_, bit) => step(1 << bit));
  const through = (value: number): number => bits.reduce((sum, image, bit) => ((value >>> bit) & 1 ? sum ^ image : sum), 0);
  for (let done = 1; done < length; done *= 2) bits = bits.map(through);
  return Int32Array.from({ length: 1024 }, (_, index) => through((index & 255) << (8 * (index >> 8))));
}
