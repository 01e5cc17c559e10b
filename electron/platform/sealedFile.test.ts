import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { openFile, peekHeader, type SealedHeader, sealFile } from './sealedFile.ts';

const header: SealedHeader = { v: 1, alg: 'A256GCM', keyId: '00112233445566ff', generation: 7, mode: 'practice' };
const key = randomBytes(32);
const content = Buffer.from('{"what":"a tracer of the format test"}');

test('what was sealed opens with its key, header included', () => {
  const bytes = sealFile(header, key, content);
  expect(openFile('f', bytes, key)).toEqual({ header, content });
  expect(bytes.includes('a tracer of the format test')).toBe(false);
});

test('a flipped bit anywhere in the file is refused', () => {
  const bytes = sealFile(header, key, content);
  for (let at = 0; at < bytes.length; at++) {
    const altered = Buffer.from(bytes);
    altered[at] = (altered[at] ?? 0) ^ 1;
    expect(() => openFile('f', altered, key), `byte ${at}`).toThrow(/storeWrongKey|storeDamaged/);
  }
});

test('an altered header that still reads well is refused by the tag', () => {
  const bytes = sealFile(header, key, content);
  const altered = Buffer.from(bytes.toString('latin1').replace('"generation":7', '"generation":9'), 'latin1');
  expect(peekHeader('f', altered).generation).toBe(9);
  expect(() => openFile('f', altered, key)).toThrow('storeWrongKey');
});

test('another key does not open the file', () => {
  expect(() => openFile('f', sealFile(header, key, content), randomBytes(32))).toThrow('storeWrongKey');
});

test('another magic, a cut file at any length and an endless header are damaged files', () => {
  const bytes = sealFile(header, key, content);
  const foreign = Buffer.from(bytes);
  foreign.write('SDV2', 0);
  expect(() => openFile('f', foreign, key)).toThrow('storeDamaged');
  for (let length = 0; length < bytes.length; length++) {
    expect(() => openFile('f', bytes.subarray(0, length), key), `${length} bytes`).toThrow(/storeDamaged|storeWrongKey/);
  }
  const endless = Buffer.from(bytes);
  endless.writeUInt32BE(0xffff_ffff, 4);
  expect(() => openFile('f', endless, key)).toThrow('storeDamaged');
});

test('two files of the same content share no nonce', () => {
  expect(sealFile(header, key, content).equals(sealFile(header, key, content))).toBe(false);
});
