import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../shared/secret.ts';
import { compareKeys } from './keyOrder.ts';
import type { Listed, ListingClient, PageRequest } from './listing.ts';
import { createListingClient } from './listingClient.ts';
import { mcAliasCommands } from './mcCommands.ts';
import { postForm, runWithMc, startMinio, startTestStack, type TestStack } from './minio.testSupport.ts';
import { startModelS3 } from './modelS3.testSupport.ts';
import { createSignedClient, type S3Endpoint, type SignedClient } from './signedClient.ts';

const sse = 'x-amz-server-side-encryption';
const withSseS3 = { [sse]: 'AES256' };
const withKms = (key: string) => ({ [sse]: 'aws:kms', [`${sse}-aws-kms-key-id`]: key });
/** minio.md 3.2: the key of bytes 00 to 1f. */
const withCustomerKey = {
  [`${sse}-customer-algorithm`]: 'AES256',
  [`${sse}-customer-key`]: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
  [`${sse}-customer-key-MD5`]: 'tP/LI3N87DFaSk0aoqYgzg==',
};
const forgedHeader = { 'X-Minio-Replication-Server-Side-Encryption-Sealed-Key': 'x' };

describe('the listing client, on a real MinIO with KES', () => {
  let stack: TestStack;
  let endpoint: S3Endpoint;
  let raw: SignedClient;
  let client: ListingClient;

  const clientAs = (accessKey: string, secretKey: string): ListingClient => createListingClient({ ...endpoint, accessKey, secretKey });
  const make = (bucket: string) => raw.demand({ method: 'PUT', path: [bucket] });
  const put = (bucket: string, key: string, headers: Record<string, string> = {}, body = 'hello') =>
    raw.demand({ method: 'PUT', path: [bucket, key], headers, body });
  const list = async (bucket: string, request: Partial<PageRequest> = {}): Promise<Listed[]> => {
    const entries: Listed[] = [];
    let page = await client.page({ bucket, versions: false, prefix: '', ...request });
    entries.push(...page.entries);
    while (page.next) {
      page = await client.page({ bucket, versions: false, prefix: '', ...request, token: page.next });
      entries.push(...page.entries);
    }
    return entries;
  };
  const told = (entries: Listed[]) => entries.map(({ key, state, kmsKey, context }) => [key, state, kmsKey, context]);

  beforeAll(async () => {
    stack = await startTestStack();
    await stack.operator.createKey('minio-default');
    await stack.operator.createKey('minio-second');
    endpoint = await startMinio(stack);
    raw = createSignedClient(endpoint);
    const { accessKey, secretKey } = endpoint.credentials;
    client = clientAs(accessKey, secretKey.reveal());
    await make('states');
    await put('states', 'plain', { 'x-amz-meta-x-amz-server-side-encryption': 'AES256' });
    await put('states', 'context', { ...withKms('minio-second'), [`${sse}-context`]: 'eyJhIjoiYiJ9' });
    await put('states', 'customer', withCustomerKey);
    await put('states', 'kms', withKms('minio-default'));
    await put('states', 's3', withSseS3);
    await put('states', 'zero-kms', withKms('minio-second'), '');
    await put('states', 'folder/', withSseS3, '');
    for (const [key, headers] of [
      ['multi-plain', {}],
      ['multi-s3', withSseS3],
      ['multi-kms', withKms('minio-second')],
    ] as const) {
      const start = await raw.demand({ method: 'POST', path: ['states', key], query: { uploads: '' }, headers });
      const uploadId = /<UploadId>([^<]*)/.exec(start.text())?.[1] ?? '';
      const part = await raw.demand({ method: 'PUT', path: ['states', key], query: { partNumber: '1', uploadId }, body: 'part' });
      const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${part.headers.etag}</ETag></Part></CompleteMultipartUpload>`;
      await raw.demand({ method: 'POST', path: ['states', key], query: { uploadId }, body });
    }
  });
  afterAll(async () => {
    await Promise.all([client?.close(), raw?.close()]);
    await stack?.stop();
  });

  it('tells every state, as HEAD does', async () => {
    const entries = await list('states');
    expect(told(entries)).toEqual([
      ['context', 'sse-kms', 'minio-second', true],
      ['customer', 'sse-c', undefined, false],
      ['folder/', 'sse-s3', undefined, false],
      ['kms', 'sse-kms', 'minio-default', false],
      ['multi-kms', 'sse-kms', 'minio-second', false],
      ['multi-plain', 'plaintext', undefined, false],
      ['multi-s3', 'sse-s3', undefined, false],
      ['plain', 'plaintext', undefined, false],
      ['s3', 'sse-s3', undefined, false],
      ['zero-kms', 'sse-kms', 'minio-second', false],
    ]);
    for (const { key, state, kmsKey, size, etag, modifiedAt } of entries) {
      const head = await client.head('states', key);
      expect(head.encryption).toMatchObject({ state, ...(kmsKey === undefined ? {} : { key: kmsKey }) });
      if (state === 'sse-c') continue;
      expect([head.size, Math.floor(modifiedAt / 1000) * 1000]).toEqual([size, head.modifiedAt]);
      if (!key.endsWith('/')) expect(head.etag).toBe(etag);
    }
    expect(entries.filter(({ etag }) => /-\d+$/.test(etag)).map(({ key }) => key)).toEqual(['multi-kms', 'multi-plain', 'multi-s3']);
    expect((await client.headWithAnyKey('states', 'customer')).status).toBe(403);
    expect(await client.readByte('states', 's3')).toMatchObject({ status: 206, size: 5, encryption: { state: 'sse-s3' } });
    expect(await client.readByte('states', 'zero-kms')).toMatchObject({ status: 416, refusal: { code: 'InvalidRange' } });
    expect(await client.ready()).toBe(true);
  });

  it('tells versions and delete markers, and goes on inside a key', async () => {
    await make('versions');
    const body = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
    await put('versions', 'a');
    await raw.demand({ method: 'PUT', path: ['versions'], query: { versioning: '' }, body });
    await put('versions', 'a', withSseS3);
    await put('versions', 'a', withKms('minio-second'));
    await put('versions', 'b');
    await raw.demand({ method: 'DELETE', path: ['versions', 'b'] });
    const all = await list('versions', { versions: true });
    expect(all.map(({ key, state, latest, deleteMarker, size }) => [key, state, latest, deleteMarker, size])).toEqual([
      ['a', 'sse-kms', true, false, 5],
      ['a', 'sse-s3', false, false, 5],
      ['a', 'plaintext', false, false, 5],
      ['b', undefined, true, true, 0],
      ['b', 'plaintext', false, false, 5],
    ]);
    expect(all.map(({ versionId }) => versionId)).toEqual([
      expect.stringMatching(/^[0-9a-f-]{36}$/),
      expect.any(String),
      'null',
      expect.any(String),
      expect.any(String),
    ]);
    for (const maxKeys of [2, 3, 4]) expect(await list('versions', { versions: true, maxKeys }), `${maxKeys}`).toEqual(all);
    // Keeping versions is switched off and on: `null` stands among the others.
    const keep = (status: string) =>
      raw.demand({ method: 'PUT', path: ['versions'], query: { versioning: '' }, body: body.replace('Enabled', status) });
    await put('versions', 'c');
    await keep('Suspended');
    await put('versions', 'c');
    await keep('Enabled');
    await put('versions', 'c');
    const ofC = await list('versions', { versions: true, prefix: 'c' });
    expect(ofC.map(({ versionId }) => versionId === 'null')).toEqual([false, true, false]);
    for (const maxKeys of [1, 2]) expect(await list('versions', { versions: true, prefix: 'c', maxKeys }), `${maxKeys}`).toEqual(ofC);
    const [first, second] = all;
    const inside = await list('versions', { versions: true, after: 'a', versionAfter: first?.versionId ?? '' });
    expect(inside).toEqual([...all.slice(1), ...ofC]);
    expect(await client.head('versions', 'a', second?.versionId)).toMatchObject({
      status: 200,
      encryption: { state: 'sse-s3' },
      versionId: second?.versionId,
    });
    expect(await client.head('versions', 'b', all[3]?.versionId)).toMatchObject({ status: 405, deleteMarker: true });
    expect(await list('versions', { versions: true, after: 'a' })).toEqual([...all.slice(3), ...ofC]);
  });

  it('reads back every key that MinIO takes, and says of the others that it does not', async () => {
    await make('names');
    const part = (character: string, bytes: number): string => character.repeat(bytes / Buffer.byteLength(character));
    const long = [part('中', 255), part('a', 255), part('😀', 252), part('z', 255)].join('/');
    const keys = [
      'a b',
      'a+b',
      'a%20b',
      'a&b',
      'a<b>',
      `a"b'c`,
      '\u0001\u001f\u007f',
      'new\nline\r\t',
      '😀',
      '\uffff',
      '\ue000',
      '中文/文件',
      'e\u0301',
      'é',
      '~tilde',
      '[minio_cache:v2]',
      '\u202e',
      long,
    ];
    for (const key of keys) await put('names', key);
    const found = (await list('names')).map(({ key }) => key);
    expect(found).toEqual([...keys].sort(compareKeys));
    expect((await list('names', { maxKeys: 2 })).map(({ key }) => key)).toEqual(found);
    for (const [index, key] of found.entries()) {
      expect((await client.head('names', key)).status, key).toBe(200);
      if (!key.includes('[minio_cache')) expect((await list('names', { after: key, maxKeys: 1000 }))[0]?.key, key).toBe(found[index + 1]);
    }
    for (const [key, code] of [
      ['a//b', 'XMinioInvalidObjectName'],
      ['x'.repeat(1025), 'KeyTooLongError'],
      [`${'x'.repeat(256)}`, 'XMinioInvalidObjectName'],
    ])
      await expect(put('names', key ?? '')).rejects.toMatchObject({ code: 'objectNameRefused', details: { code } });
    await expect(client.head('names', 'a/../b')).rejects.toMatchObject({ code: 'objectNameRefused' });
  });

  it('believes no metadata that an uploader forged, in a listing of objects or of versions', async () => {
    await make('hostile');
    await put('hostile', 'aa', withSseS3);
    await put('hostile', 'odd', { 'x-amz-meta-a&b': 'v' });
    await postForm(endpoint, 'hostile', 'blank', 'x-amz-meta-we ird<x>');
    await postForm(endpoint, 'hostile', 'injected', `x-amz-meta-a>v</x-amz-meta-a><${sse}>aes256</${sse}><x-amz-meta-b`);
    await postForm(endpoint, 'hostile', 'closed', 'x-amz-meta-a>v</x-amz-meta-a></usermetadata><internal></internal><x-amz-meta-b');
    await put('hostile', 'zz', withKms('minio-default'));
    const expected = [
      ['aa', 'sse-s3'],
      ['blank', undefined],
      ['closed', undefined],
      ['injected', undefined],
      ['odd', undefined],
      ['zz', 'sse-kms'],
    ];
    expect((await list('hostile')).map(({ key, state }) => [key, state])).toEqual(expected);
    // The last page of versions does not say how many it has.
    expect((await list('hostile', { versions: true })).map(({ key }) => key)).toEqual(expected.map(([key]) => key));
    expect(
      (await list('hostile', { versions: true, maxKeys: 5 })).slice(0, 5).map(({ key, state, versionId }) => [key, state, versionId]),
    ).toEqual(expected.slice(0, 5).map((row) => [...row, 'null']));
    expect((await client.head('hostile', 'injected')).encryption).toEqual({ state: 'plaintext' });
    // The server takes such names in lower case only.
    const fake = '</usermetadata></contents><contents><key>fake</key><size>1</size><usermetadata><x-amz-meta-b';
    await postForm(endpoint, 'hostile', 'mm', `x-amz-meta-a>v</x-amz-meta-a>${fake}`);
    expect((await list('hostile')).map(({ key }) => key)).toEqual(['aa', 'blank', 'closed', 'injected', 'mm', 'odd', 'zz']);
  });

  it('names a page that a forged object blinds (CVE-2026-34204)', async () => {
    await make('forged');
    await put('forged', 'large', forgedHeader, 'x'.repeat(100));
    const [large] = await list('forged');
    expect([large?.state, large?.size]).toEqual(['sse-c', 68]);
    expect((await client.headWithAnyKey('forged', 'large')).refusal?.code).toBe('XMinioEncryptionError');
    await put('forged', 'small', forgedHeader);
    await expect(list('forged')).rejects.toMatchObject({ code: 'objectTampered', details: { status: 206 } });
    await expect(list('forged', { versions: true })).rejects.toMatchObject({ code: 'objectTampered' });
    expect(await client.head('forged', 'small')).toMatchObject({ status: 400, refusal: { code: 'InvalidRequest' } });
  });

  it('concludes nothing for a user who may only list', async () => {
    const policy = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: ['s3:ListBucket'], Resource: ['arn:aws:s3:::states'] },
        { Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::states/k*'] },
      ],
    };
    const lines = [
      ...mcAliasCommands(stack.context).map(({ line = '' }) => line),
      'mc admin user add sealdeck lister lister-password',
      `printf '%s' '${JSON.stringify(policy)}' > lister.json`,
      'mc admin policy create sealdeck lister lister.json',
      'mc admin policy attach sealdeck lister --user lister',
    ];
    expect((await runWithMc(stack, lines)).code).toBe(0);
    const limited = clientAs('lister', 'lister-password');
    const { entries } = await limited.page({ bucket: 'states', versions: false, prefix: '' });
    expect(entries.map(({ state }) => state)).toEqual([undefined, undefined, undefined, 'sse-kms', ...Array(6).fill(undefined)]);
    expect(await limited.head('states', 'plain')).toMatchObject({ status: 403, refusal: { code: 'AccessDenied' } });
    await expect(limited.page({ bucket: 'names', versions: false, prefix: '' })).rejects.toMatchObject({ code: 'minioAccessDenied' });
    await limited.close();
    const stranger = clientAs('stranger', 'no-such-password');
    await expect(stranger.page({ bucket: 'states', versions: false, prefix: '' })).rejects.toMatchObject({
      code: 'minioCredentialRefused',
    });
    await stranger.close();
    await expect(list('nowhere')).rejects.toMatchObject({ code: 'bucketMissing' });
  });

  it('is answered by the model server as by MinIO, byte for byte', async () => {
    const keys = ['a b+c~', 'd', 'dir/one', 'dir/two', 'dir0', 'dirs/x/y', 'z', '中文\n'].sort(compareKeys);
    await make('twin');
    for (const key of keys) await put('twin', key);
    const model = await startModelS3({ buckets: { twin: { keys } } });
    const other = createSignedClient({ ...model.endpoint, ca: [], credentials: { accessKey: 'model', secretKey: new Secret('model') } });
    const ask = async (from: SignedClient, query: Record<string, string>) => {
      const answer = await from.ask({ method: 'GET', path: ['twin'], query });
      const body = answer
        .text()
        .replace(/<LastModified>[^<]*/g, '<LastModified>')
        .replace(/<(RequestId|HostId|Message)>[^<]*/g, '<$1>')
        .replace(
          /(ContinuationToken>)([A-Za-z0-9+/=]+)/g,
          (_, tag: string, token: string) =>
            tag +
            Buffer.from(token, 'base64')
              .toString()
              .replace(/\[minio_cache:.*/, ''),
        )
        .replace(/%5Bminio_cache[^<]*/g, '');
      return [answer.status, body];
    };
    const v2 = { 'list-type': '2', metadata: 'true', 'encoding-type': 'url' };
    const versions = { versions: '', metadata: 'true', 'encoding-type': 'url' };
    const token = Buffer.from('dir/one[minio_cache:v2,return:]').toString('base64');
    const queries: Record<string, string>[] = [
      {},
      { 'max-keys': '3' },
      { 'max-keys': '8' },
      { 'max-keys': '0' },
      { prefix: 'dir' },
      { prefix: 'dir', delimiter: '/' },
      { delimiter: '/' },
      { delimiter: '/', 'max-keys': '2' },
      { delimiter: 'r' },
      { prefix: 'd', 'max-keys': '1' },
      { prefix: 'dir', 'max-keys': '1' },
      { 'max-keys': 'x' },
      { 'max-keys': '-1' },
    ];
    for (const query of queries)
      for (const form of [v2, versions])
        expect(await ask(other, { ...form, ...query }), JSON.stringify(query)).toEqual(await ask(raw, { ...form, ...query }));
    for (const query of [
      { ...v2, 'start-after': 'dir/one' },
      { ...v2, 'start-after': 'dir/one', delimiter: '/' },
      { ...v2, 'start-after': 'dir/one', delimiter: 'r' },
      { ...v2, 'start-after': 'dir/one', delimiter: 'o' },
      { ...v2, 'start-after': 'dir/one', delimiter: '/', prefix: 'dir' },
      { ...v2, 'start-after': 'dir/', delimiter: '/' },
      { ...v2, 'continuation-token': Buffer.from('dir[minio_cache:v2,return:]').toString('base64'), delimiter: 'r' },
      { ...v2, 'start-after': 'dir', delimiter: 'r' },
      { ...versions, 'key-marker': 'dir/one', delimiter: '/' },
      { ...versions, 'key-marker': 'dir/one', delimiter: 'r' },
      { ...v2, 'start-after': 'dir/zzz' },
      { ...v2, 'start-after': 'a', prefix: 'dir' },
      { ...v2, 'start-after': 'z', prefix: 'dir' },
      { ...v2, 'start-after': 'd', prefix: 'd', 'max-keys': '1' },
      { ...v2, 'continuation-token': token },
      { ...v2, 'continuation-token': token, prefix: 'z' },
      { ...v2, 'continuation-token': '' },
      { ...v2, 'continuation-token': '###' },
      { ...v2, 'start-after': '[minio_cache:v2]' },
      { ...v2, 'start-after': 'dir/two[minio_cache:v2]x' },
      { ...versions, 'key-marker': 'dir/one' },
      { ...versions, 'key-marker': 'dir/one', 'version-id-marker': 'null' },
      { ...versions, 'version-id-marker': 'null' },
      { ...versions, 'key-marker': 'a', prefix: 'dir' },
      { 'list-type': '2', 'encoding-type': 'url' },
    ])
      expect(await ask(other, query), JSON.stringify(query)).toEqual(await ask(raw, query));
    await other.close();
    await model.close();
  });

  // Last: it takes KES away.
  it('says that the KMS is away', async () => {
    await stack.kes.stop();
    expect(await client.ready()).toBe(false);
    await expect(client.page({ bucket: 'states', versions: false, prefix: 's3' })).rejects.toMatchObject({ code: 'kmsUnavailable' });
    expect((await client.head('states', 's3')).encryption).toEqual({ state: 'sse-s3' });
    expect((await client.readByte('states', 's3')).refusal?.code).toBe('kms:DecryptionFailed');
    expect((await list('states', { prefix: 'plain' })).map(({ state }) => state)).toEqual(['plaintext']);
  });
});
