import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { minioInput } from '../../../shared/minio.ts';
import { withMinioAdmin } from '../../clients/minioAdmin/forStack.ts';
import { withS3 } from '../../clients/s3/forStack.ts';
import { startTestStack, type TestStack } from '../../clients/s3/minio.testSupport.ts';
import { createJobRunner } from '../../jobs/jobRunner.ts';
import type { DomainDeps } from '../../jobs/step.ts';
import { createMinio } from './handlers.ts';
import { createMinioStep } from './minioStep.ts';

const input = minioInput.parse({ defaultKey: 'minio-default' });
const call = { signal: new AbortController().signal, host: 'cli' as const };
const log: DomainDeps['log'] = { info: () => undefined, error: (event, fields) => console.error(event, fields) };

describe('the status of MinIO, on real servers', () => {
  let stack: TestStack;
  let handlers: ReturnType<typeof createMinio>['handlers'];
  beforeAll(async () => {
    stack = await startTestStack();
    await stack.operator.createKey('minio-default');
    const publish = () => undefined;
    handlers = createMinio({
      open: async () => stack.context,
      publish,
      jobs: createJobRunner(publish, log),
      log,
      dataFolder: stack.context.folder.path('data'),
      ...stack.minioDeps,
    }).handlers;
  });
  afterAll(() => stack?.stop());

  const status = async () => (await handlers['minio.status']({ stackId: 'test' }, call)).nodes[0];

  it('names what is missing before the step has run', async () => {
    expect(await status()).toMatchObject({ state: 'unreachable', error: { code: 'minioCredentialMissing' } });
  });

  it('is working after the step, with key, version and endpoints', async () => {
    await createMinioStep(stack.minioDeps).apply(stack.context, input);
    expect(await status()).toMatchObject({
      state: 'working',
      defaultKey: 'minio-default',
      kesEndpoints: [{ url: expect.stringContaining('127.0.0.1'), online: true }],
      version: expect.stringMatching(/./),
    });
  });

  it('lists buckets with their rules', async () => {
    await withS3(stack.context, async (s3) => {
      await s3.createBucket('one');
      await s3.createBucket('two');
      await s3.setBucketRule('two', { kind: 'sse-s3' });
    });
    expect((await handlers['minio.buckets']({ stackId: 'test' }, call)).buckets).toMatchObject([
      { name: 'one', rule: { kind: 'none' } },
      { name: 'two', rule: { kind: 'sse-s3' } },
    ]);
  });

  it('is not working while the key is gone, although MinIO runs', async () => {
    await stack.operator.deleteKey('minio-default');
    expect(await status()).toMatchObject({ state: 'keyFails', error: { code: 'minioKeyFails', details: { key: 'minio-default' } } });
  });

  it('finds users that were not loaded behind a green readiness and a working key', async () => {
    await stack.operator.createKey('minio-default');
    await stack.context.servers.stop('minio');
    const step = createMinioStep(stack.minioDeps);
    await step.apply(stack.context, input);
    await withMinioAdmin(stack.context, async (admin) => {
      expect((await admin.ready()).ready).toBe(true);
      expect((await admin.keyStatus('minio-default')).error).toBeUndefined();
    });
    await expect(step.check(stack.context, input)).rejects.toMatchObject({ code: 'minioIamNotLoaded' });
  });

  it('is unreachable when nothing listens', async () => {
    await stack.context.servers.stop('minio');
    expect(await status()).toMatchObject({ state: 'unreachable', error: { code: 'networkRefused' } });
  });
});

describe('a KES that does not allow MinIO its key', () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await startTestStack(['/v1/key/create/minio-*', '/v1/key/list/*', '/version']);
    await stack.operator.createKey('minio-default');
  });
  afterAll(() => stack?.stop());

  it('is named, and waiting for readiness ends early', async () => {
    await expect(createMinioStep(stack.minioDeps).apply(stack.context, input)).rejects.toMatchObject({ code: 'kmsNotAuthorised' });
  });
});
