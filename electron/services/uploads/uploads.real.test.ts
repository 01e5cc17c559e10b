import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customerKeysOf } from '../../clients/s3/customerKeys.ts';
import { withObjectClient, withS3 } from '../../clients/s3/forStack.ts';
import { startMinio, startTestStack, type TestStack } from '../../clients/s3/minio.testSupport.ts';
import type { ObjectClient } from '../../clients/s3/objectTypes.ts';
import { call, type ServedUploads, serveUploads } from './service.testSupport.ts';

const bucket = 'letters';
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('uploads from the disk to a real MinIO with KES', () => {
  let stack: TestStack;
  let uploads: ServedUploads;
  let folder: string;
  const big = randomBytes(40 * 1024 * 1024);

  const using = <T>(use: (client: ObjectClient) => Promise<T>): Promise<T> => withObjectClient(stack.context, use);
  const read = (key: string): Promise<string> =>
    using(async (client) => {
      const { body } = await client.get({ bucket, key });
      return sha256(Buffer.concat(await body.toArray()));
    });

  beforeAll(async () => {
    stack = await startTestStack();
    for (const key of ['minio-default', 'minio-second']) await stack.operator.createKey(key);
    await startMinio(stack);
    await withS3(stack.context, async (s3) => {
      await s3.createBucket(bucket);
      await s3.setBucketRule(bucket, { kind: 'sse-kms', key: 'minio-default' });
    });
    folder = await mkdtemp(join(tmpdir(), 'sealdeck-source-'));
    await mkdir(join(folder, 'tree', 'deep'), { recursive: true });
    await writeFile(join(folder, 'tree', 'empty'), '');
    await writeFile(join(folder, 'tree', 'deep', 'ümläut 中.txt'), 'hello');
    await writeFile(join(folder, 'tree', 'big.bin'), big);
    await symlink('/etc/passwd', join(folder, 'tree', 'link'));
    uploads = await serveUploads(stack.context);
  });
  afterAll(async () => {
    await uploads?.stop();
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('sends a folder by the rule of its bucket, reads each object back, and leaves links out with the reason', async () => {
    const id = await uploads.stage(bucket, 'rule/');
    expect(await uploads.addPaths(id, [join(folder, 'tree')])).toMatchObject({
      source: 'disk',
      files: 3,
      counts: { waits: 3, refused: 1 },
    });
    expect(await uploads.wait(await uploads.start(id, { kind: 'rule' }))).toMatchObject({ state: 'succeeded' });
    expect(await uploads.get(id)).toMatchObject({ phase: 'ended', counts: { done: 3, refused: 1 }, sent: big.length + 5 });
    const items = await uploads.items(id);
    expect(items.find(({ state }) => state === 'refused')).toMatchObject({ path: 'tree/link', error: { code: 'uploadLink' } });
    for (const { landed } of items.filter(({ state }) => state === 'done'))
      expect(landed).toEqual({ state: 'sse-kms', key: 'minio-default' });
    expect(await read('rule/tree/big.bin')).toBe(sha256(big));
    expect(await read('rule/tree/deep/ümläut 中.txt')).toBe(sha256(Buffer.from('hello')));
    expect(uploads.errors).toEqual([]);
  });

  it('sends what is left of a tray below the folder that was chosen last, and says which folders were empty', async () => {
    await mkdir(join(folder, 'tree', 'hollow'));
    const id = await uploads.stage(bucket, 'before/');
    expect(await uploads.addPaths(id, [join(folder, 'tree')])).toMatchObject({ files: 3, emptyFolders: 1 });
    await rm(join(folder, 'tree', 'hollow'), { recursive: true });
    const of = { stackId: uploads.stackId, id };
    const out = (await uploads.items(id)).filter(({ path }) => path === 'tree/big.bin').map(({ n }) => n);
    expect(await uploads.handlers['uploads.leaveOut']({ ...of, items: out }, call)).toMatchObject({ files: 2, bytes: 5 });
    expect(await uploads.handlers['uploads.retarget']({ ...of, prefix: 'after/' }, call)).toMatchObject({ prefix: 'after/', files: 2 });
    expect(await uploads.wait(await uploads.start(id, { kind: 'rule' }))).toMatchObject({ state: 'succeeded' });
    expect(await read('after/tree/deep/ümläut 中.txt')).toBe(sha256(Buffer.from('hello')));
    const listed = await withS3(stack.context, (s3) => s3.listObjects(bucket, { prefix: 'before/' }));
    expect(listed).toMatchObject({ objects: [] });
    for (const late of [
      uploads.handlers['uploads.leaveOut']({ ...of, items: [0] }, call),
      uploads.handlers['uploads.retarget']({ ...of, prefix: 'late/' }, call),
    ])
      await expect(late).rejects.toMatchObject({ code: 'uploadNotStaged' });
  });

  it('sends as SSE-S3, as SSE-KMS with another key and as SSE-C, and says what landed', async () => {
    const keys = customerKeysOf(stack.context);
    const { id: keyId } = await keys.make('letters');
    const cases = [
      [{ kind: 'sse-s3' }, { state: 'sse-s3' }],
      [
        { kind: 'sse-kms', key: 'minio-second', context: { department: 'hr' } },
        { state: 'sse-kms', key: 'minio-second' },
      ],
      [{ kind: 'sse-c', keyId }, { state: 'sse-c' }],
    ] as const;
    for (const [choice, landed] of cases) {
      const id = await uploads.stage(bucket, `${choice.kind}/`);
      await uploads.addPaths(id, [join(folder, 'tree')]);
      expect(await uploads.wait(await uploads.start(id, choice))).toMatchObject({ state: 'succeeded' });
      const items = (await uploads.items(id)).filter(({ state }) => state !== 'refused');
      expect(items.map((item) => [item.state, item.landed])).toEqual(items.map(() => ['done', landed]));
    }
    // Whoever reads the journal knows the key by its name.
    expect(uploads.journal.map(({ params }) => params?.how)).toContain('SSE-C letters');
    expect(JSON.stringify(uploads.journal)).not.toContain(keyId);
    const [key] = customerKeysOf(stack.context).list();
    expect(key?.objects).toBe(3);
    const back = await using((client) => client.head({ bucket, key: 'sse-kms/tree/big.bin' }));
    expect(back.context).toEqual({ department: 'hr' });
  });
});
