import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../shared/rpc/errors.ts';
import type { ObjectFacts } from '../../../clients/s3/objectTypes.ts';
import { checked, createContentCheck, type Expected, expectedOf } from './contentCheck.ts';

const sha = (...pieces: Uint8Array[]): Buffer => pieces.reduce((hash, piece) => hash.update(piece), createHash('sha256')).digest();
const content = Buffer.from('0123456789');
const parts = [content.subarray(0, 4), content.subarray(4, 8), content.subarray(8)];
const composite = sha(...parts.map((part) => sha(part))).toString('base64');
const at = { bucket: 'b', key: 'k' };
const facts = (checksums: ObjectFacts['checksums'], size = 10) => ({ checksums, size });
const sizes = (told: number[] | undefined) => ({ partSizes: async () => told });

function check(expected: Expected, bytes: Buffer, cuts: number): boolean {
  const made = createContentCheck(expected, 'b/k');
  for (let from = 0; from < bytes.length; from += cuts) made.update(bytes.subarray(from, from + cuts));
  return made.end();
}

describe('comparing a content with the server’s checksum', () => {
  it.each([1, 3, 4, 10])('a checksum of parts fits whatever the pieces of %i bytes that come', (cuts) => {
    const expected: Expected = { kind: 'parts', algorithm: 'SHA256', value: composite, sizes: [4, 4, 2] };
    expect(check(expected, content, cuts)).toBe(true);
    expect(() => check(expected, Buffer.from('0123456780'), cuts)).toThrow('downloadDiffers');
    expect(() => check({ ...expected, sizes: [5, 5] }, content, cuts)).toThrow('downloadDiffers');
  });

  it('one that breaks off early is found', () => {
    const whole: Expected = { kind: 'whole', algorithm: 'SHA256', value: sha(content).toString('base64') };
    expect(check(whole, content, 3)).toBe(true);
    expect(() => check(whole, content.subarray(0, 9), 3)).toThrow('downloadDiffers');
  });

  it('of a content that differs the last piece is never handed on', async () => {
    const whole: Expected = { kind: 'whole', algorithm: 'SHA256', value: sha(content).toString('base64') };
    async function through(pieces: readonly Buffer[]): Promise<{ seen: string; error?: unknown }> {
      let seen = '';
      async function* body(): AsyncGenerator<Buffer> {
        yield* pieces;
      }
      try {
        for await (const piece of checked(body(), createContentCheck(whole, 'b/k'), 10, 'b/k')) seen += piece.toString();
        return { seen };
      } catch (error) {
        return { seen, error };
      }
    }
    expect(await through(parts)).toEqual({ seen: '0123456789' });
    expect(await through([...parts.slice(0, 2), Buffer.from('88')])).toMatchObject({
      seen: '01234567',
      error: { code: 'downloadDiffers' },
    });
    expect(await through([Buffer.from('0123456788')])).toMatchObject({ seen: '', error: { code: 'downloadDiffers' } });
  });

  it('a browser gets neither more nor less than it was told, also where nothing can be compared', async () => {
    async function through(...pieces: string[]): Promise<{ seen: string; code: string }> {
      let seen = '';
      async function* body(): AsyncGenerator<Buffer> {
        for (const piece of pieces) yield Buffer.from(piece);
      }
      try {
        for await (const piece of checked(body(), createContentCheck({ kind: 'none' }, 'b/k'), 10, 'b/k')) seen += piece.toString();
        return { seen, code: '' };
      } catch (error) {
        return { seen, code: error instanceof AppError ? error.code : String(error) };
      }
    }
    expect(await through('01234', '56789')).toEqual({ seen: '0123456789', code: '' });
    // What follows would be taken for the next answer of the engine on that connection.
    expect(await through('0123456789', 'HTTP/1.1 200 OK')).toEqual({ seen: '', code: 'downloadCutShort' });
    expect(await through('0123456789HTTP/1.1 200 OK')).toEqual({ seen: '', code: 'downloadCutShort' });
    expect(await through('01234', '567')).toEqual({ seen: '01234', code: 'downloadCutShort' });
  });

  it('a whole checksum is taken before one of parts, one that is not known never', async () => {
    const whole = { algorithm: 'CRC64NVME', value: 'x', composite: false };
    const ofParts = { algorithm: 'SHA256', value: `${composite}-3`, composite: true };
    expect(await expectedOf(sizes([4, 4, 2]), at, facts([ofParts, whole]))).toMatchObject({ kind: 'whole', algorithm: 'CRC64NVME' });
    expect(await expectedOf(sizes([4, 4, 2]), at, facts([ofParts]))).toMatchObject({ kind: 'parts', value: composite });
    expect(await expectedOf(sizes(undefined), at, facts([{ ...whole, algorithm: 'XXH3' }]))).toEqual({ kind: 'none' });
  });

  it('sizes of parts are those of the content, also where the server tells those on its disk', async () => {
    const ofParts = { algorithm: 'SHA256', value: 'x-2', composite: true };
    const mebibytes = 5 * 1024 * 1024;
    const onDisk = [mebibytes + 80 * 32, 100 + 32];
    expect(await expectedOf(sizes(onDisk), at, facts([ofParts], mebibytes + 100))).toMatchObject({ sizes: [mebibytes, 100] });
    expect(await expectedOf(sizes([mebibytes, 100]), at, facts([ofParts], mebibytes + 100))).toMatchObject({ sizes: [mebibytes, 100] });
  });

  it('without sizes that fit, nothing is said to be compared', async () => {
    const ofParts = { algorithm: 'SHA256', value: 'x-3', composite: true };
    for (const told of [undefined, [], [4, 4], [4, 6]])
      expect(await expectedOf(sizes(told), at, facts([ofParts]))).toEqual({ kind: 'none' });
    expect(check({ kind: 'none' }, content, 3)).toBe(false);
  });
});
