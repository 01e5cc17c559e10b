import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { objectCheck } from '../../../shared/objects.ts';
import { withS3 } from '../../clients/s3/forStack.ts';
import { startMinio, startTestStack, type TestStack } from '../../clients/s3/minio.testSupport.ts';
import type { PutOptions } from '../../clients/s3/s3Client.ts';
import { createJobRunner } from '../../jobs/jobRunner.ts';
import { createFileStore } from '../../platform/files.ts';
import type { Log } from '../../platform/log.ts';
import { createObjects } from './handlers.ts';

const bucket = 'mixed';
const files = createFileStore();

describe('the check of objects, on a real MinIO with KES', () => {
  let stack: TestStack;
  const log: Log = { info: () => undefined, error: (event, fields) => console.error(event, fields) };
  const jobs = createJobRunner(() => undefined, log);
  const call = { signal: new AbortController().signal, host: 'cli' as const };
  let handlers: ReturnType<typeof createObjects>['handlers'];
  const check = async (limit = 1000, prefix = '') => {
    const { jobId } = await handlers['objects.check']({ stackId: 'test', bucket, prefix, limit }, call);
    const job = await jobs.wait(jobId);
    if (job.state !== 'succeeded') throw new Error(JSON.stringify(job.error));
    return objectCheck.parse(job.result);
  };

  beforeAll(async () => {
    stack = await startTestStack();
    for (const key of ['minio-default', 'minio-second']) await stack.operator.createKey(key);
    await startMinio(stack);
    handlers = createObjects({
      open: async () => stack.context,
      publish: () => undefined,
      jobs,
      log,
      files,
      dataFolder: stack.context.folder.path('data'),
      auditView: async () => undefined,
    }).handlers;
    await withS3(stack.context, async (s3) => {
      await s3.createBucket(bucket);
      const put = (key: string, content: string, sse?: PutOptions['sse']) =>
        s3.putObject(bucket, key, Readable.from([Buffer.from(content)]), { length: content.length, ...(sse ? { sse } : {}) });
      await put('a-plain', 'x');
      await put('b-kms', 'x', { kind: 'sse-kms', key: 'minio-default' });
      await put('c-empty', '', { kind: 'sse-kms', key: 'minio-second' });
      await put('d-second', 'x', { kind: 'sse-kms', key: 'minio-second' });
      await put('f-s3', 'x', { kind: 'sse-s3' });
      await put('g-after', 'x');
    });
    const key = randomBytes(32);
    const customer = 'x-amz-server-side-encryption-customer';
    const headers = {
      [`${customer}-algorithm`]: 'AES256',
      [`${customer}-key`]: key.toString('base64'),
      [`${customer}-key-md5`]: createHash('md5').update(key).digest('base64'),
    };
    await stack.raw('PUT', [bucket, 'e-ssec'], headers, 'x');
  });
  afterAll(async () => {
    files.close();
    await stack?.stop();
  });

  it('counts every state, tells the keys that open, and shows what is not encrypted', async () => {
    const found = await check();
    expect(found).toMatchObject({ bucket, prefix: '', checked: 7, more: false });
    expect(found.counts).toEqual({ plaintext: 2, 'sse-kms': 3, 'sse-c': 1, 'sse-s3': 1 });
    expect(found.keys).toEqual([
      { key: '', objects: 1, opens: 'yes' },
      { key: 'minio-default', objects: 1, opens: 'yes' },
      { key: 'minio-second', objects: 2, opens: 'yes' },
    ]);
    expect(found.notable.map(({ key, opens }) => [key, opens])).toEqual([
      ['a-plain', 'notTested'],
      ['g-after', 'notTested'],
    ]);
  });

  it('stops at the limit and says that there is more', async () => {
    expect(await check(2)).toMatchObject({ checked: 2, more: true, counts: { plaintext: 1, 'sse-kms': 1 } });
    expect(await check(10, 'd-')).toMatchObject({ checked: 1, more: false, prefix: 'd-' });
  });

  it('can be cancelled', async () => {
    const { jobId } = await handlers['objects.check']({ stackId: 'test', bucket, prefix: '', limit: 1000 }, call);
    jobs.cancel(jobId);
    expect((await jobs.wait(jobId)).state).toBe('cancelled');
  });

  it('finds the object whose key is gone, and claims nothing of an empty one', async () => {
    await stack.operator.deleteKey('minio-second');
    const found = await check();
    expect(found.keys).toContainEqual({ key: 'minio-second', objects: 2, opens: 'no' });
    expect(found.keys).toContainEqual({ key: 'minio-default', objects: 1, opens: 'yes' });
    expect(found.notable.at(-1)).toMatchObject({ key: 'd-second', opens: 'no', error: { code: 'kmsKeyNotFound' } });
    expect(found.notable.map(({ key }) => key)).not.toContain('c-empty');
  });

  // Last: without its key, an SSE-S3 object blocks the listing of all that follow.
  it('says where the listing is blocked, and nothing of what lies behind', async () => {
    await stack.operator.deleteKey('minio-default');
    const found = await check();
    expect(found).toMatchObject({ checked: 5, more: true, blocked: { code: 'kmsKeyNotFound' } });
    expect(found.counts).toEqual({ plaintext: 1, 'sse-kms': 3, 'sse-c': 1 });
  });
});
