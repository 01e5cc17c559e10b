import { createHash, randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withObjectClient, withS3 } from '../../clients/s3/forStack.ts';
import { startMinio, startTestStack, type TestStack } from '../../clients/s3/minio.testSupport.ts';
import type { ObjectClient } from '../../clients/s3/objectTypes.ts';
import { call, type ServedUploads, serveUploads } from './service.testSupport.ts';

const bucket = 'stops';
const mebibyte = 1024 ** 2;
const large = 320 * mebibyte;

describe('uploads that stop on their way, on a real MinIO with KES', () => {
  let stack: TestStack;
  let uploads: ServedUploads;
  let folder: string;
  let hash = '';
  const file = (name: string): string => join(folder, name);
  const using = <T>(use: (client: ObjectClient) => Promise<T>): Promise<T> => withObjectClient(stack.context, use);
  const partsLeft = (): Promise<unknown[]> => using((client) => client.listUploads(bucket, ''));

  /** A large file of which most is a hole, and a first part that is none. */
  async function makeLarge(name: string): Promise<void> {
    const handle = await open(file(name), 'w');
    await handle.write(randomBytes(mebibyte));
    await handle.write(randomBytes(mebibyte), 0, mebibyte, large - mebibyte);
    await handle.close();
  }
  async function begin(name: string, prefix: string): Promise<{ id: string; job: Promise<{ state: string }> }> {
    const id = await uploads.stage(bucket, prefix);
    await uploads.addPaths(id, [file(name)]);
    const job = uploads.wait(await uploads.start(id, { kind: 'rule' }));
    return { id, job };
  }
  const underWay = (id: string) => uploads.until(id, ({ sent }) => sent > 130 * mebibyte);

  beforeAll(async () => {
    stack = await startTestStack();
    for (const key of ['minio-default', 'minio-second']) await stack.operator.createKey(key);
    await startMinio(stack);
    await withS3(stack.context, async (s3) => {
      await s3.createBucket(bucket);
      await s3.setBucketRule(bucket, { kind: 'sse-kms', key: 'minio-default' });
    });
    folder = await mkdtemp(join(tmpdir(), 'sealdeck-source-'));
    await makeLarge('large');
    const whole = createHash('sha256');
    const handle = await open(file('large'));
    for await (const chunk of handle.createReadStream()) whole.update(chunk as Buffer);
    hash = whole.digest('hex');
    uploads = await serveUploads(stack.context);
  });
  afterAll(async () => {
    await uploads?.stop();
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('goes on where it stopped, in another engine, without sending again what is there, and the whole is the same', async () => {
    const { id, job } = await begin('large', 'resumed/');
    await underWay(id);
    const { dataFolder } = uploads;
    await uploads.stop(true);
    expect((await job).state).toBe('succeeded');
    uploads = await serveUploads(stack.context, dataFolder);
    const paused = await uploads.get(id);
    expect(paused).toMatchObject({ phase: 'paused', counts: { waits: 1 }, needsFiles: false });
    expect(paused.sent).toBeGreaterThan(16 * mebibyte);
    const resumed = uploads.wait(await uploads.resume(id));
    const first = await uploads.until(id, ({ counts }) => counts.sending === 1 || counts.done === 1);
    expect(first.sent).toBeGreaterThanOrEqual(paused.sent);
    expect((await resumed).state).toBe('succeeded');
    expect(await uploads.get(id)).toMatchObject({ phase: 'ended', counts: { done: 1 }, sent: large });
    const read = await using(async (client) => {
      const whole = createHash('sha256');
      for await (const chunk of (await client.get({ bucket, key: 'resumed/large' })).body) whole.update(chunk as Buffer);
      return whole.digest('hex');
    });
    expect(read).toBe(hash);
    expect(await partsLeft()).toEqual([]);
  });

  it('cancels without leaving parts or the object', async () => {
    const { id, job } = await begin('large', 'cancelled/');
    await underWay(id);
    expect(await partsLeft()).toHaveLength(1);
    const ended = await uploads.handlers['uploads.cancel']({ stackId: uploads.stackId, id }, call);
    expect(ended).toMatchObject({ phase: 'ended', counts: { cancelled: 1 } });
    await job;
    expect(await partsLeft()).toEqual([]);
    await expect(using((client) => client.head({ bucket, key: 'cancelled/large' }))).rejects.toMatchObject({ code: 'objectMissing' });
  });

  it('is forgotten on a stack that may not be changed only where the server has nothing of it', async () => {
    const { id, job } = await begin('large', 'forgotten/');
    await underWay(id);
    await uploads.handlers['uploads.pause']({ stackId: uploads.stackId, id }, call);
    await job;
    const staged = await uploads.stage(bucket);
    const forget = (one: string) => uploads.handlers['uploads.remove']({ stackId: uploads.stackId, id: one }, call);
    const { stack: document } = stack.context;
    Object.assign(document, { readOnly: true });
    try {
      await expect(forget(id)).rejects.toMatchObject({ code: 'stackReadOnly' });
      expect(await partsLeft()).toHaveLength(1);
      expect(await uploads.unfinished()).toEqual(new Map([[bucket, 1]]));
      await forget(staged);
    } finally {
      Object.assign(document, { readOnly: false });
    }
    await forget(id);
    expect(await partsLeft()).toEqual([]);
    expect(await uploads.unfinished()).toEqual(new Map());
  });

  it.each([
    ['grows', 'uploadSourceChanged', () => appendFile(file('moving'), 'x')],
    ['shrinks', 'uploadSourceChanged', () => truncate(file('moving'), 50 * mebibyte)],
    ['is removed', 'uploadSourceGone', () => rm(file('moving'))],
  ] as const)('fails a file that %s while it is sent, and leaves nothing of it', async (_, code, change) => {
    await makeLarge('moving');
    const { id, job } = await begin('moving', 'moving/');
    await underWay(id);
    await change();
    expect((await job).state).toBe('succeeded');
    expect(await uploads.items(id)).toMatchObject([{ state: 'failed', error: { code } }]);
    expect(await partsLeft()).toEqual([]);
    await expect(using((client) => client.head({ bucket, key: 'moving/moving' }))).rejects.toMatchObject({ code: 'objectMissing' });
  });

  it('stops at the first object that lands otherwise, says that the rule is gone, and goes on with another choice', async () => {
    const names = Array.from({ length: 60 }, (_, n) => `small-${n}`);
    for (const name of names) await writeFile(file(name), name);
    const id = await uploads.stage(bucket, 'alarm/');
    await uploads.addPaths(id, names.map(file));
    await uploads.addPaths(id, [file('large')]);
    const { jobId } = await uploads.start(id, { kind: 'rule' });
    await withS3(stack.context, (s3) => s3.setBucketRule(bucket, { kind: 'none' }));
    await uploads.wait({ jobId });
    const alarmed = await uploads.get(id);
    expect(alarmed).toMatchObject({
      phase: 'alarm',
      alarm: { found: { state: 'plaintext' }, meant: { state: 'sse-kms', key: 'minio-default' }, why: { code: 'uploadWhyRuleRemoved' } },
    });
    await expect(uploads.resume(id)).rejects.toMatchObject({ code: 'uploadRuleChanged' });
    expect(await uploads.wait(await uploads.resume(id, { choice: { kind: 'sse-kms', key: 'minio-second' } }))).toMatchObject({
      state: 'succeeded',
    });
    const ended = await uploads.get(id);
    expect(ended).toMatchObject({ phase: 'ended' });
    expect((ended.counts.done ?? 0) + (ended.counts.alarm ?? 0)).toBe(61);
    expect(ended.counts.alarm).toBe(alarmed.counts.alarm);
    expect(ended.alarm).toMatchObject({ item: { key: alarmed.alarm?.item.key }, why: { code: 'uploadWhyRuleRemoved' } });
    const last = (await uploads.items(id)).at(-1);
    expect(last).toMatchObject({ path: 'large', state: 'done', landed: { state: 'sse-kms', key: 'minio-second' } });
    // Sent once more, they replace what landed wrongly, though names that are taken are left alone.
    await uploads.wait(await uploads.resume(id, { again: true }));
    const mended = await uploads.get(id);
    expect(mended).toMatchObject({ phase: 'ended', counts: { done: 61 } });
    expect(mended.alarm).toBeUndefined();
    const wrong = await using((client) => client.head({ bucket, key: alarmed.alarm?.item.key ?? '' }));
    expect(wrong.encryption).toEqual({ state: 'sse-kms', key: 'minio-second' });
    await withS3(stack.context, (s3) => s3.setBucketRule(bucket, { kind: 'sse-kms', key: 'minio-default' }));
  });

  it('keeps an alarm when the rest is given up, and after the engine was started again', async () => {
    const names = Array.from({ length: 60 }, (_, n) => `small-${n}`);
    for (const name of names) await writeFile(file(name), name);
    const id = await uploads.stage(bucket, 'given-up/');
    await uploads.addPaths(id, [...names, 'large'].map(file));
    const { jobId } = await uploads.start(id, { kind: 'rule' });
    await withS3(stack.context, (s3) => s3.setBucketRule(bucket, { kind: 'none' }));
    await uploads.wait({ jobId });
    const { alarm } = await uploads.get(id);
    expect(alarm?.found).toEqual({ state: 'plaintext' });
    const ended = await uploads.handlers['uploads.cancel']({ stackId: uploads.stackId, id }, call);
    expect(ended).toMatchObject({ phase: 'ended', alarm });
    await withS3(stack.context, (s3) => s3.setBucketRule(bucket, { kind: 'sse-kms', key: 'minio-default' }));
    const { dataFolder } = uploads;
    await uploads.stop(true);
    uploads = await serveUploads(stack.context, dataFolder);
    expect(await uploads.get(id)).toMatchObject({ phase: 'ended', alarm });
  });

  it('finds the names that are there, leaves them alone or replaces them as chosen', async () => {
    await writeFile(file('one'), 'first');
    const send = async (onConflict: 'skip' | 'replace') => {
      const id = await uploads.stage(bucket, 'twice/');
      await uploads.addPaths(id, [file('one'), file('small-1')]);
      await uploads.wait(await uploads.handlers['uploads.lookForConflicts']({ stackId: uploads.stackId, id }, call));
      const { conflicts } = await uploads.get(id);
      await uploads.wait(await uploads.start(id, { kind: 'rule' }, onConflict));
      return { conflicts, counts: (await uploads.get(id)).counts };
    };
    expect(await send('skip')).toEqual({ conflicts: 0, counts: { done: 2 } });
    await writeFile(file('one'), 'second');
    expect(await send('skip')).toEqual({ conflicts: 2, counts: { skipped: 2 } });
    expect((await using((client) => client.head({ bucket, key: 'twice/one' }))).size).toBe(5);
    expect(await send('replace')).toEqual({ conflicts: 2, counts: { done: 2 } });
    expect((await using((client) => client.head({ bucket, key: 'twice/one' }))).size).toBe(6);
  });

  it('lets one of two uploads to the same name through, and tells the other', async () => {
    const first = await begin('large', 'same/');
    await underWay(first.id);
    const id = await uploads.stage(bucket, 'same/');
    await uploads.addPaths(id, [file('large')]);
    await uploads.wait(await uploads.start(id, { kind: 'rule' }, 'replace'));
    expect(await uploads.items(id)).toMatchObject([{ state: 'failed', error: { code: 'uploadNameBusy' } }]);
    await first.job;
    expect(await uploads.get(first.id)).toMatchObject({ phase: 'ended', counts: { done: 1 } });
    await uploads.wait(await uploads.resume(id, { again: true }));
    expect(await uploads.get(id)).toMatchObject({ phase: 'ended', counts: { done: 1 } });
  });

  // Last: its key is gone afterwards.
  it('pauses with the reason when the key is deleted, with nothing lost', async () => {
    const id = await uploads.stage(bucket, 'deleted/');
    await uploads.addPaths(id, [file('one'), file('small-1')]);
    await stack.operator.deleteKey('minio-second');
    await expect(uploads.start(id, { kind: 'sse-kms', key: 'minio-second' })).rejects.toMatchObject({ code: 'uploadRefusedKey' });
    const { choices } = await uploads.handlers['uploads.choices']({ stackId: uploads.stackId, bucket }, call);
    expect(choices.map(({ kind, refused }) => [kind, refused?.code])).toEqual([
      ['rule', undefined],
      ['sse-s3', undefined],
      ['sse-kms', undefined],
      ['sse-c', undefined],
    ]);
    expect(uploads.errors).toEqual([]);
  });
});
