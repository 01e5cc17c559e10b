import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ObjectCard, objectCard } from '../../../shared/objects.ts';
import { Secret } from '../../../shared/secret.ts';
import { customerKeysOf } from '../../clients/s3/customerKeys.ts';
import { startMinio, startTestStack, type TestStack } from '../../clients/s3/minio.testSupport.ts';
import { createObjectClient } from '../../clients/s3/objectClient.ts';
import type { Encrypt, ObjectClient, WriteOptions } from '../../clients/s3/objectTypes.ts';
import { createS3 } from '../../clients/s3/s3Client.ts';
import { cardOf } from './card.ts';

const bucket = 'card';
const locked = 'card-locked';
const content = Buffer.from('a contract\n'.repeat(10_000));
const until = new Date(Date.now() + 3_600_000);

describe('the card of an object on a real server', () => {
  let stack: TestStack;
  let client: ObjectClient;
  let ours: { id: string; md5: string };

  const put = (key: string, encrypt: Encrypt, more: Partial<WriteOptions> = {}, to = bucket) =>
    client.put({ bucket: to, key }, content, { encrypt, ...more });
  async function card(key: string, of: { bucket?: string; versionId?: string } = {}): Promise<ObjectCard> {
    const at = { bucket, key, ...of };
    return objectCard.parse(await cardOf(stack.context, at, async () => undefined));
  }

  beforeAll(async () => {
    stack = await startTestStack(['/v1/*', '/version']);
    for (const key of ['minio-default', 'minio-docs', 'minio-lost']) await stack.operator.createKey(key);
    const operator = { id: 'operator', hash: stack.kes.client.hash, purpose: 'operator' as const, certFile: 'certs/minio-client.crt' };
    await stack.context.update((plain) => ({ ...plain, identities: [operator] }));
    await stack.context.secrets.set('operator.key', stack.kes.client.key);
    const endpoint = await startMinio(stack);
    client = createObjectClient(endpoint);
    const s3 = createS3(endpoint);
    await s3.createBucket(bucket);
    await s3.setBucketRule(bucket, { kind: 'sse-kms', key: 'minio-docs' });
    await s3.close();
    await stack.raw('PUT', [locked], { 'x-amz-bucket-object-lock-enabled': 'true' }, '');
    const keys = customerKeysOf(stack.context);
    ours = await keys.make('ours');
    await put('customer/ours', { kind: 'sse-c', key: keys.secret(ours.id) });
    await put('customer/theirs', { kind: 'sse-c', key: new Secret(Buffer.alloc(32, 7).toString('base64')) });
  });
  afterAll(async () => {
    await client?.close();
    await stack?.stop();
  });

  test('SSE-KMS: key, context, checksum, tags, metadata, and that it opens', async () => {
    const context = { department: 'hr', project: 'p 1' };
    const more = { contentType: 'text/plain', metadata: { owner: 'hr' }, tags: { class: 'secret', year: '2026' } };
    const { checksum } = await put('kms', { kind: 'sse-kms', key: 'minio-docs', context }, more);
    const seen = await card('kms');
    expect(seen).toMatchObject({
      row: { key: 'kms', size: content.length, encryption: { state: 'sse-kms', key: 'minio-docs' } },
      context,
      contentType: 'text/plain',
      metadata: { owner: 'hr' },
      etagKind: 'opaque',
      opens: { answer: 'yes' },
      rule: { value: { kind: 'sse-kms', key: 'minio-docs' } },
      tags: { value: more.tags },
      legalHold: { value: false },
      keyInKes: { value: true },
      mayDecrypt: { value: [expect.stringMatching(/^Sealdeck \([0-9a-f]{12}…\)$/)] },
      sizeOnDisk: content.length + 2 * 32,
    });
    expect(seen.checksums).toContainEqual({ algorithm: checksum?.algorithm, value: checksum?.value, kind: 'whole' });
    expect(seen.retention).toEqual({});
    expect(seen.versions.value?.rows).toMatchObject([{ versionId: 'null', latest: true }]);
    expect(seen.headError).toBeUndefined();
    expect(seen.mayHere.value).toContainEqual({ action: 's3:GetObject', answer: 'yes', how: 'tried' });
    expect(seen.mayHere.value).toContainEqual({ action: 's3:DeleteObject', answer: 'yes', how: 'policy' });
  });

  test('SSE-S3 does not name its key: the default one is asked for, and said to be that', async () => {
    await put('s3', { kind: 'sse-s3' });
    const seen = await card('s3');
    expect(seen).toMatchObject({ row: { encryption: { state: 'sse-s3' } }, etagKind: 'md5', opens: { answer: 'yes' } });
    expect(seen.row.encryption.key).toBeUndefined();
    expect(seen.defaultKey).toBe(stack.context.stack.minioClusters[0]?.defaultKey);
  });

  test('plaintext has no key to ask for, and its ETag is the MD5', async () => {
    await client.put({ bucket: locked, key: 'plain' }, content, { encrypt: { kind: 'rule' } });
    const seen = await card('plain', { bucket: locked });
    expect(seen).toMatchObject({
      row: { encryption: { state: 'plaintext' } },
      etagKind: 'md5',
      opens: { answer: 'yes' },
      rule: { value: { kind: 'none' } },
      sizeOnDisk: content.length,
    });
    expect([seen.keyInKes, seen.mayDecrypt, seen.defaultKey]).toEqual([{}, {}, undefined]);
  });

  test('SSE-C with a key of ours is read with it, and the key is named', async () => {
    const seen = await card('customer/ours');
    expect(seen).toMatchObject({
      row: { size: content.length, encryption: { state: 'sse-c' } },
      customerKey: { md5: ours.md5, keyId: ours.id, name: 'ours' },
      opens: { answer: 'yes' },
    });
    expect(seen.headError).toBeUndefined();
  });

  test('SSE-C with a key of others says what is missing and guesses nothing', async () => {
    const seen = await card('customer/theirs');
    expect(seen).toMatchObject({
      row: { size: content.length, encryption: { state: 'sse-c' } },
      opens: { answer: 'notTested', why: { code: 'cardNoKeyOfOurs' } },
      headError: { code: 'customerKeyNeeded' },
    });
    expect(seen.customerKey?.keyId).toBeUndefined();
    expect(JSON.stringify(seen)).not.toContain(Buffer.alloc(32, 7).toString('base64'));
  });

  test('an object whose key was deleted looks healthy to HEAD, and its card says that it does not open', async () => {
    await put('lost', { kind: 'sse-kms', key: 'minio-lost' });
    expect((await card('lost')).keyInKes.value).toBe(true);
    await stack.operator.deleteKey('minio-lost');
    const seen = await card('lost');
    expect(seen).toMatchObject({
      row: { encryption: { state: 'sse-kms', key: 'minio-lost' } },
      opens: { answer: 'no', error: { code: 'kmsKeyNotFound' } },
      keyInKes: { value: false },
    });
    // The right to read it is there; what is missing is the key.
    expect(seen.mayHere.value).toContainEqual({ action: 's3:GetObject', answer: 'yes', how: 'tried' });
  });

  test('retention and legal hold of a version', async () => {
    await put('held', { kind: 'sse-s3' }, { lock: { mode: 'GOVERNANCE', until: until.toISOString(), hold: true } }, locked);
    const seen = await card('held', { bucket: locked });
    expect(seen.retention.value?.mode).toBe('GOVERNANCE');
    expect(Math.abs(Date.parse(seen.retention.value?.until ?? '') - until.getTime())).toBeLessThan(1000);
    expect(seen.legalHold.value).toBe(true);
  });

  test('versions with a delete marker on top: the marker has no content, the version below has', async () => {
    const first = await put('deleted', { kind: 'sse-s3' }, {}, locked);
    const second = await put('deleted', { kind: 'sse-kms', key: 'minio-docs' }, {}, locked);
    await client.remove({ bucket: locked, key: 'deleted' });
    const top = await card('deleted', { bucket: locked });
    expect(top.row).toMatchObject({ deleteMarker: true, latest: true });
    expect(top.opens).toMatchObject({ answer: 'notTested', why: { code: 'auditNothingToOpen' } });
    expect(top.headError).toBeUndefined();
    expect(top.versions.value?.rows.map(({ deleteMarker, encryption }) => [deleteMarker, encryption.state])).toEqual([
      [true, expect.anything()],
      [false, 'sse-kms'],
      [false, 'sse-s3'],
    ]);
    const below = await card('deleted', { bucket: locked, versionId: second.versionId ?? '' });
    expect(below).toMatchObject({ row: { versionId: second.versionId, latest: false, deleteMarker: false }, opens: { answer: 'yes' } });
    expect((await card('deleted', { bucket: locked, versionId: first.versionId ?? '' })).row.encryption.state).toBe('sse-s3');
  });

  test('an empty object was read, which proves nothing of its key', async () => {
    await client.put({ bucket, key: 'empty' }, new Uint8Array(), { encrypt: { kind: 'rule' } });
    expect(await card('empty')).toMatchObject({
      row: { size: 0, encryption: { state: 'sse-kms' } },
      opens: { answer: 'notTested', why: { code: 'auditEmptyOpens' } },
    });
  });

  test('what is not there is said to be missing', async () => {
    await expect(card('nothing')).rejects.toMatchObject({ code: 'objectMissing' });
  });

  test('where KES may not be asked only that part is missing', async () => {
    const { context } = stack;
    const blind = { ...context, stack: { ...context.stack, identities: [] } };
    const seen = objectCard.parse(await cardOf(blind, { bucket, key: 'kms' }, async () => undefined));
    expect(seen.keyInKes.error?.code).toBe('kesIdentityMissing');
    expect(seen.opens.answer).toBe('yes');
  });

  test('while KES is away an SSE-S3 object shows its sealed ETag, does not open, and its key is not said to be gone', async () => {
    await stack.kes.pause();
    try {
      const seen = await card('s3');
      expect(seen).toMatchObject({
        row: { encryption: { state: 'sse-s3' } },
        etagKind: 'sealed',
        opens: { answer: 'no', error: { code: 'kmsUnavailable' } },
        rule: { value: { kind: 'sse-kms' } },
      });
      expect(seen.keyInKes.value).toBeUndefined();
      expect(seen.keyInKes.error?.code).toMatch(/^network/);
    } finally {
      await stack.kes.goOn();
    }
  });
});
