import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { objectInput } from '../../../shared/objects.ts';
import { withS3 } from '../../clients/s3/forStack.ts';
import { runWithMc, startMinio, startTestStack, type TestStack } from '../../clients/s3/minio.testSupport.ts';
import { createJobRunner } from '../../jobs/jobRunner.ts';
import type { DomainDeps } from '../../jobs/step.ts';
import { createFileStore } from '../../platform/files.ts';
import type { Log } from '../../platform/log.ts';
import { createObjects } from './handlers.ts';
import { createObjectStep, sampleName } from './objectStep.ts';
import { uploadByRule } from './upload.ts';

const files = createFileStore();

/** A file as a window sends it: announced, and its bytes on the way. */
function hold(name: string, content: Buffer): string {
  const { token } = files.announce({ name, size: content.length, type: 'application/x-test' });
  files.receive(token, Readable.from([content])).catch(() => undefined);
  return token;
}

describe('objects, on a real MinIO with KES', () => {
  let stack: TestStack;
  const step = createObjectStep({ files });
  const publish: DomainDeps['publish'] = () => undefined;
  const log: Log = { info: () => undefined, error: (event, fields) => console.error(event, fields) };
  const jobs = createJobRunner(publish, log);
  let handlers: ReturnType<typeof createObjects>['handlers'];
  const call = { signal: new AbortController().signal, host: 'cli' as const };

  beforeAll(async () => {
    stack = await startTestStack();
    await stack.operator.createKey('minio-default');
    await startMinio(stack);
    handlers = createObjects({
      open: async () => stack.context,
      publish,
      jobs,
      log,
      files,
      dataFolder: stack.context.folder.path('data'),
      auditView: async () => undefined,
    }).handlers;
    await withS3(stack.context, async (s3) => {
      for (const bucket of ['by-kms', 'by-s3', 'free']) await s3.createBucket(bucket);
      await s3.setBucketRule('by-kms', { kind: 'sse-kms', key: 'minio-default' });
      await s3.setBucketRule('by-s3', { kind: 'sse-s3' });
    });
  });
  afterAll(async () => {
    files.close();
    await stack?.stop();
  });

  it.each([
    ['by-kms', 'SSE-KMS minio-default'],
    ['by-s3', 'SSE-S3'],
  ])('the sample in %s is stored as %s and reads back byte by byte', async (bucket, state) => {
    const input = objectInput.parse({ bucket });
    await step.apply(stack.context, input);
    const evidence = await step.check(stack.context, input);
    expect(evidence.map(({ text, outcome }) => [text.code, outcome])).toEqual([
      ['objectProofState', 'ok'],
      ['objectProofBytes', 'ok'],
    ]);
    expect(evidence[0]?.text.params).toEqual({ where: `${bucket}/${sampleName}`, state });
    const before = stack.journal.length;
    await step.apply(stack.context, input);
    expect(stack.journal.length).toBe(before);
  });

  it('the plan’s commands do the same with mc', async () => {
    const name = "it's a file.txt";
    const file = hold(name, Buffer.from('x'));
    const plan = await step.plan(stack.context, objectInput.parse({ bucket: 'by-s3', file, name }));
    const lines = plan.commands.map(({ line = '' }) => line);
    const { code, output } = await runWithMc(stack, [`printf x > "it's a file.txt"`, ...lines]);
    expect(code).toBe(0);
    expect(output).toContain('SSE-S3');
    await withS3(stack.context, (s3) => s3.deleteObject('by-s3', name));
  });

  it('a picked file is uploaded, read back, and not asked for again when the step is run again', async () => {
    const content = randomBytes(200_000);
    const input = objectInput.parse({ bucket: 'by-kms', file: hold('photo.bin', content), name: 'photo.bin' });
    await step.apply(stack.context, input);
    expect((await step.check(stack.context, input)).map(({ text }) => text.code)).toEqual(['objectProofState', 'objectProofOpens']);
    await step.apply(stack.context, input);
    await expect(step.apply(stack.context, { ...input, name: 'other.bin' })).rejects.toMatchObject({ code: 'fileTokenUnknown' });
    // As it is kept after a restart, without the token: checked by its name, never replaced by the sample.
    const later = { bucket: 'by-kms', name: 'photo.bin' };
    expect((await step.check(stack.context, later)).map(({ text }) => text.code)).toEqual(['objectProofState', 'objectProofOpens']);
    await step.apply(stack.context, later);
    expect((await step.check(stack.context, later)).map(({ answer }) => answer).join()).toContain(`${content.length} bytes`);
    await expect(step.apply(stack.context, { ...later, name: 'never-sent.bin' })).rejects.toMatchObject({ code: 'fileTokenUnknown' });
  });

  it('a file without a name is refused by the schema', () => {
    expect(objectInput.safeParse({ bucket: 'by-kms', file: hold('x', Buffer.from('x')) }).success).toBe(false);
  });

  it('an object that is not as the rule says fails the check', async () => {
    await withS3(stack.context, (s3) =>
      s3.putObject('by-kms', 'odd', Readable.from([Buffer.from('x')]), { length: 1, sse: { kind: 'sse-s3' } }),
    );
    const input = objectInput.parse({ bucket: 'by-kms', file: hold('odd', Buffer.from('x')), name: 'odd' });
    await expect(step.check(stack.context, input)).rejects.toMatchObject({
      code: 'objectLandedDifferently',
      details: { found: 'SSE-S3', wanted: 'SSE-KMS minio-default' },
    });
  });

  it('a picked file whose window goes away fails with that reason and leaves no object', async () => {
    const { token } = files.announce({ name: 'half.bin', size: 1_000_000 });
    const sending = new Readable({ read: () => undefined });
    const received = files.receive(token, sending).catch((error: unknown) => error);
    const sent = step.apply(stack.context, objectInput.parse({ bucket: 'by-kms', file: token, name: 'half.bin' }));
    sending.push(randomBytes(400_000));
    setTimeout(() => sending.destroy(), 200);
    await expect(sent).rejects.toMatchObject({ code: 'uploadStopped' });
    expect(await received).toMatchObject({ code: 'uploadStopped' });
    const stat = handlers['objects.stat']({ stackId: 'test', bucket: 'by-kms', key: 'half.bin' }, call);
    await expect(stat).rejects.toMatchObject({ code: 'objectMissing' });
  });

  it('sending a picked file can be cancelled, which also ends its window’s sending', async () => {
    const { token } = files.announce({ name: 'endless.bin', size: 1_000_000 });
    const received = files.receive(token, new Readable({ read: () => undefined })).catch((error: unknown) => error);
    const control = new AbortController();
    const input = objectInput.parse({ bucket: 'by-kms', file: token, name: 'endless.bin' });
    const sent = step.apply({ ...stack.context, stack: stack.context.stack, signal: control.signal }, input);
    setTimeout(() => control.abort(), 200);
    await expect(sent).rejects.toBeInstanceOf(Error);
    expect(await received).toBeInstanceOf(Error);
  });

  it.each(['/leading', 'a//b', '../up', 'a/./b', 'x'.repeat(256)])('the name %s is refused before a byte is sent', async (key) => {
    const upload = { bucket: 'free', key, body: Readable.from([Buffer.from('x')]), length: 1 };
    const sent = withS3(stack.context, (s3) => uploadByRule(s3, upload));
    await expect(sent).rejects.toMatchObject({ code: 'objectNameRefused' });
    expect(upload.body.destroyed).toBe(true);
  });

  it('a bucket without a rule takes plaintext, and says so as a warning', async () => {
    const input = objectInput.parse({ bucket: 'free' });
    await step.apply(stack.context, input);
    expect((await step.check(stack.context, input))[0]).toMatchObject({ outcome: 'warn', text: { params: { state: 'plaintext' } } });
  });

  it('a level is listed with folders and states', async () => {
    await withS3(stack.context, (s3) => s3.putObject('by-kms', 'folder/report 1.bin', Readable.from([Buffer.from('x')]), { length: 1 }));
    const page = await handlers['objects.list']({ stackId: 'test', bucket: 'by-kms', prefix: '', versions: false, folders: true }, call);
    expect(page.prefixes).toEqual(['folder/']);
    expect(page.objects.map(({ key, encryption }) => [key, encryption.state])).toEqual([
      [sampleName, 'sse-kms'],
      ['odd', 'sse-s3'],
      ['photo.bin', 'sse-kms'],
    ]);
    const inside = await handlers['objects.list'](
      { stackId: 'test', bucket: 'by-kms', prefix: 'folder/', versions: false, folders: true },
      call,
    );
    expect(inside.objects.map(({ key }) => key)).toEqual(['folder/report 1.bin']);
    const row = await handlers['objects.stat']({ stackId: 'test', bucket: 'by-kms', key: 'odd' }, call);
    expect(row).toMatchObject({ size: 1, encryption: { state: 'sse-s3' } });
  });

  it('objects whose metadata cannot be trusted are asked one by one', async () => {
    await stack.raw('PUT', ['free', 'odd'], { 'x-amz-meta-a&b': 'v', 'x-amz-server-side-encryption': 'AES256' }, 'x');
    const { objects } = await handlers['objects.list'](
      { stackId: 'test', bucket: 'free', prefix: '', versions: false, folders: true },
      call,
    );
    expect(objects.map(({ key, encryption }) => [key, encryption.state])).toEqual([
      [sampleName, 'plaintext'],
      ['odd', 'sse-s3'],
    ]);
  });

  // Last: it takes the key away.
  it('a missing key is named where it blocks a listing', async () => {
    await stack.operator.deleteKey('minio-default');
    const listing = handlers['objects.list']({ stackId: 'test', bucket: 'by-s3', prefix: '', versions: false, folders: true }, call);
    await expect(listing).rejects.toMatchObject({ code: 'listingBlocked', details: { bucket: 'by-s3', code: 'kms:KeyNotFound' } });
    const input = objectInput.parse({ bucket: 'by-kms', file: hold('x', Buffer.from('x')), name: 'x' });
    await expect(step.apply(stack.context, input)).rejects.toMatchObject({ code: 'kmsKeyNotFound' });
  });
});
