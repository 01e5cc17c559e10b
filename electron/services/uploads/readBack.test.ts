import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { ObjectFacts, Written } from '../../clients/s3/objectTypes.ts';
import { readBack } from './readBack.ts';

const facts: ObjectFacts = {
  size: 5,
  etag: 'e1',
  encryption: { state: 'sse-kms', key: 'minio-a' },
  checksums: [{ algorithm: 'SHA256', value: 'c1', composite: false }],
  metadata: {},
  headers: {},
};
const written: Written = { etag: 'e1', checksum: { algorithm: 'SHA256', value: 'c1', composite: false } };

/** A model server: one that answers what no real one can be brought to. */
function asked(
  answer: Partial<ObjectFacts>,
  more: { inParts?: boolean; byte?: Buffer; body?: Readable; context?: Record<string, string>; size?: number } = {},
) {
  const calls: string[] = [];
  const said = { ...facts, ...answer };
  const client = {
    async head() {
      calls.push('HEAD');
      return said;
    },
    async get(_: unknown, options?: { range?: string | undefined }) {
      calls.push(`GET ${options?.range}`);
      return { facts: said, status: 206, body: more.body ?? Readable.from(more.byte ? [more.byte] : [Buffer.from('x')]) };
    },
  };
  const order = {
    client,
    at: { bucket: 'b', key: 'k' },
    size: more.size ?? 5,
    written,
    inParts: more.inParts ?? false,
    meant: { state: 'sse-kms', key: 'minio-a' } as const,
    context: more.context,
    customerKey: undefined,
    signal: new AbortController().signal,
  };
  return readBack(order).then(
    (found) => ({ calls, code: found.alarm?.code, landed: found.landed }),
    (error: unknown) => ({ calls, code: error instanceof AppError ? error.code : String(error), landed: undefined }),
  );
}

describe('reading back', () => {
  it('reads the last byte of all that has one, and asks by HEAD for what its answer cannot tell', async () => {
    expect(await asked({})).toMatchObject({ calls: ['GET bytes=4-4'], code: undefined });
    expect(await asked({}, { inParts: true })).toMatchObject({ calls: ['HEAD', 'GET bytes=4-4'], code: undefined });
    expect(await asked({ size: 0 }, { size: 0 })).toMatchObject({ calls: ['HEAD'], code: undefined });
  });

  it.each([
    ['no encryption', { encryption: { state: 'plaintext' } }, 'uploadLandedOtherwise'],
    ['another key', { encryption: { state: 'sse-kms', key: 'minio-b' } }, 'uploadLandedOtherwise'],
    ['another kind', { encryption: { state: 'sse-s3' } }, 'uploadLandedOtherwise'],
    ['another size', { size: 6 }, 'uploadReadsDifferently'],
    ['another checksum', { checksums: [{ algorithm: 'SHA256', value: 'c2', composite: false }] }, 'uploadReadsDifferently'],
    ['the object of somebody else', { etag: 'e2' }, 'uploadOverwritten'],
  ] as const)('finds %s', async (_, answer, code) => {
    expect((await asked(answer as Partial<ObjectFacts>)).code).toBe(code);
  });

  it('finds a context that was lost, in whatever order it comes', async () => {
    const context = { a: '1', b: '2' };
    expect((await asked({ context: { b: '2', a: '1' } }, { context })).code).toBeUndefined();
    expect((await asked({ context: { a: '1' } }, { context })).code).toBe('uploadLandedOtherwise');
    expect((await asked({}, { context })).code).toBe('uploadLandedOtherwise');
  });

  it('does not read on where more comes than the byte', async () => {
    let pieces = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      for (; pieces < 1000; pieces++) yield Buffer.from('xx');
    }
    expect((await asked({}, { body: Readable.from(endless()) })).code).toBe('uploadReadsDifferently');
    expect(pieces).toBeLessThan(100);
  });

  it('takes an answer without its byte for none', async () => {
    expect((await asked({}, { byte: Buffer.alloc(0) })).code).toBe('uploadReadsDifferently');
  });
});
