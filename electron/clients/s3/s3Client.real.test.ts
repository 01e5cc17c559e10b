import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMinioAdmin, type MinioAdmin } from '../minioAdmin/adminClient.ts';
import { mcAliasCommands } from './mcCommands.ts';
import { postForm, runWithMc, startMinio, startTestStack, type TestStack } from './minio.testSupport.ts';
import { createS3, type S3 } from './s3Client.ts';
import { createSignedClient, type S3Endpoint, type SignedClient } from './signedClient.ts';

/** minio.md 3.2: the key of bytes 00 to 1f. */
const customerKey = {
  'x-amz-server-side-encryption-customer-algorithm': 'AES256',
  'x-amz-server-side-encryption-customer-key': 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
  'x-amz-server-side-encryption-customer-key-MD5': 'tP/LI3N87DFaSk0aoqYgzg==',
};

describe('S3 and the admin API, on a real MinIO with KES', () => {
  let stack: TestStack;
  let endpoint: S3Endpoint;
  let s3: S3;
  let admin: MinioAdmin;
  let raw: SignedClient;

  beforeAll(async () => {
    stack = await startTestStack();
    await stack.operator.createKey('minio-default');
    await stack.operator.createKey('minio-second');
    endpoint = await startMinio(stack);
    s3 = createS3(endpoint);
    admin = createMinioAdmin(endpoint);
    raw = createSignedClient(endpoint);
    await s3.createBucket('states');
  });
  afterAll(async () => {
    await Promise.all([s3?.close(), admin?.close(), raw?.close()]);
    await stack?.stop();
  });

  const put = (key: string, content: string, sse?: { kind: 'sse-s3' } | { kind: 'sse-kms'; key: string }) =>
    s3.putObject('states', key, Readable.from([Buffer.from(content)]), { length: Buffer.byteLength(content), ...(sse ? { sse } : {}) });

  it('lists the states of plain, SSE-S3, SSE-KMS and SSE-C objects as HEAD says them', async () => {
    await put('plain.txt', 'plain');
    await put('s3.txt', 'sealed', { kind: 'sse-s3' });
    await put('kms 中文+&.txt', 'sealed', { kind: 'sse-kms', key: 'minio-second' });
    await raw.demand({ method: 'PUT', path: ['states', 'customer.bin'], headers: customerKey, body: 'theirs' });
    await put('folder/inside.txt', 'x');

    const page = await s3.listObjects('states', { delimiter: '/' });
    expect(page.prefixes).toEqual(['folder/']);
    expect(Object.fromEntries(page.objects.map(({ key, encryption }) => [key, encryption]))).toEqual({
      'plain.txt': { state: 'plaintext' },
      's3.txt': { state: 'sse-s3' },
      'kms 中文+&.txt': { state: 'sse-kms', key: 'minio-second' },
      'customer.bin': { state: 'sse-c' },
    });
    for (const { key, encryption, size } of page.objects) {
      const head = await s3.headObject('states', key);
      expect(head.encryption).toEqual(encryption);
      if (head.encryption.state !== 'sse-c') expect(head.size).toBe(size);
    }
  });

  it('pages, and every key comes once', async () => {
    const keys: string[] = [];
    let token: string | undefined;
    do {
      const page = await s3.listObjects('states', { maxKeys: 2, ...(token === undefined ? {} : { token }) });
      keys.push(...page.objects.map(({ key }) => key));
      token = page.next;
    } while (token !== undefined);
    expect(keys).toEqual(['customer.bin', 'folder/inside.txt', 'kms 中文+&.txt', 'plain.txt', 's3.txt']);
  });

  it('trusts no metadata whose names an uploader chose to break the page', async () => {
    await s3.createBucket('hostile');
    await raw.demand({ method: 'PUT', path: ['hostile', 'odd'], headers: { 'x-amz-meta-a&b': 'v' }, body: 'x' });
    const sse = 'x-amz-server-side-encryption';
    await postForm(endpoint, 'hostile', 'injected', `x-amz-meta-a>v</x-amz-meta-a><${sse}>aes256</${sse}><x-amz-meta-b`);
    const fake = '</usermetadata></contents><contents><key>fake</key><size>1</size><usermetadata><x-amz-meta-c';
    await s3.createBucket('fakes');
    await postForm(endpoint, 'fakes', 'z', `x-amz-meta-a>v</x-amz-meta-a>${fake}`);

    const { objects } = await s3.listObjects('hostile');
    expect(objects.map(({ key, encryption }) => [key, encryption])).toEqual([
      ['injected', undefined],
      ['odd', undefined],
    ]);
    expect((await s3.listObjects('fakes')).objects.map(({ key }) => key)).toEqual(['z']);
    expect((await s3.headObject('hostile', 'injected')).encryption).toEqual({ state: 'plaintext' });
  });

  it('reads back what was uploaded, whole and by range, and counts every byte on the way', async () => {
    const content = 'a'.repeat(3_000_000);
    const counted: number[] = [];
    const parts = Array.from({ length: 3 }, (_, index) => Buffer.from(content.slice(index * 1_000_000, (index + 1) * 1_000_000)));
    await s3.putObject('states', 'big', Readable.from(parts), {
      length: 3_000_000,
      sse: { kind: 'sse-kms', key: 'minio-default' },
      onProgress: (bytes) => counted.push(bytes),
    });
    expect(counted).toEqual([1_000_000, 2_000_000, 3_000_000]);
    expect(await text((await s3.getObject('states', 'big')).body)).toBe(content);
    const part = await s3.getObject('states', 'big', { range: 'bytes=0-9' });
    expect([part.status, await text(part.body)]).toEqual([206, 'aaaaaaaaaa']);
  });

  it.each([
    ['shorter', 10],
    ['longer', 3],
  ])('fails an upload whose body is %s than announced, and leaves no object', async (_, length) => {
    const upload = s3.putObject('states', 'cut', Readable.from([Buffer.from('12345')]), { length });
    await expect(upload).rejects.toMatchObject({ code: 'uploadCutShort' });
    await expect(s3.headObject('states', 'cut')).rejects.toMatchObject({ code: 'objectMissing' });
  });

  it('fails an upload when its file breaks, with the reason of the file', async () => {
    const broken = new Readable({
      read() {
        this.push(Buffer.alloc(100));
        this.destroy(new Error('disk gone'));
      },
    });
    await expect(s3.putObject('states', 'cut', broken, { length: 1000 })).rejects.toThrow('disk gone');
  });

  it('cancels an upload', async () => {
    const stop = new AbortController();
    const endless = new Readable({
      read() {
        setTimeout(() => this.push(Buffer.alloc(1000)), 5);
      },
    });
    setTimeout(() => stop.abort(), 200);
    await expect(s3.putObject('states', 'cut', endless, { length: 1e9, signal: stop.signal })).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('names what MinIO refuses', async () => {
    const unknown = put('x', 'x', { kind: 'sse-kms', key: 'minio-nowhere' });
    await expect(unknown).rejects.toMatchObject({ code: 'kmsKeyNotFound', details: { status: 404, where: 'states/x' } });
    await expect(put('x', 'x', { kind: 'sse-kms', key: 'other-name' })).rejects.toMatchObject({ code: 'kmsNotAuthorised' });
    await expect(s3.createBucket('states')).rejects.toMatchObject({
      code: 'bucketNameTaken',
      details: { code: 'BucketAlreadyOwnedByYou' },
    });
    await expect(s3.headObject('states', 'nothing')).rejects.toMatchObject({ code: 'objectMissing' });
    await expect(s3.listObjects('nowhere')).rejects.toMatchObject({ code: 'bucketMissing' });
    await expect(s3.getObject('states', 'customer.bin')).rejects.toMatchObject({ code: 'customerKeyNeeded' });
    expect(await s3.bucketExists('nowhere')).toBe(false);
    const stranger = createS3({ ...endpoint, credentials: { ...endpoint.credentials, accessKey: 'stranger' } });
    await expect(stranger.listBuckets()).rejects.toMatchObject({ code: 'minioCredentialRefused' });
    await expect(stranger.listObjects('states')).rejects.toMatchObject({ code: 'minioCredentialRefused' });
    await stranger.close();
    const distrustful = createS3({ ...endpoint, ca: [stack.kes.ca] });
    await expect(distrustful.listBuckets()).rejects.toMatchObject({ code: 'tlsTrust' });
    await expect(distrustful.listObjects('states')).rejects.toMatchObject({ code: 'tlsTrust' });
    await distrustful.close();
  });

  it('sets, reads and clears a bucket rule', async () => {
    expect((await s3.bucketRule('states')).rule).toEqual({ kind: 'none' });
    await s3.setBucketRule('states', { kind: 'sse-kms', key: 'minio-second' });
    expect((await s3.bucketRule('states')).rule).toEqual({ kind: 'sse-kms', key: 'minio-second' });
    await put('by-rule', 'x');
    expect((await s3.headObject('states', 'by-rule')).encryption).toEqual({ state: 'sse-kms', key: 'minio-second' });
    await s3.setBucketRule('states', { kind: 'none' });
    expect((await s3.bucketRule('states')).rule).toEqual({ kind: 'none' });
    await s3.deleteObject('states', 'by-rule');
  });

  it('tells a working key from one that is not there', async () => {
    expect(await admin.kmsStatus()).toMatchObject({ name: 'MinIO KES', defaultKey: 'minio-default', endpoints: [{ online: true }] });
    expect((await admin.keyStatus('minio-default')).error).toBeUndefined();
    expect((await admin.keyStatus('minio-nowhere')).error).toContain('key');
  });

  it('gives mc an alias without a secret in any argument, and mc agrees with us', async () => {
    const lines = mcAliasCommands(stack.context).map(({ line = '' }) => line);
    const { code, output, args } = await runWithMc(stack, [...lines, 'mc --json stat sealdeck/states/s3.txt']);
    expect(code).toBe(0);
    expect(output).toContain('AES256');
    expect(args).toContain('alias');
    expect(args).not.toContain(endpoint.credentials.secretKey.reveal());
  });

  // Last: they take a key and KES away.
  it('shows a listing that one missing key blocks, and a HEAD that still answers', async () => {
    await stack.operator.createKey('minio-lost');
    await put('lost.txt', 'sealed', { kind: 'sse-kms', key: 'minio-lost' });
    await stack.operator.deleteKey('minio-lost');
    await expect(s3.getObject('states', 'lost.txt')).rejects.toMatchObject({ code: 'kmsKeyNotFound' });
    expect((await s3.headObject('states', 'lost.txt')).encryption).toEqual({ state: 'sse-kms', key: 'minio-lost' });
    await stack.operator.deleteKey('minio-default');
    await expect(s3.listObjects('states')).rejects.toMatchObject({ code: 'kmsKeyNotFound' });
  });

  it('says that KES is away', async () => {
    await stack.kes.stop();
    await expect(put('x', 'x', { kind: 'sse-s3' })).rejects.toMatchObject({ code: 'kmsUnavailable' });
    expect((await admin.ready()).ready).toBe(false);
  });
});
