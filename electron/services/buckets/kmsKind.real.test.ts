import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withS3 } from '../../clients/s3/forStack.ts';
import { startMinio, startTestStack, type TestStack } from '../../clients/s3/minio.testSupport.ts';
import { createObjectClient } from '../../clients/s3/objectClient.ts';
import { bucketsOf, call, stackId, type TestBuckets } from './buckets.testSupport.ts';

const onlyKey = { kind: 'sse-kms', key: 'only-key' } as const;

describe('buckets, on a MinIO without KES', () => {
  let stack: TestStack;
  let handlers: TestBuckets['handlers'];
  beforeAll(async () => {
    stack = await startTestStack();
    ({ handlers } = bucketsOf(stack));
  });
  afterAll(() => stack?.stop());

  it('one without a key manager says so, and how to come by one', async () => {
    await startMinio(stack, []);
    await withS3(stack.context, (s3) => s3.createBucket('bare'));
    const { buckets } = await handlers['buckets.list']({ stackId }, call);
    // Its admin API comes a moment after its readiness.
    await expect
      .poll(async () => (await handlers['buckets.list']({ stackId }, call)).kms, { timeout: 10_000 })
      .toEqual({ kind: 'none', autoEncryption: false, says: { code: 'bucketKmsNone' }, next: { code: 'bucketKmsNoneNext' } });
    expect(buckets).toMatchObject([{ name: 'bare', rule: { kind: 'none' } }]);
    const { changes, keyWorks } = await handlers['buckets.plan']({ stackId, buckets: ['bare'], rule: { kind: 'sse-s3' } }, call);
    expect(keyWorks).toMatchObject({ ok: false, error: { code: 'kmsNotConfigured' } });
    const { results, undo } = await handlers['buckets.apply']({ stackId, changes }, call);
    expect(results).toMatchObject([{ bucket: 'bare', error: { code: 'kmsNotConfigured' } }]);
    expect(undo).toBeUndefined();
    expect((await handlers['buckets.undos']({ stackId }, call)).undos).toEqual([]);
  });

  it('one with a static key names it, takes no other, and says the way to KES', async () => {
    await stack.context.servers.stop('minio');
    await startMinio(stack, ['MINIO_KMS_SECRET_KEY=only-key:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=']);
    const kindNow = async () => (await handlers['buckets.list']({ stackId }, call)).kms;
    await expect.poll(kindNow, { timeout: 10_000 }).toMatchObject({
      kind: 'static',
      defaultKey: 'only-key',
      says: { code: 'bucketKmsStatic' },
      next: { code: 'bucketKmsStaticNext' },
    });
    const own = await handlers['buckets.plan']({ stackId, buckets: ['bare'], rule: onlyKey }, call);
    expect(own.keyWorks).toMatchObject({ ok: true });
    const other = await handlers['buckets.plan']({ stackId, buckets: ['bare'], rule: { kind: 'sse-kms', key: 'other-key' } }, call);
    expect(other.keyWorks).toMatchObject({ ok: false, error: { code: 'minioKeyFails' } });
    expect((await handlers['buckets.apply']({ stackId, changes: own.changes }, call)).results).toMatchObject([{ found: onlyKey }]);
  });

  it.each([
    ['true', true],
    ['Enabled', true],
    ['oN', false],
  ])('automatic encryption set to %s is read as MinIO itself takes it', async (value, on) => {
    await stack.context.servers.stop('minio');
    const key = 'MINIO_KMS_SECRET_KEY=only-key:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
    const endpoint = await startMinio(stack, [key, `MINIO_KMS_AUTO_ENCRYPTION=${value}`]);
    await expect
      .poll(async () => (await handlers['buckets.list']({ stackId }, call)).kms, { timeout: 10_000 })
      .toMatchObject({ kind: 'static', autoEncryption: on });
    const name = `auto-${value.toLowerCase()}`;
    await withS3(stack.context, (s3) => s3.createBucket(name));
    const client = createObjectClient(endpoint);
    const put = await client.put({ bucket: name, key: 'x' }, Buffer.from('x'), { encrypt: { kind: 'rule' } });
    await client.close();
    expect(put.encryption?.state).toBe(on ? 'sse-kms' : 'plaintext');
  });
});
