import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeAuthority } from '../../platform/tls.testSupport.ts';
import { compareKeys } from './keyOrder.ts';
import type { ListingClient, Page, PageRequest } from './listing.ts';
import { createListingClient } from './listingClient.ts';
import { type ModelFault, type ModelRequest, type ModelS3, startModelS3 } from './modelS3.testSupport.ts';

const odd = [
  'a',
  'a b+c',
  'a%20b',
  'a&<>"\'',
  'a/../b',
  'a//b',
  '/lead',
  'new\nline',
  '\u0001',
  '😀',
  '\uffff',
  '中文',
  'x'.repeat(1024),
  '~',
  'é',
  'e\u0301',
].sort(compareKeys);

describe('the listing client, against a model server', () => {
  let model: ModelS3;
  let client: ListingClient;
  const ask = (request: Partial<PageRequest> = {}): Promise<Page> =>
    client.page({ bucket: 'odd', versions: false, prefix: '', ...request });
  const clientOf = ({ endpoint }: ModelS3): ListingClient =>
    createListingClient({ ...endpoint, accessKey: endpoint.credentials.accessKey, secretKey: endpoint.credentials.secretKey.reveal() });
  const misread = (reason: string | RegExp) => ({
    code: 'answerNotUnderstood',
    details: { host: client.host, reason: expect.stringMatching(reason) },
  });
  const always = (fault: ModelFault) => (): ModelFault => fault;
  const pages = (change: (body: string, request: ModelRequest) => string | Buffer) => (request: ModelRequest) => ({
    change: (body: string) => change(body, request),
  });

  beforeAll(async () => {
    const authority = await makeAuthority();
    const { cert, key } = await authority.issue('server');
    model = await startModelS3({
      tls: { cert, key: key.reveal(), ca: authority.ca },
      buckets: {
        odd: {
          keys: odd,
          object: (key) => (key === 'a' ? [{ versionId: 'v3', deleteMarker: true }, { versionId: 'v2' }, { versionId: 'v1' }] : {}),
        },
        states: {
          keys: ['customer', 'damaged', 'denied', 'empty', 'gone', 'kms', 'plain', 's3'],
          object: (key) =>
            ({
              customer: { state: 'sse-c' as const },
              damaged: { state: 'unreadable' as const },
              denied: { state: 'unknown' as const },
              empty: { size: 0 },
              gone: { deleteMarker: true },
              kms: { state: 'sse-kms' as const, kmsKey: 'k1', unreadable: { status: 404, code: 'kms:KeyNotFound' } },
              s3: { state: 'sse-s3' as const },
            })[key] ?? {},
        },
        broken: {
          keys: ['a', 'b', 'c', 'd'],
          object: (key) =>
            key === 'b'
              ? { metadata: '<a></UserMetadata></Version></Contents><b>v</a></UserMetadata></Version></Contents><b>' }
              : { state: 'sse-s3', versionId: '1' },
        },
        huge: { keys: { count: 10_000_000, at: (index) => `key-${String(index).padStart(8, '0')}` } },
      },
    });
    client = clientOf(model);
  });
  beforeEach(() => {
    delete model.state.fault;
    delete model.state.emptyLastPage;
    model.state.kmsDown = false;
  });
  afterAll(async () => {
    await client.close();
    await model.close();
  });

  it.each([1000, 5, 3, 2])('lists every key once and in order, %d a page', async (maxKeys) => {
    for (const emptyLastPage of [false, true]) {
      model.state.emptyLastPage = emptyLastPage;
      const keys: string[] = [];
      let page = await ask({ maxKeys });
      for (;;) {
        keys.push(...page.entries.map(({ key }) => key));
        if (!page.next) break;
        page = await ask({ maxKeys, token: page.next, ...(keys.length === 0 ? {} : { after: keys.at(-1) ?? '' }) });
      }
      expect(keys).toEqual(odd.filter((key) => key !== 'a'));
    }
  });

  it('goes on behind a key, and inside one by its version', async () => {
    for (const [index, key] of odd.entries())
      expect((await ask({ after: key, maxKeys: 3 })).entries.map((entry) => entry.key)).toEqual(
        odd
          .slice(index + 1)
          .filter((other) => other !== 'a')
          .slice(0, 3),
      );
    const all = await ask({ versions: true, prefix: 'a' });
    expect(all.entries.slice(0, 3)).toMatchObject([
      { key: 'a', versionId: 'v3', deleteMarker: true, latest: true },
      { key: 'a', versionId: 'v2', deleteMarker: false, latest: false, state: 'plaintext' },
      { key: 'a', versionId: 'v1' },
    ]);
    const inside = await ask({ versions: true, prefix: 'a', after: 'a', versionAfter: 'v3', maxKeys: 2 });
    expect(inside.entries.map(({ key, versionId }) => [key, versionId])).toEqual([
      ['a', 'v2'],
      ['a', 'v1'],
    ]);
    const next = await ask({ versions: true, prefix: 'a', maxKeys: 2, ...(inside.next ? { token: inside.next } : {}) });
    expect(next.entries[0]).toMatchObject({ key: 'a b+c', versionId: 'null' });
    expect((await ask({ versions: true, prefix: 'a', after: 'a', maxKeys: 1 })).entries[0]).toMatchObject({ key: 'a b+c' });
  });

  it('rolls up, and begins anywhere in ten million keys', async () => {
    expect((await ask({ delimiter: '/', metadata: false })).prefixes).toEqual(['/', 'a/']);
    const page = await ask({ bucket: 'huge', after: 'key-09999990' });
    expect([page.entries.length, page.entries[0]?.key, page.next]).toEqual([9, 'key-09999991', undefined]);
  });

  it('tells of objects what HEAD and the first byte say', async () => {
    const heads = Object.fromEntries(
      await Promise.all(
        ['customer', 'damaged', 'denied', 'gone', 'kms', 'nothing', 'plain', 's3'].map(
          async (key) => [key, await client.head('states', key)] as const,
        ),
      ),
    );
    expect(heads).toMatchObject({
      customer: { status: 400, encryption: { state: 'sse-c' }, refusal: { code: 'InvalidRequest' } },
      damaged: { status: 206, encryption: { state: 'unreadable' }, refusal: { code: 'XMinioObjectTampered' } },
      denied: { status: 403, encryption: { state: 'unknown' }, refusal: { code: 'AccessDenied', message: 'Access Denied.' } },
      gone: { status: 404, deleteMarker: true },
      kms: { status: 200, encryption: { state: 'sse-kms', key: 'k1' }, size: 5, etag: '5d41402abc4b2a76b9719d911017c592' },
      nothing: { status: 404, refusal: { code: 'NoSuchKey' } },
      plain: { status: 200, encryption: { state: 'plaintext' }, modifiedAt: Date.UTC(2026, 0, 1) },
      s3: { status: 200, encryption: { state: 'sse-s3' } },
    });
    expect(await client.readByte('states', 's3')).toMatchObject({ status: 206, size: 5, encryption: { state: 'sse-s3' } });
    expect(await client.readByte('states', 'kms')).toMatchObject({ status: 404, refusal: { code: 'kms:KeyNotFound' } });
    expect(await client.readByte('states', 'empty')).toMatchObject({ status: 416, refusal: { code: 'InvalidRange' } });
    expect(await client.head('odd', 'a', 'v1')).toMatchObject({ status: 200, versionId: 'v1' });
    await expect(client.head('odd', 'a/../b')).rejects.toMatchObject({ code: 'objectNameRefused' });
  });

  it('asks HEAD for many objects over few connections', async () => {
    const answers = await Promise.all(Array.from({ length: 300 }, () => client.head('states', 's3')));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(model.counts.connections).toBeLessThanOrEqual(40);
  });

  it('tells whether the server is ready', async () => {
    expect(await client.ready()).toBe(true);
    model.state.kmsDown = true;
    expect(await client.ready()).toBe(false);
    await expect(ask({ bucket: 'states' })).rejects.toMatchObject({ code: 'kmsUnavailable' });
    model.state.fault = always({ status: 404, change: () => 'not found' });
    expect(await client.ready()).toBeUndefined();
    model.state.fault = always({ status: 200, change: () => '<html>hello</html>' });
    expect(await client.ready()).toBeUndefined();
  });

  it('takes no state from a page that names may have forged, and loses no object', async () => {
    for (const versions of [false, true]) {
      const { entries } = await ask({ bucket: 'broken', versions });
      expect(entries.map(({ key, state }) => [key, state])).toEqual([
        ['a', undefined],
        ['b', undefined],
        ['c', undefined],
        ['d', undefined],
      ]);
    }
  });

  it.each<[string, ModelFault, string]>([
    ['SlowDown', { refusal: { status: 503, code: 'SlowDown' } }, 's3Error'],
    ['a bucket that is gone', { refusal: { status: 404, code: 'NoSuchBucket' } }, 'bucketMissing'],
    ['no permission', { refusal: { status: 403, code: 'AccessDenied' } }, 'minioAccessDenied'],
    ['a credential that was revoked', { refusal: { status: 403, code: 'InvalidAccessKeyId' } }, 'minioCredentialRefused'],
    ['a clock that is off', { refusal: { status: 403, code: 'RequestTimeTooSkewed' } }, 'minioClockSkew'],
    ['206 with an error inside', { refusal: { status: 206, code: 'XMinioObjectTampered' } }, 'objectTampered'],
    ['a key that is gone', { refusal: { status: 404, code: 'kms:KeyNotFound' } }, 'kmsKeyNotFound'],
    ['a redirect', { status: 307, headers: { location: 'https://127.0.0.1:1/' }, change: () => '' }, 's3Error'],
    ['a page of a proxy', { status: 502, change: () => '<html>Bad gateway</html>' }, 's3Error'],
  ])('names the refusal: %s', async (_, fault, code) => {
    model.state.fault = always(fault);
    await expect(ask()).rejects.toMatchObject({ code, details: { where: 'odd' } });
  });

  it('reads no more of an error of 10 MB than it needs', async () => {
    const before = process.memoryUsage.rss();
    model.state.fault = always({
      status: 500,
      change: () => `<Error><Code>InternalError</Code><Message>x</Message>${'y'.repeat(10_000_000)}</Error>`,
    });
    await expect(ask()).rejects.toMatchObject({ code: 's3Error', details: { code: 'InternalError', status: 500 } });
    for (let round = 0; round < 5; round++) await expect(ask()).rejects.toMatchObject({ code: 's3Error' });
    expect(process.memoryUsage.rss() - before).toBeLessThan(150_000_000);
  });

  const bomb = `<!DOCTYPE x [<!ENTITY a "${'a'.repeat(100)}">${'bcdefghij'.replace(/./g, (name) => `<!ENTITY ${name} "${`&${String.fromCharCode(name.charCodeAt(0) - 1)};`.repeat(10)}">`)}]>`;
  it.each<[string, (request: ModelRequest) => ModelFault, string]>([
    ['cuts its XML', pages((body) => body.slice(0, -100)), 'cut'],
    ['cuts its XML in an entry', pages((body) => body.slice(0, 700)), 'cut'],
    ['counts wrong', pages((body) => body.replace(/<KeyCount>\d+/, '<KeyCount>3')), 'says 3 entries'],
    ['declares an entity bomb', pages((body) => body.replace('\n', bomb).replace('<Key>', '<Key>&j;')), 'does not begin as a listing'],
    ['uses an entity of nobody', pages((body) => body.replace('<Key>', '<Key>&j;')), 'not UTF-8, or not encoded'],
    [
      'sends more entries than were asked for',
      pages((body) =>
        body.replace(
          '<Contents>',
          '<Contents><Key>a</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><Size>1</Size></Contents>'
            .repeat(2010)
            .concat('<Contents>'),
        ),
      ),
      'more than twice',
    ],
    [
      'sends an entry without end',
      pages((body) => body.replace('<Contents>', `<Contents><Key>${'k'.repeat(3_000_000)}`)),
      'longer than 1 MiB',
    ],
    ['sends a web page', pages(() => '<!doctype html><html></html>'), 'does not begin as a listing'],
    ['answers another question', pages((body) => body.replaceAll('ListBucketResult', 'ListAllMyBucketsResult')), 'ListAllMyBucketsResult'],
    [
      'turns its keys around',
      pages((body) => body.replace(/(<Contents>.*?<\/Contents>)(<Contents>.*?<\/Contents>)/s, '$2$1')),
      'order of their bytes|goes back',
    ],
    ['shows a key twice', pages((body) => body.replace(/(<Contents>.*?<\/Contents>)(<Contents>.*?<\/Contents>)/s, '$1$1')), 'shown before'],
    ['announces more bytes than it sends', () => ({ contentLength: 1_000_000 }), ''],
    ['announces fewer bytes than it sends', () => ({ contentLength: 700 }), 'cut'],
  ])('refuses a server that %s', async (_, fault, reason) => {
    model.state.fault = fault;
    const failure = await ask().catch((error: unknown) => error);
    expect(failure).toMatchObject(
      reason === '' ? { code: expect.stringMatching(/^(?:networkBroken|answerNotUnderstood)$/) } : misread(reason),
    );
    delete model.state.fault;
    expect((await ask()).entries).toHaveLength(odd.length - 1);
  });

  it('does not turn in a circle with a server that does', async () => {
    const { next: token, entries } = await ask({ maxKeys: 2 });
    if (!token) throw new Error('a short page has a next one');
    const after = entries.at(-1)?.key ?? '';
    const first = (await ask({ maxKeys: 2 })).next;
    // The same page with the same token again.
    model.state.fault = ({ query }) =>
      query['continuation-token']
        ? { change: (body) => body.replace(/<NextContinuationToken>[^<]*/, `<NextContinuationToken>${query['continuation-token']}`) }
        : {};
    await expect(ask({ maxKeys: 2, token, after })).rejects.toMatchObject(misread('without end'));
    // A page from before.
    model.state.fault = pages((body) => body.replace(/<Key>[^<]*/, '<Key>%01'));
    await expect(ask({ maxKeys: 2, token, after })).rejects.toMatchObject(misread('goes back'));
    model.state.fault = pages((body) => body.replace(/<Key>[^<]*/, '<Key>another'));
    await expect(ask({ maxKeys: 2, prefix: 'x' })).rejects.toMatchObject(misread('outside the prefix'));
    expect(first).toEqual(token);
  });

  it('names a server that cuts, or says nothing more, or comes late', async () => {
    model.state.fault = always({ cutAfter: 300 });
    await expect(ask()).rejects.toMatchObject({ code: 'networkBroken' });
    model.state.fault = always({ cutAfter: 0 });
    await expect(ask()).rejects.toMatchObject({ code: 'networkBroken' });
    model.state.fault = always({ dribble: { bytes: 500, everyMs: 1 } });
    expect((await ask()).entries).toHaveLength(odd.length - 1);
    model.state.fault = always({ delayMs: 100 });
    expect((await ask()).entries).toHaveLength(odd.length - 1);
  });

  it.each<[string, ModelFault]>([
    ['before the answer', { delayMs: 3000 }],
    ['inside the answer', { cutAfter: 300, stall: true }],
  ])('is cancelled at once %s', async (_, fault) => {
    const stop = new AbortController();
    model.state.fault = (request) => {
      setTimeout(() => stop.abort(), 50);
      return request.kind === 'page' ? fault : undefined;
    };
    const since = performance.now();
    await expect(ask({ signal: stop.signal })).rejects.toMatchObject({ code: 'cancelled' });
    expect(performance.now() - since).toBeLessThan(2500);
    await expect(ask({ signal: stop.signal })).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('speaks plain http, and says when nobody is there or who is not trusted', async () => {
    const plain = await startModelS3({ buckets: { odd: { keys: ['a'] } } });
    const open = clientOf(plain);
    expect((await open.page({ bucket: 'odd', versions: false, prefix: '' })).entries).toHaveLength(1);
    expect(await open.headWithAnyKey('odd', 'a')).toMatchObject({ status: 200 });
    await plain.close();
    await expect(open.page({ bucket: 'odd', versions: false, prefix: '' })).rejects.toMatchObject({ code: 'networkRefused' });
    await open.close();
    const distrustful = createListingClient({ url: model.url, ca: [(await makeAuthority()).ca], accessKey: 'a', secretKey: 'b' });
    await expect(distrustful.head('odd', 'a')).rejects.toMatchObject({ code: 'tlsTrust' });
    await distrustful.close();
    const confused = createListingClient({ url: model.url.replace('https', 'http'), ca: [], accessKey: 'a', secretKey: 'b' });
    await expect(confused.head('odd', 'a')).rejects.toMatchObject({ code: expect.stringMatching(/^(?:tlsProtocol|answerNotUnderstood)$/) });
    await confused.close();
  });
});
