import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { minioInput } from '../../../shared/minio.ts';
import { minioEndpoint } from '../../clients/s3/forStack.ts';
import { runWithMc, startTestStack, type TestStack } from '../../clients/s3/minio.testSupport.ts';
import { createMinioStep } from './minioStep.ts';
import { environmentFile, launchSpec } from './settings.ts';

const input = minioInput.parse({ defaultKey: 'minio-default' });

/** Users and policies of MinIO are sealed with the default key, so they go with the KMS (minio.md 2.4). */
describe('a MinIO whose KMS was taken away', () => {
  let stack: TestStack;
  let alias: string;
  beforeAll(async () => {
    stack = await startTestStack();
    await stack.operator.createKey('minio-default');
    await createMinioStep(stack.minioDeps).apply(stack.context, input);
    const { host } = new URL((await minioEndpoint(stack.context)).url);
    alias = `export MC_HOST_root="https://$MINIO_ROOT_USER:$MINIO_ROOT_PASSWORD@${host}" MC_HOST_alice="https://alice:alice-password@${host}"`;
  });
  afterAll(() => stack?.stop());
  const mc = (line: string) => runWithMc(stack, [`${alias}; mc --insecure ${line} 2>&1 || true`]).then(({ output }) => output);

  it('lets its users in while the key manager is there', async () => {
    await mc('admin user add root alice alice-password');
    await mc('admin policy attach root readwrite --user alice');
    expect(await mc('ls alice')).not.toContain('does not exist');
  });

  it('locks them out while root and the health check see nothing, and the check of the step says that the key manager is gone', async () => {
    await stack.context.servers.stop('minio');
    const whole = (await stack.context.folder.read(environmentFile)) ?? '';
    const without = whole.split('\n').filter((line) => !line.includes('MINIO_KMS_'));
    await stack.context.folder.write(environmentFile, without.join('\n'), 0o600);
    await stack.context.servers.start('minio', 'minio', launchSpec(stack.context));
    await expect.poll(() => mc('ready root'), { timeout: 20_000 }).toContain('ready');
    expect(await mc('ls alice')).toMatch(/Access Key Id you provided does not exist/);
    await expect(createMinioStep(stack.minioDeps).check(stack.context, input)).rejects.toMatchObject({ code: 'kmsNotConfigured' });
  });

  it('has its users back after the step was run again', async () => {
    const step = createMinioStep(stack.minioDeps);
    await step.apply(stack.context, input);
    await step.check(stack.context, input);
    await expect.poll(() => mc('ls alice'), { timeout: 20_000 }).not.toContain('does not exist');
  });
});
