import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DownloadResult } from '../../../../shared/objects.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { customerKeysOf } from '../../../clients/s3/customerKeys.ts';
import { createListingClient } from '../../../clients/s3/listingClient.ts';
import { startMinio, startTestStack, type TestStack } from '../../../clients/s3/minio.testSupport.ts';
import { startNetwork } from '../../../clients/s3/network.testSupport.ts';
import { createObjectClient } from '../../../clients/s3/objectClient.ts';
import type { ObjectClient } from '../../../clients/s3/objectTypes.ts';
import type { Patience } from '../../../clients/s3/retries.ts';
import type { S3Endpoint } from '../../../clients/s3/signedClient.ts';
import { downloadToFolder } from './toFolder.ts';
import { createUnfinished } from './unfinished.ts';

const big = randomBytes(40 * 1024 * 1024);
const contents: Record<string, Buffer> = {
  'big.bin': big,
  'open/plain.txt': Buffer.from('nobody sealed this'),
  'sealed/one.txt': Buffer.from('one'),
  'mortal/one.txt': Buffer.from('mortal'),
};

describe('downloads whose servers fail, from a real MinIO with KES', () => {
  let stack: TestStack;
  let endpoint: S3Endpoint;
  let client: ObjectClient;
  let listing: ReturnType<typeof createListingClient>;
  let folder: string;
  let unfinished: ReturnType<typeof createUnfinished>;

  beforeAll(async () => {
    stack = await startTestStack();
    for (const key of ['minio-default', 'minio-mortal']) await stack.operator.createKey(key);
    endpoint = await startMinio(stack);
    client = createObjectClient(endpoint);
    const { url, ca, credentials } = endpoint;
    listing = createListingClient({ url, ca, accessKey: credentials.accessKey, secretKey: credentials.secretKey.reveal() });
    await stack.raw('PUT', ['data'], {}, '');
    for (const [key, content] of Object.entries(contents)) {
      const kmsKey = key.startsWith('mortal/') ? 'minio-mortal' : 'minio-default';
      await client.put({ bucket: 'data', key }, content, {
        encrypt: key.startsWith('open/') ? { kind: 'rule' } : { kind: 'sse-kms', key: kmsKey },
      });
    }
    folder = await mkdtemp(join(tmpdir(), 'sealdeck-download-'));
    unfinished = createUnfinished(join(folder, 'data'), { error: (...words) => console.error(...words) });
  });
  afterAll(async () => {
    await Promise.all([client?.close(), listing?.close()]);
    await stack?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  const quick: Patience = { giveUpMs: 600, firstMs: 50, mostMs: 200 };
  const notes: string[] = [];
  const download = (
    name: string,
    keys: string[],
    { by = client, patience, prefix }: { by?: ObjectClient; patience?: Patience; prefix?: string } = {},
  ): Promise<DownloadResult> =>
    downloadToFolder(
      {
        ...{ client: by, listing, keys: customerKeysOf(stack.context), unfinished },
        ...(patience ? { patience } : {}),
      },
      { bucket: 'data', keys, versions: [], prefix, folder: join(folder, name), onConflict: 'skip' },
      ({ note }) => void (note && notes.at(-1) !== note.code && notes.push(note.code)),
      new AbortController().signal,
    );
  const codes = ({ failed }: DownloadResult): string[] => failed.map(({ key, error }) => `${key} ${error.code}`).toSorted();

  /** The files that are there, each of them whole: nothing half, nothing under another name. */
  async function whole(name: string): Promise<string[]> {
    const found = await readdir(join(folder, name), { recursive: true, withFileTypes: true }).catch(() => []);
    const files = found.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
    const keys = files.map((path) => path.slice(join(folder, name).length + 1)).toSorted();
    for (const key of keys) expect((await readFile(join(folder, name, key))).equals(contents[key] ?? Buffer.alloc(0)), key).toBe(true);
    return keys;
  }

  it('name what cannot be opened while KES is away, bring what needs no key, and the rest once it is back', async () => {
    const keys = ['open/plain.txt', 'sealed/one.txt'];
    await stack.kes.pause();
    try {
      const result = await download('kes', keys, { patience: quick });
      expect(codes(result)).toEqual(['sealed/one.txt kmsUnavailable']);
      expect(await whole('kes')).toEqual(['open/plain.txt']);
    } finally {
      await stack.kes.goOn();
    }
    expect(await download('kes', keys)).toMatchObject({ files: 1, skipped: 1, failures: 0 });
    expect(await whole('kes')).toEqual(keys);
  });

  it('name the object whose key was deleted, and bring the others', async () => {
    await stack.operator.deleteKey('minio-mortal');
    const result = await download('deleted', ['mortal/one.txt', 'sealed/one.txt']);
    expect(codes(result)).toEqual(['mortal/one.txt kmsKeyNotFound']);
    expect(await whole('deleted')).toEqual(['sealed/one.txt']);
  });

  it('leave no half file where MinIO ends in the middle and stays away, and begin again after it is back', async () => {
    const network = await startNetwork(Number(new URL(endpoint.url).port));
    const slow = createObjectClient({ ...endpoint, url: `https://127.0.0.1:${network.port}` });
    try {
      network.limit(4e6);
      const going = download('restart', ['big.bin'], { by: slow, patience: quick });
      // Heard of whenever it comes: also while the server is still being stopped.
      const ended = expect(going).rejects.toMatchObject({ code: expect.stringMatching(/^network/) });
      const there = async (): Promise<number> => (await readdir(join(folder, 'restart'), { recursive: true }).catch(() => [])).length;
      await expect.poll(there, { timeout: 20_000 }).toBeGreaterThan(0);
      await stack.context.servers.stop('minio');
      await ended;
      expect(await whole('restart')).toEqual([]);
    } finally {
      await startMinio(stack);
      await slow.close();
      await network.stop();
    }
    expect(await download('restart', ['big.bin'])).toMatchObject({ files: 1 });
    expect(await whole('restart')).toEqual(['big.bin']);
  });

  it('wait for a MinIO that restarts in the middle of a folder, say so, and go on to the end', async () => {
    const small = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`many/${n}`, randomBytes(20_000)]));
    Object.assign(contents, small);
    for (const [key, content] of Object.entries(small)) await client.put({ bucket: 'data', key }, content, { encrypt: { kind: 'sse-s3' } });
    const network = await startNetwork(Number(new URL(endpoint.url).port));
    const slow = createObjectClient({ ...endpoint, url: `https://127.0.0.1:${network.port}` }, { connections: 2 });
    try {
      network.limit(60_000);
      notes.length = 0;
      const going = download('waits', [], { by: slow, prefix: 'many/' });
      const there = async (): Promise<number> => (await readdir(join(folder, 'waits')).catch(() => [])).length;
      await expect.poll(there, { timeout: 20_000 }).toBeGreaterThan(5);
      await stack.context.servers.stop('minio');
      await expect.poll(() => notes.at(-1), { timeout: 20_000 }).toBe('objectsDownloadWaits');
      expect(await there()).toBeLessThan(60);
      await startMinio(stack);
      network.limit(Number.POSITIVE_INFINITY);
      expect(await going).toMatchObject({ files: 60, compared: 60, failures: 0 });
      expect(notes.slice(-2)).toEqual(['objectsDownloadWaits', 'objectsDownloading']);
    } finally {
      await slow.close();
      await network.stop();
    }
    const found = await readdir(join(folder, 'waits'));
    expect(found.toSorted()).toEqual(
      Object.keys(small)
        .map((key) => key.slice(5))
        .toSorted(),
    );
    for (const name of found)
      expect((await readFile(join(folder, 'waits', name))).equals(small[`many/${name}`] ?? Buffer.alloc(0))).toBe(true);
  });

  it('name an object whose answers always break off, and bring the others', async () => {
    const breaking: ObjectClient = {
      ...client,
      getInto(at, options, sink) {
        const took = () => Promise.reject(new AppError('networkBroken', { host: client.host, reason: 'in the middle' }));
        return client.getInto(at, options, at.key === 'big.bin' ? { ...sink, took } : sink);
      },
    };
    const result = await download('breaks', ['big.bin', 'open/plain.txt'], { by: breaking, patience: { ...quick, giveUpMs: 20_000 } });
    expect(codes(result)).toEqual(['big.bin downloadBreaksOff']);
    expect(await whole('breaks')).toEqual(['open/plain.txt']);
  });
});
