import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customerKeysOf } from '../../clients/s3/customerKeys.ts';
import { withS3 } from '../../clients/s3/forStack.ts';
import { startMinio, startTestStack, type TestStack } from '../../clients/s3/minio.testSupport.ts';
import { call, type ServedUploads, serveUploads } from './service.testSupport.ts';

const bucket = 'open';

describe('choices of encryption, on a real MinIO without a key manager', () => {
  let stack: TestStack;
  let uploads: ServedUploads;
  let folder: string;

  const choices = async () => {
    const told = await uploads.handlers['uploads.choices']({ stackId: uploads.stackId, bucket }, call);
    return Object.fromEntries(told.choices.map(({ kind, reason, refused }) => [kind, refused?.code ?? reason.code]));
  };
  const staged = async (prefix: string): Promise<string> => {
    const id = await uploads.stage(bucket, prefix);
    await uploads.addPaths(id, [join(folder, 'a')]);
    return id;
  };

  beforeAll(async () => {
    stack = await startTestStack();
    await startMinio(stack, []);
    await withS3(stack.context, (s3) => s3.createBucket(bucket));
    folder = await mkdtemp(join(tmpdir(), 'sealdeck-source-'));
    await writeFile(join(folder, 'a'), 'hello');
    uploads = await serveUploads(stack.context);
  });
  afterAll(async () => {
    await uploads?.stop();
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('refuses what this server would refuse before anything is sent', async () => {
    expect(await choices()).toEqual({
      rule: 'uploadChoiceNoRule',
      'sse-s3': 'kmsNotConfigured',
      'sse-kms': 'kmsNotConfigured',
      'sse-c': 'uploadChoiceSseC',
    });
    const id = await staged('refused/');
    for (const choice of [{ kind: 'sse-s3' }, { kind: 'sse-kms', key: 'minio-default' }] as const)
      await expect(uploads.start(id, choice)).rejects.toMatchObject({ code: 'kmsNotConfigured' });
    expect(await uploads.get(id)).toMatchObject({ phase: 'staged', counts: { waits: 1 } });
  });

  it('sends plaintext only where that is said before, and SSE-C without any key manager', async () => {
    const plain = await staged('plain/');
    await uploads.wait(await uploads.start(plain, { kind: 'rule' }));
    expect(await uploads.get(plain)).toMatchObject({ phase: 'ended', meant: { state: 'plaintext' }, counts: { done: 1 } });
    const { id: keyId } = await customerKeysOf(stack.context).make('mine');
    const sealed = await staged('sealed/');
    await uploads.wait(await uploads.start(sealed, { kind: 'sse-c', keyId }));
    expect(await uploads.items(sealed)).toMatchObject([{ state: 'done', landed: { state: 'sse-c' } }]);
  });

  // Last: the stack's address is another one afterwards.
  it('refuses a customer-provided key over plain HTTP, and a key that is not kept', async () => {
    const { id: keyId } = customerKeysOf(stack.context).list()[0] ?? { id: '' };
    const missing = uploads.start(await staged('c/'), { kind: 'sse-c', keyId: '0'.repeat(32) });
    await expect(missing).rejects.toMatchObject({ code: 'customerKeyMissing' });
    const id = await staged('c/');
    await uploads.handlers['uploads.lookForConflicts']({ stackId: uploads.stackId, id }, call).then(uploads.wait);
    await stack.context.update((before) => ({
      ...before,
      minioClusters: before.minioClusters.map((cluster) => ({
        ...cluster,
        nodes: cluster.nodes.map((node) => ({ ...node, url: node.url.replace('https:', 'http:') })),
      })),
    }));
    await expect(uploads.start(id, { kind: 'sse-c', keyId })).rejects.toMatchObject({ code: 'uploadRefusedNoTls' });
    expect(await choices()).toMatchObject({ 'sse-c': 'uploadRefusedNoTls' });
  });
});
