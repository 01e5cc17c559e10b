import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { minioInput } from '../../../shared/minio.ts';
import { withS3 } from '../../clients/s3/forStack.ts';
import { startTestStack, type TestStack } from '../../clients/s3/minio.testSupport.ts';
import { createMinioStep } from './minioStep.ts';

const input = minioInput.parse({ defaultKey: 'minio-default' });

/** MinIO refuses requests that were signed more than 15 minutes from its own time. */
describe('a clock that differs from MinIO’s', () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await startTestStack();
    await stack.operator.createKey('minio-default');
    await createMinioStep(stack.minioDeps).apply(stack.context, input);
  });
  afterEach(() => vi.useRealTimers());
  afterAll(() => stack?.stop());
  const buckets = () => withS3(stack.context, (s3) => s3.listBuckets());

  it.each([-20, 20])('by %i minutes is named as that', async (minutes) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + minutes * 60_000 });
    await expect(createMinioStep(stack.minioDeps).check(stack.context, input)).rejects.toMatchObject({ code: 'minioClockSkew' });
    vi.useRealTimers();
    expect(await buckets()).toEqual([]);
  });
});
