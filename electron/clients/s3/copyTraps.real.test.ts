import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import { mcAliasCommands } from './mcCommands.ts';
import { runWithMc, startMinio, startTestStack, type TestStack } from './minio.testSupport.ts';
import { createObjectClient } from './objectClient.ts';
import type { At, Encrypt, ObjectClient } from './objectTypes.ts';
import { copyEncrypted, type SafeCopyWish } from './safeCopy.ts';
import { createSignedClient, type SignedClient } from './signedClient.ts';

type Chosen = Exclude<Encrypt, { kind: 'rule' }>;
const second: Chosen = { kind: 'sse-kms', key: 'minio-second' };
const newKey = (): Secret => new Secret(randomBytes(32).toString('base64'));
const sseC = (key: Secret): Chosen => ({ kind: 'sse-c', key });

describe('what MinIO destroys or decrypts when an object is copied onto itself (minio.md 3.6), and the safe way', () => {
  let stack: TestStack;
  let client: ObjectClient;
  let raw: SignedClient;

  beforeAll(async () => {
    stack = await startTestStack();
    for (const key of ['minio-default', 'minio-second', 'minio-third']) await stack.operator.createKey(key);
    const endpoint = await startMinio(stack);
    client = createObjectClient(endpoint);
    raw = createSignedClient(endpoint);
    for (const bucket of ['never', 'versions', 'suspended']) await raw.demand({ method: 'PUT', path: [bucket] });
    await raw.demand({ method: 'PUT', path: ['locked'], headers: { 'x-amz-bucket-object-lock-enabled': 'true' } });
    await versioning('versions', 'Enabled');
    await versioning('suspended', 'Enabled');
    await versioning('suspended', 'Suspended');
  });
  afterAll(async () => {
    await Promise.all([client?.close(), raw?.close()]);
    await stack?.stop();
  });

  async function versioning(bucket: string, status: string): Promise<void> {
    const body = `<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`;
    await raw.demand({ method: 'PUT', path: [bucket], query: { versioning: '' }, body });
  }
  const read = async (at: At, customerKey?: Secret): Promise<Buffer> => buffer((await client.get(at, { customerKey })).body);
  const failure = (work: Promise<unknown>): Promise<AppError> =>
    work.then(
      () => Promise.reject(new Error('it was not refused')),
      (error: unknown) => (error instanceof AppError ? error : Promise.reject(error)),
    );
  const modes = { never: 'off', versions: 'on', suspended: 'suspended', locked: 'on' } as const;
  const safely = (at: At & { bucket: keyof typeof modes }, encrypt: Chosen, wish: Partial<SafeCopyWish> = {}) =>
    copyEncrypted(client, { at, encrypt, versioning: modes[at.bucket], ...wish });

  describe('another SSE-C key', () => {
    it.each([1_000, 400_000])(
      'destroys the new version of %i bytes where versions are kept, while HEAD says that all is well',
      async (size) => {
        const [old, next] = [newKey(), newKey()];
        const at = { bucket: 'versions', key: `trap-${size}` };
        const before = await client.put(at, randomBytes(size), { encrypt: sseC(old) });
        const copied = await client.copy({ from: { ...at, customerKey: old }, to: at, encrypt: sseC(next) });
        expect(await client.head({ ...at, versionId: copied.versionId }, { customerKey: next })).toMatchObject({
          encryption: { state: 'sse-c' },
        });
        expect([206, 500]).toContain((await failure(read(at, next))).details.status);
        expect(await read({ ...at, versionId: before.versionId }, old)).toHaveLength(size);
        await client.remove({ ...at, versionId: copied.versionId });
      },
    );

    it.each([
      ['never', 1_000],
      ['never', 400_000],
      ['versions', 1_000],
      ['versions', 400_000],
      ['suspended', 400_000],
    ] as const)('is given safely in a bucket where versions are kept: %s, %i bytes', async (bucket, size) => {
      const [old, next] = [newKey(), newKey()];
      const at = { bucket, key: `safe-${size}` };
      const content = randomBytes(size);
      await client.put(at, content, { encrypt: sseC(old), metadata: { owner: 'Zoë' }, tags: { a: 'b' } });
      const landed = await safely(at, sseC(next), { customerKey: old });
      expect(landed).toMatchObject({ read: 'whole', facts: { size, metadata: { owner: 'Zoë' }, tagCount: 1 } });
      expect(landed.facts.storageClass).toBeUndefined();
      expect((await read(at, next)).equals(content)).toBe(true);
      expect((await failure(client.head(at, { customerKey: old }))).code).toBe('customerKeyWrong');
      // The one before and the new one; what was in between is gone.
      expect(await client.versions(bucket, at.key)).toHaveLength(bucket === 'versions' ? 2 : 1);
    });

    it('changes nothing when the old key does not fit', async () => {
      const at = { bucket: 'never' as const, key: 'foreign' };
      const key = newKey();
      const { etag } = await client.put(at, Buffer.from('x'), { encrypt: sseC(key) });
      expect((await failure(safely(at, sseC(newKey()), { customerKey: newKey() }))).code).toBe('customerKeyWrong');
      expect((await client.head(at, { customerKey: key })).etag).toBe(etag);
    });
  });

  describe('an encryption context', () => {
    const withContext: Chosen = { ...second, context: { project: 'p1', department: '人事' } };

    it('is kept in name alone when it is not sent again: the object looks well and never opens', async () => {
      const at = { bucket: 'never', key: 'trap-context' };
      const { etag } = await client.put(at, Buffer.from('x'), { encrypt: withContext });
      await client.copy({ from: at, to: at, encrypt: { kind: 'sse-kms', key: 'minio-third' }, ifMatch: etag });
      expect(await client.head(at)).toMatchObject({ encryption: { state: 'sse-kms', key: 'minio-third' }, context: { project: 'p1' } });
      expect((await failure(read(at))).code).toBe('kmsKeyDiffers');
    });

    it.each([
      ['SSE-S3', { kind: 'sse-s3' } as Chosen, undefined],
      ['SSE-C', sseC(new Secret(Buffer.alloc(32, 7).toString('base64'))), new Secret(Buffer.alloc(32, 7).toString('base64'))],
    ])('stays hidden in an object that became %s, and spoils the copy after that', async (_, between, key) => {
      const at = { bucket: 'never', key: `trap-hidden-${between.kind}` };
      await client.put(at, Buffer.from('x'), { encrypt: withContext });
      await client.copy({ from: at, to: at, encrypt: between });
      expect((await client.head(at, { customerKey: key })).context).toBeUndefined();
      await client.copy({ from: { ...at, customerKey: key }, to: at, encrypt: second });
      expect((await failure(read(at))).code).toBe('kmsKeyDiffers');
    });

    it('is sent again, or replaced by another, and goes entirely with SSE-S3 and SSE-C', async () => {
      const at = { bucket: 'never' as const, key: 'safe-context' };
      const content = randomBytes(5_000);
      const customer = newKey();
      await client.put(at, content, { encrypt: withContext, metadata: { owner: 'me' }, contentType: 'text/plain', tags: { a: 'b' } });
      const same = await safely(at, { kind: 'sse-kms', key: 'minio-third' });
      expect(same.facts).toMatchObject({ encryption: { key: 'minio-third' }, context: { project: 'p1', department: '人事' } });
      expect((await safely(at, { ...second, context: { other: 'x' } })).facts.context).toEqual({ other: 'x' });
      expect((await safely(at, { kind: 'sse-s3' })).facts.encryption.state).toBe('sse-s3');
      expect((await safely(at, second)).facts.context).toBeUndefined();
      await safely(at, { ...second, context: { again: 'x' } });
      await safely(at, sseC(customer));
      const last = await safely(at, second, { customerKey: customer });
      expect(last.facts).toMatchObject({ metadata: { owner: 'me' }, contentType: 'text/plain', tagCount: 1 });
      expect((await read(at)).equals(content)).toBe(true);
    });
  });

  it('decrypts an object when the copy says nothing of encryption; the safe way always says it', async () => {
    const at = { bucket: 'never' as const, key: 'silent' };
    await client.put(at, Buffer.from('secret'), { encrypt: second });
    await client.copy({ from: at, to: at, encrypt: { kind: 'rule' } });
    expect((await client.head(at)).encryption).toEqual({ state: 'plaintext' });
    expect((await safely(at, second)).facts.encryption).toEqual({ state: 'sse-kms', key: 'minio-second' });
  });

  it('ignores If-Match on a copy; the safe way names the source instead, and leaves a changed object alone', async () => {
    const at = { bucket: 'never' as const, key: 'moved' };
    await client.put(at, Buffer.from('first'), { encrypt: { kind: 'sse-s3' } });
    const facts = await client.head(at);
    await client.put(at, Buffer.from('second'), { encrypt: second });
    const { etag } = await client.head(at);
    const headers = { 'x-amz-copy-source': '/never/moved', 'if-match': `"${facts.etag}"`, 'x-amz-server-side-encryption': 'AES256' };
    expect((await raw.ask({ method: 'PUT', path: ['never', 'moved'], headers })).status).toBe(200);
    const now = await client.head(at);
    expect(now.etag).not.toBe(etag);
    expect((await failure(safely(at, second, { facts }))).code).toBe('objectChanged');
    expect((await client.head(at)).etag).toBe(now.etag);
  });

  it('brings deleted objects and old contents back when keyrotate runs over versions; the safe way leaves the order as it is', async () => {
    const [gone, changed] = [
      { bucket: 'versions' as const, key: 'rotate/gone' },
      { bucket: 'versions' as const, key: 'rotate/changed' },
    ];
    await client.put(gone, Buffer.from('deleted'), { encrypt: second });
    await client.remove(gone);
    await client.put(changed, Buffer.from('old'), { encrypt: second });
    await client.put(changed, Buffer.from('new'), { encrypt: { kind: 'sse-kms', key: 'minio-third' } });
    expect((await failure(client.head(gone))).code).toBe('objectMissing');

    const job = [
      'keyrotate:',
      '  apiVersion: v1',
      '  bucket: versions',
      '  prefix: rotate/',
      '  encryption:',
      '    type: sse-kms',
      '    key: minio-third',
      '',
    ];
    await writeFile(stack.context.folder.path('rotate.yaml'), job.join('\n'));
    const lines = mcAliasCommands(stack.context).map(({ line = '' }) => line);
    const file = stack.context.folder.path('rotate.yaml');
    const { code } = await runWithMc(stack, [...lines, `mc --json batch start sealdeck '${file}'`]);
    expect(code).toBe(0);
    await expect
      .poll(async () => (await client.head(gone).catch(() => undefined))?.encryption, { timeout: 20_000 })
      .toMatchObject({ state: 'sse-kms' });
    expect(String(await read(gone))).toBe('deleted');

    const kept = { bucket: 'versions' as const, key: 'kept' };
    await client.put(kept, Buffer.from('old'), { encrypt: { kind: 'sse-s3' } });
    await client.put(kept, Buffer.from('new'), { encrypt: { kind: 'sse-s3' } });
    await safely(kept, second);
    expect(String(await read(kept))).toBe('new');
    expect(await client.versions('versions', 'kept')).toHaveLength(3);
  });

  it('loses retention and hold on a copy; the safe way sends them again, and names what the bucket’s own retention keeps', async () => {
    const at = { bucket: 'locked' as const, key: 'contract' };
    const customer = newKey();
    const lock = { mode: 'GOVERNANCE' as const, until: new Date(Date.now() + 3_600_000).toISOString(), hold: true };
    await client.put(at, Buffer.from('x'), { encrypt: { kind: 'sse-s3' }, lock });
    await client.copy({ from: at, to: { ...at, key: 'bare' }, encrypt: second });
    expect((await client.head({ ...at, key: 'bare' })).lock).toBeUndefined();
    const { facts, versionId } = await safely(at, second, { locks: true });
    expect(facts.lock).toMatchObject({ mode: 'GOVERNANCE', hold: true });
    expect((await failure(client.remove({ ...at, versionId }))).code).toBe('objectLocked');

    const rule = '<DefaultRetention><Mode>GOVERNANCE</Mode><Days>1</Days></DefaultRetention>';
    const body = `<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule>${rule}</Rule></ObjectLockConfiguration>`;
    const digest = createHash('md5').update(body).digest('base64');
    await client.put({ ...at, key: 'free' }, Buffer.from('x'), { encrypt: sseC(customer) });
    await raw.demand({ method: 'PUT', path: ['locked'], query: { 'object-lock': '' }, headers: { 'content-md5': digest }, body });
    const left = await safely({ ...at, key: 'free' }, sseC(newKey()), { locks: true, customerKey: customer });
    expect(left.facts.lock?.mode).toBe('GOVERNANCE');
    expect((await client.versions('locked', 'free')).map((one) => one.versionId)).toContain(left.leftOver);
  });

  it('encrypts plaintext with all that describes it: in parts, empty, of another storage class, an old version', async () => {
    const content = randomBytes(6 * 1024 * 1024);
    const at = { bucket: 'versions' as const, key: 'plain 中+&%.bin' };
    const id = await client.beginParts(at, { encrypt: { kind: 'rule' }, metadata: { owner: '人事  x' } });
    const parts = [
      await client.putPart(at, id, 1, content.subarray(0, 5 * 1024 * 1024), { encrypt: { kind: 'rule' } }),
      await client.putPart(at, id, 2, content.subarray(5 * 1024 * 1024), { encrypt: { kind: 'rule' } }),
    ];
    await client.completeParts(at, id, parts, { encrypt: { kind: 'rule' } });
    const landed = await safely(at, second);
    expect(landed).toMatchObject({ read: 'whole', bytesRead: 2 * content.length, facts: { metadata: { owner: '人事  x' } } });
    expect((await read(at)).equals(content)).toBe(true);

    const described = {
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      'cache-control': 'no-cache',
      'content-disposition': 'inline; filename="a  b"',
    };
    await raw.demand({ method: 'PUT', path: ['never', 'described'], headers: described, body: 'abc' });
    const reduced = await safely({ bucket: 'never', key: 'described' }, second, { check: 'byte' });
    expect(reduced).toMatchObject({ read: 'byte', bytesRead: 2, facts: { storageClass: 'REDUCED_REDUNDANCY' } });
    const again = await safely({ bucket: 'never', key: 'described' }, { kind: 'sse-s3' });
    expect(again.facts.headers).toEqual({ 'cache-control': 'no-cache', 'content-disposition': 'inline; filename="a  b"' });

    await client.put({ bucket: 'never', key: 'empty' }, Buffer.alloc(0), { encrypt: { kind: 'rule' } });
    expect(await safely({ bucket: 'never', key: 'empty' }, { kind: 'sse-s3' })).toMatchObject({ read: 'nothing', bytesRead: 0 });

    const past = { bucket: 'versions' as const, key: 'past' };
    const { versionId } = await client.put(past, Buffer.from('old'), { encrypt: { kind: 'rule' } });
    await client.put(past, Buffer.from('new'), { encrypt: { kind: 'rule' } });
    await safely({ ...past, versionId }, second);
    expect(String(await read(past))).toBe('old');
  });

  it('leaves an object alone that does not open, or whose target key is not there', async () => {
    const at = { bucket: 'never' as const, key: 'sealed' };
    await stack.operator.createKey('minio-gone');
    const { etag } = await client.put(at, Buffer.from('x'), { encrypt: { kind: 'sse-kms', key: 'minio-gone' } });
    expect((await failure(safely(at, { kind: 'sse-kms', key: 'minio-nowhere' }))).code).toBe('kmsKeyNotFound');
    await stack.operator.deleteKey('minio-gone');
    expect((await failure(safely(at, { kind: 'sse-s3' }))).code).toBe('kmsKeyNotFound');
    expect((await client.head(at)).etag).toBe(etag);
  });
});
