import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withObjectClient, withS3 } from '../../clients/s3/forStack.ts';
import { startMinio, startTestStack, type TestStack } from '../../clients/s3/minio.testSupport.ts';
import { call, type ServedUploads, serveUploads } from './service.testSupport.ts';

const bucket = 'window';
const mebibyte = 1024 ** 2;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('uploads whose bytes a window sends, to a real MinIO with KES', () => {
  let stack: TestStack;
  let uploads: ServedUploads;
  const big = randomBytes(100 * mebibyte);
  const small = Buffer.from('a small one');

  const add = (id: string, files: { path: string; size: number; modified?: number; type?: string }[]) =>
    uploads.handlers['uploads.add']({ stackId: uploads.stackId, id, files }, call);
  const stored = (key: string): Promise<string> =>
    withObjectClient(stack.context, async (client) => sha256(Buffer.concat(await (await client.get({ bucket, key })).body.toArray())));

  beforeAll(async () => {
    stack = await startTestStack();
    await stack.operator.createKey('minio-default');
    await startMinio(stack);
    await withS3(stack.context, async (s3) => {
      await s3.createBucket(bucket);
      await s3.setBucketRule(bucket, { kind: 'sse-s3' });
    });
    uploads = await serveUploads(stack.context, undefined, { window: { goneMs: 300, silentMs: 300 } });
  });
  afterAll(async () => {
    await uploads?.stop();
    await stack?.stop();
  });

  it('takes pieces of large files and whole small ones, and refuses names that cannot be stored', async () => {
    const id = await uploads.stage(bucket, 'a/');
    const added = await add(id, [
      { path: 'big', size: big.length },
      { path: 'bad//name', size: 1 },
      { path: 'note.txt', size: small.length, type: 'text/plain' },
      { path: 'note.txt', size: small.length },
      { path: 'Note.txt', size: small.length },
      { path: 'empty', size: 0 },
    ]);
    expect(added).toMatchObject({ first: 0, files: 4, counts: { waits: 4, refused: 2 }, warnings: 1, source: 'window' });
    const window = uploads.window(
      id,
      new Map([
        [0, big],
        [2, small],
        [4, small],
      ]),
    );
    expect(await uploads.wait(await uploads.start(id, { kind: 'rule' }))).toMatchObject({ state: 'succeeded' });
    await window.close();
    const items = await uploads.items(id);
    expect(items.map(({ state, error, warning }) => [state, error?.code ?? warning?.code])).toEqual([
      ['done', undefined],
      ['refused', 'objectNameRefused'],
      ['done', undefined],
      ['refused', 'uploadNameTwice'],
      ['done', 'uploadNamesAlike'],
      ['done', undefined],
    ]);
    expect(items[0]).toMatchObject({ landed: { state: 'sse-s3' }, checksum: expect.stringMatching(/^CRC32C .*-7$/) });
    expect(await stored('a/big')).toBe(sha256(big));
    expect(await stored('a/note.txt')).toBe(sha256(small));
    expect(window.taken.filter(({ n }) => n === 0)).toHaveLength(7);
    expect(uploads.errors).toEqual([]);
  });

  it('wants each of its files again, names those that are missing, and meanwhile sends the others', async () => {
    const id = await uploads.stage(bucket, 'g/');
    const files = ['one', 'two', 'three'].map((path) => ({ path, size: small.length }));
    await add(id, files);
    const first = uploads.window(id, new Map());
    await first.close();
    expect(await uploads.until(id, ({ needsFiles }) => needsFiles)).toMatchObject({
      missing: { files: 3, names: ['one', 'two', 'three'] },
    });
    const rejoin = (at: number) =>
      uploads.handlers['uploads.rejoin']({ stackId: uploads.stackId, id, files: files.slice(at, at + 1) }, call);
    expect(await rejoin(1)).toMatchObject({
      matched: [[0, 1]],
      upload: { needsFiles: true, missing: { files: 2, names: ['one', 'three'] } },
    });
    const second = uploads.window(id, new Map([[1, small]]));
    await uploads.wait(await uploads.start(id, { kind: 'rule' }));
    expect(await uploads.get(id)).toMatchObject({ phase: 'paused', needsFiles: true, counts: { done: 1, waits: 2 } });
    expect((await uploads.items(id)).map(({ missing }) => missing)).toEqual([true, undefined, true]);
    await rejoin(0);
    // A window that leaves takes with it what it had.
    await second.close();
    await uploads.until(id, ({ missing }) => missing?.files === 2);
    await rejoin(0);
    expect(await rejoin(2)).toMatchObject({ upload: { needsFiles: false } });
    const third = uploads.window(
      id,
      new Map([
        [0, small],
        [2, small],
      ]),
    );
    await uploads.wait(await uploads.resume(id));
    await third.close();
    expect(await uploads.get(id)).toMatchObject({ phase: 'ended', counts: { done: 3 } });
  });

  it('pauses when its window is gone, and goes on with the same file in another engine, sending only what is missing', async () => {
    const id = await uploads.stage(bucket, 'b/');
    await add(id, [{ path: 'big', size: big.length, modified: 5 }]);
    // Gives three pieces, then nothing more.
    const first = uploads.window(id, new Map([[0, big]]), 3);
    const { jobId } = await uploads.start(id, { kind: 'rule' });
    await uploads.wait({ jobId });
    await first.close();
    expect(await uploads.get(id)).toMatchObject({ phase: 'paused', needsFiles: true, sent: 48 * mebibyte });

    const { dataFolder } = uploads;
    await uploads.stop(true);
    uploads = await serveUploads(stack.context, dataFolder);
    const rejoin = (modified: number) =>
      uploads.handlers['uploads.rejoin'](
        {
          stackId: uploads.stackId,
          id,
          files: [
            { path: 'other', size: 1 },
            { path: 'big', size: big.length, modified },
          ],
        },
        call,
      );
    expect(await rejoin(6)).toMatchObject({ matched: [], upload: { needsFiles: true } });
    expect(await rejoin(5)).toMatchObject({ matched: [[1, 0]], upload: { needsFiles: false } });
    const second = uploads.window(id, new Map([[0, big]]));
    expect(await uploads.wait(await uploads.resume(id))).toMatchObject({ state: 'succeeded' });
    await second.close();
    expect(await uploads.get(id)).toMatchObject({ phase: 'ended', counts: { done: 1 } });
    expect(await stored('b/big')).toBe(sha256(big));
    // The three that are there are asked for again to be compared, and the four missing ones.
    expect(second.taken).toHaveLength(7);
  });

  it('fails a file that is another one when it is dropped again, and leaves no parts of it', async () => {
    const id = await uploads.stage(bucket, 'c/');
    await add(id, [{ path: 'big', size: big.length }]);
    const first = uploads.window(id, new Map([[0, big]]), 2);
    const started = await uploads.start(id, { kind: 'rule' });
    await uploads.until(id, ({ sent }) => sent === 32 * mebibyte);
    await first.close();
    await uploads.handlers['uploads.pause']({ stackId: uploads.stackId, id }, call);
    await uploads.wait(started);
    const other = Buffer.from(big);
    other[0] = (other[0] ?? 0) ^ 1;
    const second = uploads.window(id, new Map([[0, other]]));
    await uploads.wait(await uploads.resume(id));
    await second.close();
    expect(await uploads.items(id)).toMatchObject([{ state: 'failed', error: { code: 'uploadSourceChanged' } }]);
    expect(await withObjectClient(stack.context, (client) => client.listUploads(bucket, ''))).toEqual([]);
  });

  it('fails the file that its window lost, and sends the others', async () => {
    const id = await uploads.stage(bucket, 'd/');
    await add(id, [
      { path: 'lost', size: 7 },
      { path: 'note', size: small.length },
    ]);
    const started = await uploads.start(id, { kind: 'rule' });
    await uploads.handlers['uploads.lost']({ stackId: uploads.stackId, id, n: 0, reason: 'gone' }, call);
    const window = uploads.window(id, new Map([[1, small]]));
    await uploads.wait(started);
    await window.close();
    const items = await uploads.items(id);
    expect(items.map(({ state, error }) => [state, error?.code])).toEqual([
      ['failed', 'uploadSourceGone'],
      ['done', undefined],
    ]);
  });

  it('asks for its files again when the window of one that does not run is gone, and not before', async () => {
    const id = await uploads.stage(bucket, 'f/');
    await add(id, [{ path: 'note', size: small.length }]);
    const window = uploads.window(id, new Map([[0, small]]));
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await uploads.get(id)).toMatchObject({ phase: 'staged', needsFiles: false });
    await window.close();
    await uploads.until(id, ({ needsFiles }) => needsFiles);
  });

  it('takes no path from a browser', async () => {
    const id = await uploads.stage(bucket, 'e/');
    const paths = ['/etc/hostname'];
    await expect(
      uploads.handlers['uploads.addPaths']({ stackId: uploads.stackId, id, paths }, { ...call, host: 'browser' }),
    ).rejects.toMatchObject({ code: 'uploadPathsFromBrowser' });
  });
});
