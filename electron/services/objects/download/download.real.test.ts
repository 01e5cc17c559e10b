import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DownloadResult } from '../../../../shared/objects.ts';
import { Secret } from '../../../../shared/secret.ts';
import { customerKeysOf } from '../../../clients/s3/customerKeys.ts';
import { minioEndpoint } from '../../../clients/s3/forStack.ts';
import { createListingClient } from '../../../clients/s3/listingClient.ts';
import { startMinio, startTestStack, type TestStack } from '../../../clients/s3/minio.testSupport.ts';
import { startNetwork } from '../../../clients/s3/network.testSupport.ts';
import { createObjectClient } from '../../../clients/s3/objectClient.ts';
import type { Encrypt, ObjectClient, Part } from '../../../clients/s3/objectTypes.ts';
import type { Patience } from '../../../clients/s3/retries.ts';
import type { S3Endpoint } from '../../../clients/s3/signedClient.ts';
import { createFileStore } from '../../../platform/files.ts';
import { offerObject } from './ticket.ts';
import { type DownloadOrder, downloadToFolder } from './toFolder.ts';
import { createUnfinished } from './unfinished.ts';

const mebibyte = 1024 * 1024;
const ran = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;
const sha = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

describe('downloads, on a real MinIO with KES', () => {
  let stack: TestStack;
  let endpoint: S3Endpoint;
  let client: ObjectClient;
  let listing: ReturnType<typeof createListingClient>;
  let folder: string;
  let data: string;
  let unfinished: ReturnType<typeof createUnfinished>;
  const files = createFileStore();
  const never = new AbortController().signal;
  const big = randomBytes(70 * mebibyte);
  const kinds: Record<string, Encrypt> = {
    plain: { kind: 'rule' },
    s3: { kind: 'sse-s3' },
    kms: { kind: 'sse-kms', key: 'minio-second', context: { project: 'p1' } },
  };

  const to = (
    order: Partial<DownloadOrder>,
    tools: { client?: ObjectClient; signal?: AbortSignal; patience?: Patience } = {},
  ): Promise<DownloadResult> =>
    downloadToFolder(
      {
        ...{ client: tools.client ?? client, listing, keys: customerKeysOf(stack.context), unfinished },
        ...(tools.patience ? { patience: tools.patience } : {}),
      },
      { bucket: 'data', keys: [], versions: [], folder, onConflict: 'rename', ...order },
      () => undefined,
      tools.signal ?? never,
    );
  const put = (key: string, content: Buffer | string, encrypt: Encrypt = { kind: 'rule' }, bucket = 'data') =>
    client.put({ bucket, key }, Buffer.from(content), { encrypt });
  const inFolder = async (): Promise<string[]> =>
    (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
      .sort();

  async function putParts(key: string, content: Buffer, encrypt: Encrypt, partBytes: number): Promise<void> {
    const at = { bucket: 'data', key };
    const id = await client.beginParts(at, { encrypt });
    const parts: Part[] = [];
    for (let from = 0; from < content.length; from += partBytes)
      parts.push(await client.putPart(at, id, parts.length + 1, content.subarray(from, from + partBytes), { encrypt }));
    await client.completeParts(at, id, parts, { encrypt });
  }

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'sealdeck data '));
    unfinished = createUnfinished(data, { error: (...words) => console.error(...words) });
    stack = await startTestStack();
    for (const key of ['minio-default', 'minio-second']) await stack.operator.createKey(key);
    endpoint = await startMinio(stack);
    client = createObjectClient(endpoint);
    const { url, ca, credentials } = await minioEndpoint(stack.context);
    listing = createListingClient({ url, ca, accessKey: credentials.accessKey, secretKey: credentials.secretKey.reveal() });
    await stack.raw('PUT', ['data'], {}, '');
    await stack.raw('PUT', ['versioned'], { 'x-amz-bucket-object-lock-enabled': 'true' }, '');
    const own = await customerKeysOf(stack.context).make('ours');
    kinds.customer = { kind: 'sse-c', key: customerKeysOf(stack.context).secret(own.id) };
    for (const [kind, encrypt] of Object.entries(kinds)) {
      await put(`kinds/${kind}.txt`, `this is ${kind}`, encrypt);
      await put(`kinds/${kind}-empty`, '', encrypt);
    }
    for (const kind of ['kms', 'customer']) await putParts(`big/${kind}`, big, kinds[kind] as Encrypt, 16 * mebibyte);
  });
  afterAll(async () => {
    files.close();
    await Promise.all([client?.close(), listing?.close()]);
    await stack?.stop();
    for (const made of [folder, data]) if (made) await rm(made, { recursive: true, force: true });
  });
  beforeEach(async () => {
    if (folder) await rm(folder, { recursive: true, force: true });
    folder = await mkdtemp(join(tmpdir(), 'sealdeck download '));
  });

  it('every kind of encryption comes as it was sent, compared with the server’s checksum, with our own SSE-C key', async () => {
    const result = await to({ prefix: 'kinds/' });
    expect(result).toMatchObject({ files: 8, compared: 8, failures: 0, skipped: 0, renamed: 0 });
    for (const kind of Object.keys(kinds)) {
      expect(await readFile(join(folder, `${kind}.txt`), 'utf8')).toBe(`this is ${kind}`);
      expect(await readFile(join(folder, `${kind}-empty`), 'utf8')).toBe('');
    }
  });

  it.each(['kms', 'customer'])('a big one of the kind %s comes in several ranges at once, and its parts are compared', async (kind) => {
    let asked = 0;
    const counting: ObjectClient = { ...client, getInto: (...given) => client.getInto(...given).finally(() => asked++) };
    const result = await to({ keys: [`big/${kind}`], prefix: 'big/' }, { client: counting });
    expect(result).toMatchObject({ files: 1, bytes: big.length, compared: 1 });
    expect(asked).toBe(5);
    expect(sha(await readFile(join(folder, kind)))).toBe(sha(big));
  });

  it('a big one without any checksum comes in ranges, and is not said to be compared', async () => {
    const bare: ObjectClient = {
      ...client,
      head: async (...given) => ({ ...(await client.head(...given)), checksums: [] }),
    };
    expect(await to({ keys: ['big/kms'] }, { client: bare })).toMatchObject({ files: 1, compared: 0 });
    expect(sha(await readFile(join(folder, 'big/kms')))).toBe(sha(big));
  });

  it('an object under somebody else’s key is named, and the others come all the same', async () => {
    await put('foreign/locked', 'x', { kind: 'sse-c', key: new Secret(randomBytes(32).toString('base64')) });
    await put('foreign/open', 'y');
    const result = await to({ prefix: 'foreign/' });
    expect(result).toMatchObject({ files: 1, failures: 1, failed: [{ key: 'foreign/locked', error: { code: 'customerKeyNeeded' } }] });
    expect(await inFolder()).toEqual(['open']);
  });

  // A fault that a real server does not have by itself: a line, or a disk without its own checks, that changes a byte.
  function damaging(where: (offset: number) => boolean): ObjectClient {
    return {
      ...client,
      getInto(at, options, sink) {
        let offset = options.from ?? 0;
        let last: Uint8Array = new Uint8Array();
        return client.getInto(at, options, {
          ...sink,
          room: () => (last = sink.room()),
          took(bytes) {
            for (let index = 0; index < bytes; index++, offset++) if (where(offset)) last[index] = (last[index] ?? 0) ^ 1;
            return sink.took(bytes);
          },
        });
      },
    };
  }

  it.each([
    ['kinds/kms.txt', 3],
    ['big/kms', 20 * mebibyte],
  ])('a changed byte of %s is found, and no file has the name', async (key, at) => {
    const result = await to({ keys: [key] }, { client: damaging((offset) => offset === at) });
    expect(result).toMatchObject({ files: 0, failures: 1, failed: [{ key, error: { code: 'downloadDiffers' } }] });
    expect(await inFolder()).toEqual([]);
  });

  it('names that differ only in case or normal form, or look alike, are all kept', async () => {
    const names = [
      'forms/A.txt',
      'forms/a.txt',
      'forms/\u00e9',
      'forms/e\u0301',
      'forms/line\nbreak',
      'forms/line%0Abreak',
      'forms/..hidden',
    ];
    for (const name of names) await put(name, name);
    const result = await to({ prefix: 'forms/' });
    const kept = await Promise.all((await inFolder()).map(async (name) => [`forms/${name}`, await readFile(join(folder, name), 'utf8')]));
    expect(kept.map(([, content]) => content).sort()).toEqual(names.sort());
    // Of two that look alike either may come first, and have the name.
    const renamed = kept.filter(([name, content]) => name !== content).length;
    expect(renamed).toBeGreaterThan(0);
    expect(result).toMatchObject({ files: names.length, failures: 0, renamed });
  });

  it('what is there is kept, left or replaced as asked, and never a file of the same run', async () => {
    await writeFile(join(folder, 'plain.txt'), 'mine');
    const order = { keys: ['kinds/plain.txt'], prefix: 'kinds/' };
    expect(await to({ ...order, onConflict: 'skip' })).toMatchObject({ files: 0, skipped: 1 });
    expect(await to({ ...order, onConflict: 'rename' })).toMatchObject({ files: 1, renamed: 1 });
    expect(await readFile(join(folder, 'plain.txt'), 'utf8')).toBe('mine');
    expect(await readFile(join(folder, 'plain (2).txt'), 'utf8')).toBe('this is plain');
    expect(await to({ ...order, onConflict: 'replace' })).toMatchObject({ files: 1, renamed: 0 });
    expect(await readFile(join(folder, 'plain.txt'), 'utf8')).toBe('this is plain');
    await put('same/x\ny', 'one');
    await put('same/x%0Ay', 'other');
    for (const onConflict of ['skip', 'replace'] as const) {
      await rm(folder, { recursive: true, force: true });
      expect(await to({ prefix: 'same/', onConflict })).toMatchObject({ files: 2, skipped: 0 });
      expect(await inFolder()).toEqual(['x%0Ay', 'x%0Ay (2)']);
    }
  });

  it('links in the folder are not followed, neither by folders nor by files', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'sealdeck outside '));
    await writeFile(join(outside, 'precious'), 'mine');
    await symlink(outside, join(folder, 'kinds'));
    await symlink(join(outside, 'precious'), join(folder, 'open'));
    const refused = await to({ keys: ['kinds/plain.txt'] });
    expect(refused).toMatchObject({ files: 0, failures: 1, failed: [{ error: { code: 'downloadLeadsOut' } }] });
    await to({ keys: ['foreign/open'], prefix: 'foreign/', onConflict: 'replace' });
    expect(await readFile(join(folder, 'open'), 'utf8')).toBe('y');
    expect(await readdir(outside)).toEqual(['precious']);
    expect(await readFile(join(outside, 'precious'), 'utf8')).toBe('mine');
    await rm(outside, { recursive: true });
  });

  it('a full disk ends it with that reason, and leaves no half file', async (context) => {
    if (process.platform !== 'linux' || !ran('mount', '-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder)) return context.skip('no tmpfs');
    try {
      // Room is looked at before, but others fill the disk meanwhile.
      await to({ prefix: 'kinds/' });
      await expect(to({ keys: ['big/kms'] })).rejects.toMatchObject({ code: 'downloadDiskFull' });
      await writeFile(join(folder, 'filler'), Buffer.alloc(10 * mebibyte));
      const late: ObjectClient = {
        ...client,
        async getInto(at, options, sink) {
          await writeFile(join(folder, 'more'), Buffer.alloc(12 * mebibyte)).catch(() => undefined);
          return client.getInto(at, options, sink);
        },
      };
      await putParts('medium', big.subarray(0, 12 * mebibyte), { kind: 'rule' }, 6 * mebibyte);
      await expect(to({ keys: ['medium'] }, { client: late })).rejects.toMatchObject({ code: 'downloadDiskFull' });
      expect((await inFolder()).filter((name) => /medium|big|\.part$/.test(name))).toEqual([]);
      expect(await readFile(join(folder, 'kms.txt'), 'utf8')).toBe('this is kms');
    } finally {
      ran('umount', '-l', folder);
    }
  });

  it('a line that breaks in the middle is taken up again, one that stays broken ends it', async () => {
    const network = await startNetwork(Number(new URL(endpoint.url).port));
    const through = createObjectClient({ ...endpoint, url: `https://127.0.0.1:${network.port}` });
    try {
      network.limit(12 * mebibyte);
      setTimeout(() => {
        network.cut();
        setTimeout(() => network.heal(), 300);
      }, 500);
      expect(await to({ keys: ['big/kms'] }, { client: through })).toMatchObject({ files: 1, compared: 1 });
      expect(sha(await readFile(join(folder, 'big/kms')))).toBe(sha(big));
      network.cut();
      const patience = { giveUpMs: 400, firstMs: 50, mostMs: 100 };
      const broken = to({ keys: ['kinds/kms.txt'] }, { client: through, patience });
      await expect(broken).rejects.toMatchObject({ code: expect.stringMatching(/^network/) });
      expect(await inFolder()).toEqual(['big/kms']);
    } finally {
      await through.close();
      await network.stop();
    }
  });

  it('one that is overwritten meanwhile is never put together from two', async () => {
    await putParts('moving', big.subarray(0, 40 * mebibyte), { kind: 'rule' }, 20 * mebibyte);
    let gets = 0;
    const moving: ObjectClient = {
      ...client,
      async getInto(...given) {
        if (gets++ === 0) await putParts('moving', big.subarray(mebibyte, 41 * mebibyte), { kind: 'rule' }, 20 * mebibyte);
        return client.getInto(...given);
      },
    };
    const result = await to({ keys: ['moving'] }, { client: moving });
    expect(result).toMatchObject({ files: 0, failures: 1, failed: [{ error: { code: 'objectChanged' } }] });
    expect(await inFolder()).toEqual([]);
  });

  it('cancelling leaves nothing half', async () => {
    const control = new AbortController();
    const stopping: ObjectClient = {
      ...client,
      getInto: (at, options, sink) =>
        client.getInto(at, options, {
          ...sink,
          begin(facts) {
            sink.begin(facts);
            control.abort();
          },
        }),
    };
    await expect(to({ keys: ['big/kms'] }, { client: stopping, signal: control.signal })).rejects.toMatchObject({ code: 'cancelled' });
    expect(await inFolder()).toEqual([]);
  });

  it('versions that are asked for have their id in the name, beside the current one, also where that is replaced', async () => {
    const at = { bucket: 'versioned', keys: ['d/v.txt'], prefix: 'd/', onConflict: 'replace' } as const;
    const [old, now] = [await put('d/v.txt', 'old', kinds.customer, 'versioned'), await put('d/v.txt', 'now', kinds.kms, 'versioned')];
    const versions = [old, now].map(({ versionId = '' }) => ({ key: 'd/v.txt', versionId }));
    const { versionId: marker = '' } = await client.remove({ bucket: 'versioned', key: 'd/v.txt' });
    expect(await to({ ...at, versions })).toMatchObject({ files: 2, renamed: 0, failures: 1, failed: [{ key: 'd/v.txt' }] });
    await put('d/v.txt', 'newest', kinds.s3, 'versioned');
    expect(await to({ ...at, versions })).toMatchObject({ files: 3, compared: 3, renamed: 0, failures: 0 });
    expect(await inFolder()).toEqual(['v.txt', ...versions.map(({ versionId }) => `v (version ${versionId}).txt`)].toSorted());
    expect(await readFile(join(folder, 'v.txt'), 'utf8')).toBe('newest');
    expect(await readFile(join(folder, `v (version ${old.versionId}).txt`), 'utf8')).toBe('old');
    const unknown = '00000000-0000-4000-8000-000000000000';
    const none = await to({ ...at, keys: [], versions: [marker, unknown].map((versionId) => ({ key: 'd/v.txt', versionId })) });
    expect(Object.fromEntries(none.failed.map(({ versionId = '', error }) => [versionId, error.code]))).toEqual({
      [marker]: 'objectIsMarker',
      [unknown]: 'objectMissing',
    });
  });

  it('a browser’s download is the object, of the version that was asked for', async () => {
    const [first, second] = [await put('v', 'first', kinds.kms, 'versioned'), await put('v', 'second', kinds.s3, 'versioned')];
    for (const [versionId, content] of [
      [first.versionId, 'first'],
      [second.versionId, 'second'],
    ] as const) {
      const { downloadPath, name, size } = await offerObject(stack.context, files, { bucket: 'versioned', key: 'v', versionId });
      expect([name, size]).toEqual([`v (version ${versionId})`, content.length]);
      const offered = files.take(downloadPath.replace('/download/', ''));
      expect(offered?.size).toBe(content.length);
      expect((await buffer(offered?.content as Readable)).toString()).toBe(content);
    }
    const { downloadPath } = await offerObject(stack.context, files, { bucket: 'data', key: 'big/customer' });
    expect(sha(await buffer(files.take(downloadPath.replace('/download/', ''))?.content as Readable))).toBe(sha(big));
    const missing = offerObject(stack.context, files, { bucket: 'data', key: 'not-there' });
    await expect(missing).rejects.toMatchObject({ code: 'objectMissing' });
    expect(existsSync(join(folder, 'v'))).toBe(false);
  });
});
