import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditRow } from '../../../../shared/audit.ts';
import { waitUntil } from '../../../clients/kes/kes.testSupport.ts';
import { createListingClient } from '../../../clients/s3/listingClient.ts';
import { runWithMc, startMinio, startTestStack, type TestStack } from '../../../clients/s3/minio.testSupport.ts';
import { createSignedClient, type S3Endpoint, type SignedClient } from '../../../clients/s3/signedClient.ts';
import { createStoreCalls } from '../store/calls.ts';
import { runningAudit, testFolder } from '../store/generated.testSupport.ts';
import type { ReaderNews, ReadOrder } from '../work.ts';
import { createReader } from './reader.ts';

/** minio.md 3.2: the key of bytes 00 to 1f. */
const customer = {
  'x-amz-server-side-encryption-customer-algorithm': 'AES256',
  'x-amz-server-side-encryption-customer-key': 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
  'x-amz-server-side-encryption-customer-key-MD5': 'tP/LI3N87DFaSk0aoqYgzg==',
};
const s3 = { 'x-amz-server-side-encryption': 'AES256' };
const kms = (key: string): Record<string, string> => ({
  'x-amz-server-side-encryption': 'aws:kms',
  'x-amz-server-side-encryption-aws-kms-key-id': key,
});
const forged = { 'x-minio-replication-server-side-encryption-sealed-key': 'forged' };

describe('objects in trouble, on a real MinIO with KES', () => {
  const folder = testFolder();
  let stack: TestStack;
  let endpoint: S3Endpoint;
  let raw: SignedClient;
  let files = 0;

  const put = async (
    bucket: string,
    key: string,
    headers: Record<string, string> = {},
    body = `content of ${key}`,
  ): Promise<string | undefined> => (await raw.demand({ method: 'PUT', path: [bucket, key], headers, body })).headers['x-amz-version-id'];
  /** KES keeps a key for a second, and another under the same name is another key. */
  async function remake(...keys: string[]): Promise<void> {
    for (const key of keys) await stack.operator.deleteKey(key);
    for (const key of keys) await stack.operator.createKey(key);
    await new Promise((resolve) => setTimeout(resolve, 2500));
  }

  /** A run of the reader into a real store. */
  async function audit(
    buckets: string[],
    more: { versions?: boolean; user?: string; verifyAll?: boolean; onNews?: (news: ReaderNews) => void } = {},
  ) {
    const store = createStoreCalls(
      () => undefined,
      () => undefined,
    );
    await store.create(
      folder.file(`${++files}.db`),
      runningAudit(),
      buckets.map((name) => ({ name })),
    );
    const secretKey = endpoint.credentials.secretKey.reveal();
    const login =
      more.user === undefined
        ? { accessKey: endpoint.credentials.accessKey, secretKey }
        : { accessKey: more.user, secretKey: `${more.user}-password` };
    const order: ReadOrder = {
      endpoint: { url: endpoint.url, ca: [...endpoint.ca], ...login },
      method: 'list',
      prefix: '',
      versions: more.versions ?? false,
      options: { verifyAll: more.verifyAll ?? false },
      buckets,
      ranges: buckets.map((_, bucket) => ({ id: bucket, bucket, after: '', done: false })),
      phase: 'listing',
    };
    const reader = createReader(order, { client: createListingClient(order.endpoint), store, tell: more.onNews ?? (() => undefined) });
    expect(await reader.run()).toEqual({ finished: true });
    await store.arrange();
    const { rows } = await store.rows({ filter: { versions: 'all' }, sort: 'key', descending: false, offset: 0, limit: 500 });
    const result = { rows, keys: await store.keys(), gaps: await store.gaps() };
    await store.close();
    return result;
  }
  const states = (rows: readonly AuditRow[]): Record<string, string> =>
    Object.fromEntries(rows.map(({ key, state }) => [key, state ?? 'marker']));
  const row = (rows: readonly AuditRow[], key: string): AuditRow | undefined => rows.find((one) => one.key === key);

  beforeAll(async () => {
    stack = await startTestStack();
    for (const key of ['minio-default', 'minio-again', 'minio-gone']) await stack.operator.createKey(key);
    endpoint = await startMinio(stack);
    raw = createSignedClient(endpoint);
    for (const bucket of ['mixed', 'photos', 'keys', 'history', 'forged']) await raw.demand({ method: 'PUT', path: [bucket] });
    const versioning = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
    await raw.demand({ method: 'PUT', path: ['history'], query: { versioning: '' }, body: versioning });
    await put('mixed', 'a/bad one+ü%.bin', s3);
    await put('mixed', 'empty', s3, '');
    await put('mixed', 'folder/', s3, '');
    for (let at = 0; at < 80; at++) await put('photos', `2024/${(at * 37) % 80}-x.jpg`, s3);
    for (let at = 0; at < 5; at++) await put('keys', `again-${at}`, kms('minio-again'));
    for (let at = 0; at < 3; at++) await put('keys', `gone-${at}`, kms('minio-gone'));
    await put('keys', 'gone-empty', kms('minio-gone'), '');
    await put('history', 'newest', {}, 'plain, then bad');
    await put('history', 'newest', s3);
    await put('history', 'older', s3);
    await remake('minio-default', 'minio-again');
    await stack.operator.deleteKey('minio-gone');
    for (let at = 0; at < 40; at++) await put('mixed', `a/good-${at}`, s3);
    for (let at = 0; at < 4; at++) await put('keys', `again-${5 + at}`, kms('minio-again'));
    await put('mixed', 'plain');
    await put('mixed', 'customer', customer);
    await put('mixed', 'hostile', { 'x-amz-meta-a&b': 'v' });
    await put('history', 'older', {}, 'plain over bad');
    await put('history', 'z', s3);
    for (const size of [0, 5, 33, 1000]) await put('forged', `forged-${size}`, forged, 'x'.repeat(size));
    await put('forged', 'real', customer);
    await put('forged', 'plain');
    const policy = (resource: string, actions: string): string =>
      `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:ListBucket"],"Resource":["arn:aws:s3:::*"]}${resource === '' ? '' : `,{"Effect":"Allow","Action":[${actions}],"Resource":["arn:aws:s3:::${resource}"]}`}]}`;
    const { code } = await runWithMc(stack, [
      'mkdir -p .mc/certs/CAs && cp ../certs/ca.crt .mc/certs/CAs/',
      `mc -q alias set m ${endpoint.url} "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD"`,
      `printf '%s' '${policy('', '')}' > lister.json && mc -q admin policy create m lister lister.json`,
      `printf '%s' '${policy('keys/again-*', '"s3:GetObject"')}' > partly.json && mc -q admin policy create m partly partly.json`,
      ...['lister', 'partly'].map(
        (name) => `mc -q admin user add m ${name} ${name}-password && mc -q admin policy attach m ${name} --user ${name}`,
      ),
    ]);
    expect(code).toBe(0);
  }, 90_000);
  afterAll(async () => {
    await raw?.close();
    await stack?.stop();
    folder.remove();
  });

  it('tells the one SSE-S3 object whose key is another one now, and all others as ever', async () => {
    const { rows, gaps } = await audit(['mixed']);
    expect(gaps).toEqual([]);
    expect(rows.length).toBe(46);
    expect(states(rows)).toMatchObject({
      'a/bad one+ü%.bin': 'unreadable',
      'a/good-0': 'sse-s3',
      empty: 'sse-s3',
      'folder/': 'sse-s3',
      plain: 'plaintext',
      customer: 'sse-c',
      hostile: 'plaintext',
    });
    expect(row(rows, 'a/bad one+ü%.bin')).toMatchObject({
      size: 28,
      reason: { code: 'auditKeyDiffers', params: { answer: '400 kms:InvalidCiphertextException' } },
    });
  });

  it('names all of a bucket that fail, by their ending', async () => {
    const { rows, gaps } = await audit(['photos']);
    expect(gaps).toEqual([]);
    expect(rows.length).toBe(80);
    expect(rows.every(({ state }) => state === 'unreadable')).toBe(true);
  });

  it('keeps the versions around bad ones, and calls what it cannot see a gap', async () => {
    const { rows, gaps } = await audit(['history'], { versions: true });
    expect(rows.map(({ key, state, latest }) => `${key} ${state} ${latest}`)).toEqual([
      'newest unreadable true',
      'newest plaintext false',
      'older plaintext true',
      'z sse-s3 true',
    ]);
    expect(gaps).toMatchObject([{ bucket: 'history', after: 'older', to: 'older' }]);
  });

  it('tells forged objects from those that a customer sealed', async () => {
    const { rows, gaps } = await audit(['forged']);
    expect(gaps).toEqual([]);
    expect(states(rows)).toEqual({
      'forged-0': 'unreadable',
      'forged-5': 'unreadable',
      'forged-33': 'unreadable',
      'forged-1000': 'unreadable',
      real: 'sse-c',
      plain: 'plaintext',
    });
    expect(row(rows, 'forged-33')?.reason?.code).toBe('auditForged');
  });

  it('says by samples which keys open, and between which writes a key was made again', async () => {
    const { rows, keys } = await audit(['keys']);
    const of = (name: string) => keys.find(({ kmsKey }) => kmsKey === name);
    expect(of('minio-gone')?.opens).toMatchObject({ answer: 'no' });
    expect(states(rows)).toMatchObject({ 'gone-0': 'unreadable', 'gone-1': 'unreadable', 'gone-2': 'unreadable', 'gone-empty': 'sse-kms' });
    expect(row(rows, 'gone-1')).toMatchObject({ listed: 'sse-kms', opens: { answer: 'no', how: 'sample' } });
    expect(of('minio-again')).toMatchObject({ boundary: { fails: { key: 'again-4' }, works: { key: 'again-5' } } });
  });

  it('reads every one when asked to', async () => {
    const { rows } = await audit(['keys'], { verifyAll: true });
    for (const { key, state, opens } of rows.filter(({ key }) => key.startsWith('again'))) {
      const works = Number(key.slice(-1)) >= 5;
      expect({ key, state, opens }).toMatchObject({
        state: works ? 'sse-kms' : 'unreadable',
        opens: { answer: works ? 'yes' : 'no', how: 'read' },
      });
    }
  });

  it('names the permission that is missing, and takes what it may see', async () => {
    const lister = await audit(['keys'], { user: 'lister' });
    expect(lister.rows.length).toBe(13);
    expect(lister.rows.every(({ state, reason }) => state === 'unknown' && reason?.params?.permission === 's3:GetObject')).toBe(true);
    const partly = await audit(['keys'], { user: 'partly' });
    expect(states(partly.rows)).toMatchObject({ 'again-8': 'sse-kms', 'gone-0': 'unknown' });
  });

  // The last two take KES away, and its default key.
  it('waits while KES is stopped, says so, and ends with the same answer', async () => {
    const waits = new Set<string | undefined>();
    let stopped = false;
    await stack.kes.pause();
    const run = audit(['mixed'], {
      onNews: ({ waitsFor }) => {
        waits.add(waitsFor?.code);
        stopped ||= waitsFor !== undefined;
      },
    });
    await waitUntil(async () => stopped, 60_000);
    await stack.kes.goOn();
    const { rows, gaps } = await run;
    expect([...waits]).toContain('auditKesAway');
    expect(gaps).toEqual([]);
    expect(rows.length).toBe(46);
    expect(rows.filter(({ state }) => state === 'unreadable').length).toBe(1);
  });

  it('does not wait for a default key that is gone: it calls what it sealed unreadable', async () => {
    await stack.operator.deleteKey('minio-default');
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const waits = new Set<string | undefined>();
    const { rows, gaps } = await audit(['mixed'], { onNews: ({ waitsFor }) => waits.add(waitsFor?.code) });
    expect([...waits]).toEqual([undefined]);
    expect(gaps).toEqual([]);
    expect(states(rows)).toMatchObject({
      'a/good-0': 'unreadable',
      'a/good-39': 'unreadable',
      empty: 'sse-s3',
      plain: 'plaintext',
      customer: 'sse-c',
    });
    expect(row(rows, 'a/good-7')?.reason).toMatchObject({ code: 'auditKeyGone', params: { answer: '404 kms:KeyNotFound' } });
  });
});
