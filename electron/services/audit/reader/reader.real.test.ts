import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createListingClient } from '../../../clients/s3/listingClient.ts';
import { runWithMc, startMinio, startTestStack, type TestStack } from '../../../clients/s3/minio.testSupport.ts';
import { createSignedClient, type S3Endpoint, type SignedClient } from '../../../clients/s3/signedClient.ts';
import type { KeyRange, ReadOrder, StoreCalls } from '../work.ts';
import { createCollector } from './collector.testSupport.ts';
import { createReader, type Reader } from './reader.ts';

const digits = (value: number, width: number): string => String(value).padStart(width, '0');
/** Every third key is written, overwritten or deleted while it is read; the others stay as they are. */
const isTouched = (index: number): boolean => index % 3 === 0;

describe('reading a live MinIO', () => {
  let stack: TestStack;
  let endpoint: S3Endpoint;
  let raw: SignedClient;

  const put = (bucket: string, key: string) => raw.demand({ method: 'PUT', path: [bucket, key], body: key });
  const remove = (bucket: string, key: string) => raw.demand({ method: 'DELETE', path: [bucket, key] });
  async function fill(bucket: string, keys: readonly string[]): Promise<void> {
    const left = [...keys];
    const worker = async (): Promise<void> => {
      for (let key = left.pop(); key !== undefined; key = left.pop()) await put(bucket, key);
    };
    await Promise.all(Array.from({ length: 8 }, worker));
  }

  /** Reads buckets in small pages of requests a second, so that much happens meanwhile; is stopped and resumed `stops` times. */
  async function read(
    buckets: string[],
    {
      versions = false,
      prefix = '',
      stops = 0,
      login = endpoint.credentials.accessKey,
      secretKey = endpoint.credentials.secretKey.reveal(),
    } = {},
    meanwhile: (reader: Reader) => Promise<void> = () => Promise.resolve(),
  ) {
    const whole = buckets.map((_, bucket): KeyRange => ({ id: bucket, bucket, after: '', done: false }));
    const collector = createCollector(whole, () => Promise.resolve());
    for (let left = stops; ; left--) {
      let commits = 0;
      const store = {
        ...collector.store,
        commit(commit) {
          if (left > 0 && ++commits === 3) reader.stop();
          return collector.store.commit(commit);
        },
        samples: () => Promise.resolve([]),
      } as Partial<StoreCalls> as StoreCalls;
      const order: ReadOrder = {
        endpoint: { url: endpoint.url, ca: [...endpoint.ca], accessKey: login, secretKey },
        method: 'list',
        prefix,
        versions,
        options: { verifyAll: false, inFlight: 6, requestsPerSecond: 12 },
        buckets,
        ranges: collector.unfinished(),
        phase: 'listing',
      };
      const reader = createReader(order, { client: createListingClient(order.endpoint), store, tell: () => undefined });
      const [{ finished }] = await Promise.all([reader.run(), meanwhile(reader)]);
      if (finished) return collector;
    }
  }

  beforeAll(async () => {
    stack = await startTestStack();
    endpoint = await startMinio(stack);
    raw = createSignedClient(endpoint);
    for (const bucket of ['flat', 'deep', 'history', 'short']) await raw.demand({ method: 'PUT', path: [bucket] });
    const versioning = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
    await fill('history', ['unversioned']);
    await raw.demand({ method: 'PUT', path: ['history'], query: { versioning: '' }, body: versioning });
  }, 90_000);
  afterAll(async () => {
    await raw?.close();
    await stack?.stop();
  });

  test.each([
    ['flat', (index: number) => `obj-${digits(index, 6)}`],
    ['deep', (index: number) => `20${digits(index % 7, 2)}/${digits(index % 12, 2)}/x ${index}+ü.txt`],
  ])('a %s bucket that others write to: what stays is told once, nothing twice', async (bucket, keyOf) => {
    const keys = Array.from({ length: 2600 }, (_, index) => keyOf(index));
    await fill(bucket, keys);
    let isDone = false;
    const others = (async () => {
      for (let index = 0; index < keys.length && !isDone; index += 3) {
        const key = keyOf(index);
        if (index % 2 === 0) await remove(bucket, key);
        else await Promise.all([put(bucket, key), put(bucket, `${key}!`)]);
      }
    })();
    const { rows, ranges } = await read([bucket], { stops: 2 });
    isDone = true;
    await others;
    const told = rows.map(({ key }) => key);
    expect(new Set(told).size).toBe(told.length);
    const seen = new Set(told);
    expect(keys.filter((key, index) => !isTouched(index) && !seen.has(key))).toEqual([]);
    // It was cut, or this would say little.
    expect(ranges().length).toBeGreaterThan(1);
  });

  test('every version once, with more versions of a key than a page, written to and resumed in the middle', async () => {
    const before = new Map<string, number>([['unversioned', 1]]);
    const write = async (key: string, times: number): Promise<void> => {
      before.set(key, (before.get(key) ?? 0) + times);
      await fill('history', Array<string>(times).fill(key));
    };
    await write('m/often', 1150);
    for (let index = 0; index < 60; index++) await write(`k/${index}`, 1 + (index % 3));
    await remove('history', 'k/7');
    let isDone = false;
    const others = (async () => {
      for (let index = 0; !isDone; index++) await put('history', index % 2 ? 'm/often' : `k/${index % 60}`);
    })();
    const { rows } = await read(['history'], { versions: true, stops: 2 });
    isDone = true;
    await others;
    const told = rows.map(({ key, version }) => `${key} ${version}`);
    expect(new Set(told).size).toBe(told.length);
    const counts = new Map<string, number>();
    for (const { key } of rows) counts.set(key, (counts.get(key) ?? 0) + 1);
    expect([...before].filter(([key, count]) => (counts.get(key) ?? 0) < count)).toEqual([]);
    expect(counts.get('k/7')).toBeGreaterThanOrEqual(3);
  });

  test('a bucket that is not there any more is a gap, and the others are read', async () => {
    await fill('short', ['a']);
    const { rows, gaps } = await read(['gone-already', 'short']);
    expect(gaps).toMatchObject([{ bucket: 'gone-already', after: '', error: { code: 'bucketMissing' } }]);
    expect(rows.map(({ key }) => key)).toEqual(['a']);
  });

  test('a credential that is taken away ends the run', async () => {
    const mc = (...lines: string[]) =>
      runWithMc(stack, [`mc -q alias set m ${endpoint.url} "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD"`, ...lines]);
    const { code } = await runWithMc(stack, [
      'mkdir -p .mc/certs/CAs && cp ../certs/ca.crt .mc/certs/CAs/',
      `mc -q alias set m ${endpoint.url} "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD"`,
      'mc -q admin user add m guest guest-password && mc -q admin policy attach m readwrite --user guest',
    ]);
    expect(code).toBe(0);
    const reading = read(['flat', 'deep'], { login: 'guest', secretKey: 'guest-password' }, async (reader) => {
      reader.pause();
      await mc('mc -q admin user remove m guest');
      reader.goOn();
    });
    await expect(reading).rejects.toMatchObject({ code: 'minioCredentialRefused' });
  });
});
