import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withListing, withObjectClient } from '../../clients/s3/forStack.ts';
import { startMinio, startTestStack, type TestStack } from '../../clients/s3/minio.testSupport.ts';
import type { Encrypt } from '../../clients/s3/objectTypes.ts';
import { assumeRole } from '../../clients/s3/sessionCredential.ts';
import { createSignedClient, type S3Endpoint, type SignedClient } from '../../clients/s3/signedClient.ts';
import { createJobRunner } from '../../jobs/jobRunner.ts';
import type { DomainDeps } from '../../jobs/step.ts';
import type { Log } from '../../platform/log.ts';
import { createBrowsing } from './browsing.ts';
import { bucketHeadOf } from './bucketHead.ts';
import { listForPeople } from './list.ts';

const kinds = {
  plain: { kind: 'rule' },
  s3: { kind: 'sse-s3' },
  kms: { kind: 'sse-kms', key: 'minio-second' },
} as const satisfies Record<string, Encrypt>;

describe('looking into buckets and removing, on a real MinIO with KES', () => {
  let stack: TestStack;
  let raw: SignedClient;
  let endpoint: S3Endpoint;
  let handlers: ReturnType<typeof createBrowsing>;
  const events: unknown[] = [];
  const publish: DomainDeps['publish'] = (name, payload) => void (name === 'objects.changed' && events.push(payload));
  const log: Log = { info: () => undefined, error: (event, fields) => console.error(event, fields) };
  const jobs = createJobRunner(publish, log);
  const call = { signal: new AbortController().signal, host: 'cli' as const };
  const place = { stackId: 'test', prefix: '', versions: false, folders: true };

  const put = (bucket: string, key: string, encrypt: Encrypt = kinds.plain, body = key): Promise<unknown> =>
    withObjectClient(stack.context, (client) => client.put({ bucket, key }, Buffer.from(body), { encrypt }));

  beforeAll(async () => {
    stack = await startTestStack();
    for (const key of ['minio-default', 'minio-second']) await stack.operator.createKey(key);
    endpoint = await startMinio(stack);
    raw = createSignedClient(endpoint);
    for (const bucket of ['plain', 'versioned', 'many']) await raw.demand({ method: 'PUT', path: [bucket] });
    await raw.demand({ method: 'PUT', path: ['locked'], headers: { 'x-amz-bucket-object-lock-enabled': 'true' } });
    const on = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
    await raw.demand({ method: 'PUT', path: ['versioned'], query: { versioning: '' }, body: on });
    handlers = createBrowsing({ open: async () => stack.context, publish, jobs, log });
    await withObjectClient(stack.context, async (client) => {
      const names = Array.from({ length: 230 }, (_, at) => `${at % 10 === 0 ? 'Report' : 'scan'}-${String(at).padStart(4, '0')}.txt`);
      for (const key of [...names, 'deep/a/report.txt', 'deep/b/x'])
        await client.put({ bucket: 'many', key }, Buffer.from('x'), { encrypt: kinds.plain });
    });
  });
  afterAll(async () => {
    await raw?.close();
    await stack?.stop();
  });

  it('pages follow one another, and together are all there is', async () => {
    const names: string[] = [];
    const folders: string[] = [];
    let token: string | undefined;
    let pages = 0;
    do {
      const page = await handlers['objects.list']({ ...place, bucket: 'many', limit: 100, ...(token ? { token } : {}) }, call);
      names.push(...page.objects.map(({ key }) => key));
      folders.push(...page.prefixes);
      token = page.next;
      pages++;
    } while (token);
    expect(names).toHaveLength(230);
    expect(new Set(names).size).toBe(230);
    expect(folders).toEqual(['deep/']);
    expect(pages).toBe(3);
  });

  it('a search finds names below the prefix whatever the case of letters, in folders too', async () => {
    const search = { ...place, bucket: 'many', folders: false, contains: 'REPORT' };
    const all = await handlers['objects.list'](search, call);
    expect(all.objects).toHaveLength(24);
    expect(all.objects.map(({ key }) => key)).toContain('deep/a/report.txt');
    expect(all.scanned).toBe(232);
    // The prefix itself is not searched.
    const below = await handlers['objects.list']({ ...search, prefix: 'deep/', contains: 'deep' }, call);
    expect(below.objects).toEqual([]);
  });

  it('a token of somebody’s making is refused', async () => {
    const listing = handlers['objects.list']({ ...place, bucket: 'many', token: 'e30' }, call);
    await expect(listing).rejects.toMatchObject({ code: 'invalidInput' });
  });

  it('versions are listed with their states, latest first, and delete markers as such', async () => {
    await put('versioned', 'a', kinds.plain);
    await put('versioned', 'a', kinds.s3);
    await put('versioned', 'a', kinds.kms);
    await put('versioned', 'gone', kinds.kms);
    await handlers['objects.remove']({ stackId: 'test', bucket: 'versioned', key: 'gone' }, call);
    const { objects } = await handlers['objects.list']({ ...place, bucket: 'versioned', versions: true }, call);
    expect(objects.map(({ key, encryption, latest, deleteMarker }) => [key, encryption, latest, deleteMarker ?? false])).toEqual([
      ['a', { state: 'sse-kms', key: 'minio-second' }, true, false],
      ['a', { state: 'sse-s3' }, false, false],
      ['a', { state: 'plaintext' }, false, false],
      ['gone', { state: 'notRead' }, true, true],
      ['gone', { state: 'sse-kms', key: 'minio-second' }, false, false],
    ]);
    expect(new Set(objects.map(({ versionId }) => versionId)).size).toBe(5);
    const current = await handlers['objects.list']({ ...place, bucket: 'versioned' }, call);
    expect(current.objects.map(({ key, versionId }) => [key, versionId])).toEqual([['a', undefined]]);
  });

  it('pages of versions may end inside a name', async () => {
    const seen: string[] = [];
    let token: string | undefined;
    do {
      const page = await handlers['objects.list'](
        { ...place, bucket: 'versioned', versions: true, limit: 2, ...(token ? { token } : {}) },
        call,
      );
      seen.push(...page.objects.map(({ versionId }) => versionId ?? ''));
      token = page.next;
    } while (token);
    expect(new Set(seen).size).toBe(5);
    expect(seen).toHaveLength(5);
  });

  it('removing tells a delete marker from a version for good, and a removed marker brings the object back', async () => {
    await put('versioned', 'back', kinds.kms, 'content');
    const remove = (versionId?: string) =>
      handlers['objects.remove']({ stackId: 'test', bucket: 'versioned', key: 'back', ...(versionId ? { versionId } : {}) }, call);
    expect(await remove()).toEqual({ deleteMarker: true });
    const list = { ...place, bucket: 'versioned', prefix: 'back', versions: true };
    const [marker] = (await handlers['objects.list'](list, call)).objects;
    expect(marker).toMatchObject({ deleteMarker: true, latest: true });
    expect(await remove(marker?.versionId)).toEqual({ deleteMarker: false });
    const [version, ...none] = (await handlers['objects.list'](list, call)).objects;
    expect([version?.latest, none]).toEqual([true, []]);
    expect(await remove(version?.versionId)).toEqual({ deleteMarker: false });
    expect((await handlers['objects.list'](list, call)).objects).toEqual([]);
    expect(stack.journal.map(({ code }) => code)).toContain('objectDidMark');
    expect(events).toContainEqual({ stackId: 'test', bucket: 'versioned' });
  });

  it('many are removed whatever becomes of some: what is locked stays, and is named', async () => {
    const lock = { mode: 'COMPLIANCE' as const, until: new Date(Date.now() + 3_600_000).toISOString() };
    const held = await withObjectClient(stack.context, async (client) => {
      await client.put({ bucket: 'locked', key: 'free' }, Buffer.from('x'), { encrypt: kinds.kms });
      return client.put({ bucket: 'locked', key: 'held' }, Buffer.from('x'), { encrypt: kinds.kms, lock });
    });
    const { objects } = await handlers['objects.list']({ ...place, bucket: 'locked', versions: true }, call);
    const doomed = objects.map(({ key, versionId = '' }) => ({ key, versionId }));
    const { jobId } = await handlers['objects.removeMany']({ stackId: 'test', bucket: 'locked', objects: doomed }, call);
    expect(await jobs.wait(jobId)).toMatchObject({
      state: 'succeeded',
      result: { removed: 1, markers: 0, failures: 1, failed: [{ key: 'held', error: { code: 'objectLocked' } }] },
    });
    const left = await handlers['objects.list']({ ...place, bucket: 'locked', versions: true }, call);
    expect(left.objects.map(({ versionId }) => versionId)).toEqual([held.versionId]);
  });

  it('a bucket’s head tells rule, versions, lock with its retention, and quota', async () => {
    const lock = `<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>7</Days></DefaultRetention></Rule></ObjectLockConfiguration>`;
    await raw.demand({ method: 'PUT', path: ['locked'], query: { 'object-lock': '' }, body: lock });
    const body = JSON.stringify({ quota: 10_485_760, size: 10_485_760, quotatype: 'hard' });
    await raw.demand({ method: 'PUT', path: ['minio', 'admin', 'v3', 'set-bucket-quota'], query: { bucket: 'locked' }, body });
    expect(await handlers['objects.bucket']({ stackId: 'test', bucket: 'locked' }, call)).toMatchObject({
      bucket: 'locked',
      rule: { value: { kind: 'none' } },
      versioning: { value: 'on' },
      lock: { value: { on: true, mode: 'GOVERNANCE', days: 7 } },
      quota: { value: 10_485_760 },
    });
    expect(await handlers['objects.bucket']({ stackId: 'test', bucket: 'plain' }, call)).toMatchObject({
      versioning: { value: 'off' },
      lock: { value: { on: false } },
      quota: { value: 0 },
    });
  });

  it('each part of the head that may not be read says so by itself', async () => {
    const statement = { Effect: 'Allow', Action: ['s3:GetEncryptionConfiguration'], Resource: ['arn:aws:s3:::plain'] };
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    const head = await bucketHeadOf(await assumeRole(endpoint, policy), 'plain');
    expect(head.rule.value).toEqual({ kind: 'none' });
    for (const part of [head.versioning, head.lock, head.quota, head.usage])
      expect(part.error).toMatchObject({ code: 'minioAccessDenied' });
  });

  // Last: it takes the key away.
  it('objects before the one that blocks a listing are shown, with the reason', async () => {
    for (const key of ['a', 'b', 'c']) await put('plain', key, kinds.kms);
    await put('plain', 'd-sealed', kinds.s3);
    await put('plain', 'e', kinds.kms);
    await stack.operator.deleteKey('minio-default');
    const page = await withListing(stack.context, (client) => listForPeople(client, { ...place, bucket: 'plain' }));
    expect(page.objects.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    expect(page.next).toBeUndefined();
    expect(page.blocked).toMatchObject({ code: 'kmsKeyNotFound' });
  });
});
