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

  it('writes an object of nothing, whose reading proves nothing', async () => {
    const at = { bucket: 'plain', key: 'empty' };
    await client.put(at, new Uint8Array(), { encrypt: { kind: 'sse-s3' } });
    expect(await client.head(at)).toMatchObject({ size: 0, encryption: { state: 'sse-s3' } });
    expect(await client.readByte(at, 0)).toBe(false);
    expect(await buffer((await client.get(at)).body)).toHaveLength(0);
  });

  it('tells how much of a part went out, to its last byte', async () => {
    const at = { bucket: 'plain', key: 'progress' };
    const id = await client.beginParts(at, { encrypt: rule });
    const told: number[] = [];
    const body = randomBytes(5 * mebibyte + 1);
    await client.putPart(at, id, 1, body, { encrypt: rule, onSent: (bytes) => told.push(bytes) });
    expect(told.length).toBeGreaterThan(10);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBe(body.length);
    await client.abortParts(at, id);
  });

  it('names uploads that were begun and not ended, takes them back, also twice, and leaves none', async () => {
    const at = { bucket: 'plain', key: 'begun 中+&' };
    const { id } = await inParts(at, { kind: 'sse-s3' }, [randomBytes(100)]);
    expect(await client.listUploads('plain', at.key)).toMatchObject([{ key: at.key, uploadId: id }]);
    await client.abortParts(at, id);
    await client.abortParts(at, id);
    expect(await client.listUploads('plain', at.key)).toEqual([]);
    expect(await codeOf(client.putPart(at, id, 1, randomBytes(10), { encrypt: rule }))).toBe('uploadUnknown');
  });

  it('lists more parts than fit one page', async () => {
    const at = { bucket: 'plain', key: 'many' };
    const id = await client.beginParts(at, { encrypt: rule });
    const numbers = Array.from({ length: 1001 }, (_, index) => index + 1);
    const waiting = [...numbers];
    const worker = async (): Promise<void> => {
      for (let number = waiting.pop(); number !== undefined; number = waiting.pop())
        await client.putPart(at, id, number, Buffer.from([number & 255]), { encrypt: rule });
    };
    await Promise.all(Array.from({ length: 16 }, worker));
    expect((await client.listParts(at, id)).map(({ number }) => number)).toEqual(numbers);
    await client.abortParts(at, id);
  });

  it('writes only what is not there yet, in one piece and in parts', async () => {
    const at = { bucket: 'plain', key: 'once' };
    await client.put(at, Buffer.from('first'), { encrypt: rule, onlyNew: true });
    expect(await codeOf(client.put(at, Buffer.from('second'), { encrypt: rule, onlyNew: true }))).toBe('objectExists');
    const { id, parts } = await inParts(at, rule, [Buffer.from('third')]);
    expect(await codeOf(client.completeParts(at, id, parts, { encrypt: rule, onlyNew: true }))).toBe('objectExists');
    expect(String(await buffer((await client.get(at)).body))).toBe('first');
    await client.abortParts(at, id);
  });

  it('names versions and delete markers of one key alone, newest first, and removes each', async () => {
    const at = { bucket: 'versioned', key: 'a' };
    const first = await client.put(at, Buffer.from('1'), { encrypt: rule });
    const second = await client.put(at, Buffer.from('22'), { encrypt: { kind: 'sse-kms', key: 'minio-second' } });
    await client.put({ ...at, key: 'a/b' }, Buffer.from('other'), { encrypt: rule });
    const marker = await client.remove(at);
    expect(marker).toMatchObject({ deleteMarker: true });
    expect(await codeOf(client.head(at))).toBe('objectMissing');
    expect(await client.versions('versioned', 'a')).toMatchObject([
      { versionId: marker.versionId, latest: true, deleteMarker: true },
      { versionId: second.versionId, latest: false, size: 2, encryption: { state: 'sse-kms', key: 'minio-second' } },
      { versionId: first.versionId, size: 1, encryption: { state: 'plaintext' }, etag: first.etag },
    ]);
    expect(await client.head({ ...at, versionId: first.versionId })).toMatchObject({ size: 1, versionId: first.versionId });
    for (const versionId of [marker.versionId, first.versionId, second.versionId]) await client.remove({ ...at, versionId });
    expect(await client.versions('versioned', 'a')).toEqual([]);
    expect(await codeOf(client.head({ ...at, versionId: first.versionId }))).toBe('objectMissing');
  });

  it('locks what it writes, and does not remove what is locked', async () => {
    const at = { bucket: 'locked', key: 'contract' };
    const until = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+Z/, 'Z');
    const { versionId } = await client.put(at, Buffer.from('x'), {
      encrypt: { kind: 'sse-s3' },
      lock: { mode: 'GOVERNANCE', until, hold: true },
    });
    expect((await client.head(at)).lock).toMatchObject({ mode: 'GOVERNANCE', hold: true });
    expect(await client.retention(at)).toMatchObject({ mode: 'GOVERNANCE' });
    expect(Date.parse((await client.retention(at))?.until ?? '')).toBe(Date.parse(until));
    expect(await client.legalHold(at)).toBe(true);
    expect(await codeOf(client.remove({ ...at, versionId }))).toBe('objectLocked');
    expect(await codeOf(client.remove({ ...at, versionId }, { bypassGovernance: true }))).toBe('objectLocked');
    const free = await client.put({ ...at, key: 'free' }, Buffer.from('x'), { encrypt: rule, lock: { mode: 'GOVERNANCE', until } });
    expect(await client.legalHold({ ...at, key: 'free' })).toBe(false);
    expect(await codeOf(client.remove({ ...at, key: 'free', versionId: free.versionId }))).toBe('objectLocked');
    await client.remove({ ...at, key: 'free', versionId: free.versionId }, { bypassGovernance: true });
    expect(await client.retention({ bucket: 'plain', key: 'once' })).toBeUndefined();
    expect(await client.legalHold({ bucket: 'plain', key: 'once' })).toBe(false);
    expect(await client.tags({ bucket: 'plain', key: 'once' })).toEqual({});
  });

  it('copies from any kind to any other, by the name that is hard to write', async () => {
    const keys = Object.keys(kinds).filter((kind) => kind !== 'rule');
    const other = newKey();
    const content = randomBytes(200_000);
    for (const from of Object.keys(kinds)) {
      const at = { bucket: 'plain', key: `copy ${from} 中+&%?#.bin` };
      await client.put(at, content, { encrypt: kinds[from] ?? rule, metadata: { owner: 'me' } });
      for (const to of keys) {
        // Without its context again it would be lost: copyTraps.real.test.ts.
        if (from === 'context' && to === 'kms') continue;
        const encrypt: Encrypt = to === 'customer' ? { kind: 'sse-c', key: other } : (kinds[to] ?? rule);
        const target = { bucket: 'plain', key: `${at.key}/${to}` };
        const { etag } = await client.head(at, keyOf(from));
        await client.copy({ from: { ...at, ...keyOf(from) }, to: target, encrypt, ifMatch: etag });
        const opened = to === 'customer' ? { customerKey: other } : {};
        expect(await client.head(target, opened)).toMatchObject({ encryption: states[to], metadata: { owner: 'me' } });
        expect((await buffer((await client.get(target, opened)).body)).equals(content)).toBe(true);
      }
    }
  });

  it('copies only what is still the same, and says what is wrong with a customer key', async () => {
    const at = { bucket: 'plain', key: 'moving' };
    const { etag } = await client.put(at, Buffer.from('one'), { encrypt: { kind: 'sse-s3' } });
    await client.put(at, Buffer.from('two'), { encrypt: { kind: 'sse-s3' } });
    const copy = { from: at, to: at, encrypt: kinds.kms ?? rule };
    expect(await codeOf(client.copy({ ...copy, ifMatch: etag }))).toBe('objectChanged');
    expect(await codeOf(client.copy({ ...copy, from: { ...at, customerKey } }))).toBe('customerKeyNotApplicable');
    const theirs = { bucket: 'plain', key: 'parts/customer' };
    expect(await codeOf(client.copy({ ...copy, from: theirs }))).toBe('customerKeyNeeded');
    expect(await codeOf(client.copy({ ...copy, from: { ...theirs, customerKey: newKey() } }))).toBe('customerKeyWrong');
    expect((await client.head(at)).encryption).toEqual({ state: 'sse-s3' });
  });

  it('says what is wrong with a customer key for reading and for a part', async () => {
    const at = { bucket: 'plain', key: 'parts/customer' };
    for (const read of [client.head, client.get]) {
      expect(await codeOf(read(at))).toBe('customerKeyNeeded');
      expect(await codeOf(read(at, { customerKey: newKey() }))).toBe('customerKeyWrong');
      expect(await codeOf(read({ ...at, key: 'parts/s3' }, { customerKey }))).toBe('customerKeyNotApplicable');
      expect(await codeOf(read({ ...at, key: 'parts/rule' }, { customerKey }))).toBe('customerKeyNotApplicable');
    }
    const encrypt: Encrypt = { kind: 'sse-c', key: customerKey };
    const id = await client.beginParts({ ...at, key: 'begun' }, { encrypt });
    expect(await codeOf(client.putPart({ ...at, key: 'begun' }, id, 1, Buffer.from('x'), { encrypt: rule }))).toBe('customerKeyNeeded');
    const wrong: Encrypt = { kind: 'sse-c', key: newKey() };
    expect(await codeOf(client.putPart({ ...at, key: 'begun' }, id, 1, Buffer.from('x'), { encrypt: wrong }))).toBe('minioAccessDenied');
    await client.abortParts({ ...at, key: 'begun' }, id);
    expect(await codeOf(client.put(at, Buffer.from('x'), { encrypt: { kind: 'sse-c', key: new Secret('c2hvcnQ=') } }))).toBe(
      'customerKeyWrongLength',
    );
  });

  it('sends no customer key over plain HTTP, and no name that MinIO would change', async () => {
    const plain = createObjectClient({ ...endpoint, url: endpoint.url.replace('https:', 'http:') });
    expect(await codeOf(plain.put({ bucket: 'plain', key: 'x' }, Buffer.from('x'), { encrypt: { kind: 'sse-c', key: customerKey } }))).toBe(
      'customerKeyNeedsTls',
    );
    expect(await codeOf(plain.head({ bucket: 'plain', key: 'x' }, { customerKey }))).toBe('customerKeyNeedsTls');
    const copy = plain.copy({ from: { bucket: 'plain', key: 'x', customerKey }, to: { bucket: 'plain', key: 'y' }, encrypt: rule });
    expect(await codeOf(copy)).toBe('customerKeyNeedsTls');
    await plain.close();
    for (const key of ['', '/a', 'a//b', 'a/../b', './a', 'a/.', 'a\0b', '\ud800', 'n'.repeat(256), `${'d/'.repeat(512)}x`]) {
      expect(await codeOf(client.put({ bucket: 'plain', key }, Buffer.from('x'), { encrypt: rule }))).toBe('objectNameRefused');
      expect(await codeOf(client.beginParts({ bucket: 'plain', key }, { encrypt: rule }))).toBe('objectNameRefused');
    }
  });

  it('ends at once when it is cancelled, and leaves no object', async () => {
    const at = { bucket: 'plain', key: 'cancelled' };
    const stop = new AbortController();
    const put = client.put(at, randomBytes(60 * mebibyte), { encrypt: rule, signal: stop.signal });
    setTimeout(() => stop.abort(), 20);
    expect(await codeOf(put)).toBe('cancelled');
    expect(await codeOf(client.put(at, Buffer.from('x'), { encrypt: rule, signal: stop.signal }))).toBe('cancelled');
    expect(await codeOf(client.head(at))).toBe('objectMissing');

    await client.put(at, randomBytes(30 * mebibyte), { encrypt: rule });
    const reading = new AbortController();
    const { body } = await client.get(at, { signal: reading.signal });
    reading.abort();
    expect(await codeOf(buffer(body))).toBe('cancelled');

    // A body that nobody reads yet: its end must not be the end of the process.
    const unread = new AbortController();
    const got = await client.get(at, { signal: unread.signal });
    unread.abort();
    await new Promise((done) => setTimeout(done, 50));
    expect(got.body.destroyed).toBe(true);
  });

  it('waits for a slow reader without taking the whole into memory', async () => {
    const at = { bucket: 'plain', key: 'slow' };
    await client.put(at, Buffer.alloc(30 * mebibyte), { encrypt: rule });
    const before = process.memoryUsage().rss;
    const { body } = await client.get(at);
    await new Promise((done) => setTimeout(done, 300));
    expect(process.memoryUsage().rss - before).toBeLessThan(25 * mebibyte);
    expect(body.readableLength).toBeLessThan(2 * mebibyte);
    expect(await buffer(body)).toHaveLength(30 * mebibyte);
  });

  it('tells the server’s answer also where it comes before all bytes went out', async () => {
    const stranger = createObjectClient({ ...endpoint, credentials: { ...endpoint.credentials, secretKey: new Secret('wrong-wrong') } });
    expect(await codeOf(stranger.put({ bucket: 'plain', key: 'x' }, randomBytes(30 * mebibyte), { encrypt: rule }))).toBe(
      'minioCredentialRefused',
    );
    await stranger.close();
    expect(await codeOf(client.put({ bucket: 'nowhere', key: 'x' }, randomBytes(30 * mebibyte), { encrypt: rule }))).toBe('bucketMissing');
  });

  // Last: it takes keys and KES away.
  it('says what is wrong with a key in KES', async () => {
    const at = { bucket: 'plain', key: 'lost' };
    const put = (key: string) => client.put(at, Buffer.from('x'), { encrypt: { kind: 'sse-kms', key } });
    expect(await codeOf(put('minio-nowhere'))).toBe('kmsKeyNotFound');
    expect(await codeOf(put('other'))).toBe('kmsNotAuthorised');
    await put('minio-lost');
    await stack.operator.deleteKey('minio-lost');
    expect((await client.head(at)).encryption).toEqual({ state: 'sse-kms', key: 'minio-lost' });
    expect(await codeOf(client.readByte(at, 1))).toBe('kmsKeyNotFound');
    expect(await codeOf(client.copy({ from: at, to: at, encrypt: { kind: 'sse-s3' } }))).toBe('kmsKeyNotFound');
    await stack.operator.createKey('minio-lost');
    expect(await codeOf(client.readByte(at, 1))).toBe('kmsKeyDiffers');
    await stack.kes.stop();
    expect(await codeOf(put('minio-second'))).toBe('kmsUnavailable');
  });
});
