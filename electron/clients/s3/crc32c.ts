import { crc32cModule, mostBytes, stepBytes, taps, windowBytes } from './crc32cModule.ts';

/** Castagnoli, reflected. */
const polynomial = 0x82f63b78;

const table = Int32Array.from({ length: 256 }, (_, value) => {
  let register = value;
  for (let bit = 0; bit < 8; bit++) register = register & 1 ? (register >>> 1) ^ polynomial : register >>> 1;
  return register;
});

/**
 * CRC32C, 0 to 2^32 - 1. `before`: of the bytes that came before these. Long texts are first made short in WebAssembly, as Node
 * has no CRC32C of its own and tables in JavaScript are ten times slower.
 */
export function crc32c(bytes: Uint8Array, before = 0): number {
  if (bytes.length < 2 * windowBytes) return ~byTable(bytes, ~before) >>> 0;
  const { rest, from } = shortened(bytes, ~before);
  return ~byTable(bytes.subarray(from), byTable(rest, 0)) >>> 0;
}

function byTable(bytes: Uint8Array, start: number): number {
  let register = start;
  for (let at = 0; at < bytes.length; at++) register = (table[(register ^ (bytes[at] ?? 0)) & 255] ?? 0) ^ (register >>> 8);
  return register;
}

/** As much of it as is used here; the types of Node leave it to those of browsers. */
interface Assembly {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: { memory: { buffer: ArrayBuffer }; run(length: number): void } };
}

let started: { memory: Uint8Array; words: Int32Array; run(length: number): void } | undefined;

function start(): NonNullable<typeof started> {
  const { Instance, Module } = (globalThis as unknown as { WebAssembly: Assembly }).WebAssembly;
  const { memory, run } = new Instance(new Module(crc32cModule())).exports;
  return { memory: new Uint8Array(memory.buffer), words: new Int32Array(memory.buffer), run };
}

/** `rest` has the register of all bytes up to `from`; it starts at zero, as the first bytes carry what it was. */
function shortened(bytes: Uint8Array, register: number): { rest: Uint8Array; from: number } {
  started ??= start();
  const { memory, words, run } = started;
  const end = bytes.length - windowBytes - ((bytes.length - windowBytes) % stepBytes);
  memory.fill(0, 0, windowBytes);
  for (let at = 0; at < end; at += mostBytes) {
    const length = Math.min(mostBytes, end - at);
    memory.set(bytes.subarray(at, at + length), windowBytes);
    if (at === 0) for (let byte = 0; byte < 4; byte++) memory[windowBytes + byte] = (bytes[byte] ?? 0) ^ (register >>> (8 * byte));
    run(length);
    memory.copyWithin(0, length, length + windowBytes);
  }
  memory.set(bytes.subarray(end, end + windowBytes), windowBytes);
  const behind = windowBytes / 4;
  for (const tap of taps)
    for (let word = 0; word < 4 * tap; word++) words[behind + word] = (words[behind + word] ?? 0) ^ (words[behind - 4 * tap + word] ?? 0);
  return { rest: memory.subarray(windowBytes, 2 * windowBytes), from: end + windowBytes };
}
