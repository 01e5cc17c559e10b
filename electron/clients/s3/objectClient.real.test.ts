import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import { startMinio, startTestStack, type TestStack } from './minio.testSupport.ts';
import { compositeOf } from './objectChecksum.ts';
import { createObjectClient } from './objectClient.ts';
import type { At, Encrypt, ObjectClient, Part } from './objectTypes.ts';
import { createSignedClient, type S3Endpoint, type SignedClient } from './signedClient.ts';

const mebibyte = 1024 * 1024;
const newKey = (): Secret => new Secret(randomBytes(32).toString('base64'));
const rule: Encrypt = { kind: 'rule' };

describe('single objects, on a real MinIO with KES', () => {
  let stack: TestStack;
  let endpoint: S3Endpoint;
  let client: ObjectClient;
  let raw: SignedClient;
  const customerKey = newKey();
  const kinds: Record<string, Encrypt> = {
    rule,
    s3: { kind: 'sse-s3' },
    kms: { kind: 'sse-kms', key: 'minio-second' },
    context: { kind: 'sse-kms', key: 'minio-second', context: { project: 'p1', department: '人事 & "x"' } },
    customer: { kind: 'sse-c', key: customerKey },
  };
  const states: Record<string, unknown> = {
    rule: { state: 'plaintext' },
    s3: { state: 'sse-s3' },
    kms: { state: 'sse-kms', key: 'minio-second' },
    context: { state: 'sse-kms', key: 'minio-second' },
    customer: { state: 'sse-c' },
  };
  const keyOf = (kind: string): { customerKey?: Secret } => (kind === 'customer' ? { customerKey } : {});
  const failure = (work: Promise<unknown>): Promise<AppError> =>
    work.then(
      () => Promise.reject(new Error('it was not refused')),
      (error: unknown) => (error instanceof AppError ? error : Promise.reject(error)),
    );
  const codeOf = async (work: Promise<unknown>): Promise<string> => (await failure(work)).code;

  async function inParts(at: At, encrypt: Encrypt, pieces: readonly Buffer[], options: { metadata?: Record<string, string> } = {}) {
    const id = await client.beginParts(at, { encrypt, ...options });
    const parts: Part[] = [];
    for (const [index, piece] of pieces.entries()) parts.push(await client.putPart(at, id, index + 1, piece, { encrypt }));
    return { id, parts };
  }

  beforeAll(async () => {
    stack = await startTestStack();
    for (const key of ['minio-default', 'minio-second', 'minio-lost']) await stack.operator.createKey(key);
    endpoint = await startMinio(stack);
    client = createObjectClient(endpoint);
    raw = createSignedClient(endpoint);
    for (const bucket of ['plain', 'versioned']) await raw.demand({ method: 'PUT', path: [bucket] });
    await raw.demand({ method: 'PUT', path: ['locked'], headers: { 'x-amz-bucket-object-lock-enabled': 'true' } });
    const body = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
    await raw.demand({ method: 'PUT', path: ['versioned'], query: { versioning: '' }, body });
  });
  afterAll(async () => {
    await Promise.all([client?.close(), raw?.close()]);
    await stack?.stop();
  });

  it.each(Object.keys(kinds))(
    'puts and reads an object of the kind %s, with its checksum, its state and all that describes it',
    async (kind) => {
      const at = { bucket: 'plain', key: `folder/${kind} 中文+&%.txt` };
      const content = randomBytes(300_000);
      const encrypt = kinds[kind] ?? rule;
      const metadata = { owner: 'Zoë  Müller — 人事', 'x-y': 'a  b' };
      const written = await client.put(at, content, { encrypt, metadata, contentType: 'text/plain', tags: { 'a b': 'c+=1 @' } });
      expect(written).toMatchObject({ encryption: states[kind], checksum: { algorithm: 'SHA256', composite: false } });

      const facts = await client.head(at, keyOf(kind));
      expect(facts).toMatchObject({ size: 300_000, encryption: states[kind], metadata, contentType: 'text/plain', tagCount: 1 });
      expect(facts.etag).toBe(written.etag);
      expect(facts.checksums).toEqual([written.checksum]);
      expect(facts.context).toEqual(kind === 'context' ? { project: 'p1', department: '人事 & "x"' } : undefined);
      const { body, status } = await client.get(at, keyOf(kind));
      expect([status, (await buffer(body)).equals(content)]).toEqual([200, true]);
      const range = await client.get(at, { ...keyOf(kind), range: 'bytes=10-19' });
      expect([range.status, range.facts.size, await buffer(range.body)]).toEqual([206, 300_000, content.subarray(10, 20)]);
      expect(await client.readByte(at, 300_000, keyOf(kind))).toBe(true);
      expect(await client.tags(at)).toEqual({ 'a b': 'c+=1 @' });
    },
  );

  it.each(Object.keys(kinds))('writes an object of the kind %s in parts that can be listed and checked', async (kind) => {
    const at = { bucket: 'plain', key: `parts/${kind}` };
    const encrypt = kinds[kind] ?? rule;
    const pieces = [randomBytes(5 * mebibyte), randomBytes(5 * mebibyte), randomBytes(100)];
    const { id, parts } = await inParts(at, encrypt, pieces, { metadata: { owner: 'me' } });
    const listed = await client.listParts(at, id);
    expect(listed.map(({ number, size }) => [number, size])).toEqual(parts.map(({ number, size }) => [number, size]));
    expect(listed.map(({ checksum }) => checksum)).toEqual(parts.map(({ checksum }) => checksum));
    const written = await client.completeParts(at, id, listed, { encrypt });
    expect(written.checksum?.value).toBe(compositeOf(parts));
    const facts = await client.head(at, keyOf(kind));
    expect(facts).toMatchObject({ encryption: states[kind], parts: 3, metadata: { owner: 'me' } });
    expect(facts.checksums).toEqual([written.checksum]);
    const { body } = await client.get(at, keyOf(kind));
    expect((await buffer(body)).equals(Buffer.concat(pieces))).toBe(true);
    expect(await codeOf(client.listParts(at, id))).toBe('uploadUnknown');
  });
});
