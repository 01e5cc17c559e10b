import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BucketRule } from '../../../shared/minio.ts';
import { createMinioAdmin } from '../../clients/minioAdmin/adminClient.ts';
import { removeBucket } from '../../clients/s3/bucketSettings.ts';
import { minioEndpoint, withS3 } from '../../clients/s3/forStack.ts';
import { runWithMc, type TestStack } from '../../clients/s3/minio.testSupport.ts';
import { startNetwork } from '../../clients/s3/network.testSupport.ts';
import { createS3 } from '../../clients/s3/s3Client.ts';
import { assumeRole } from '../../clients/s3/sessionCredential.ts';
import { createSignedClient } from '../../clients/s3/signedClient.ts';
import { applyRules } from './apply.ts';
import { call, stackId, startBuckets, type TestBuckets } from './buckets.testSupport.ts';
import type { AuditCount } from './deps.ts';
import { listBuckets } from './list.ts';
import { keepUndo } from './undos.ts';

const kms = (key: string): BucketRule => ({ kind: 'sse-kms', key });
describe('buckets, on a real MinIO with KES', () => {
  let stack: TestStack;
  let handlers: TestBuckets['handlers'];
  const counts = new Map<string, AuditCount>([
    [
      'bare',
      {
        auditId: '20261122T000000-00000000',
        at: '2026-11-22T00:00:00Z',
        current: { objects: [3, 0, 0, 0, 1, 0], bytes: [30, 0, 0, 0, 1, 0] },
      },
    ],
  ]);

  beforeAll(async () => {
    ({ stack, handlers } = await startBuckets(counts));
    await withS3(stack.context, async (s3) => {
      for (const bucket of ['bare', 'by-s3', 'open']) await s3.createBucket(bucket);
      await s3.setBucketRule('by-s3', { kind: 'sse-s3' });
    });
  });
  afterAll(() => stack?.stop());

  const ruleOf = (bucket: string) => withS3(stack.context, async (s3) => (await s3.bucketRule(bucket)).rule);

  it('a bucket is made with rule, versions and lock, or not at all', async () => {
    const made = await handlers['buckets.create'](
      { stackId, bucket: 'kept', rule: kms('minio-other'), versioning: true, lock: true },
      call,
    );
    expect(made).toMatchObject({ name: 'kept', rule: kms('minio-other'), versioning: 'on', lock: {}, requiresHeader: false, errors: [] });
    const again = handlers['buckets.create']({ stackId, bucket: 'kept', rule: { kind: 'none' }, versioning: false, lock: false }, call);
    await expect(again).rejects.toMatchObject({ code: 'bucketNameTaken' });
    const noKey = handlers['buckets.create']({ stackId, bucket: 'never', rule: kms('minio-absent'), versioning: false, lock: false }, call);
    await expect(noKey).rejects.toMatchObject({ code: 'minioKeyFails' });
    expect(await withS3(stack.context, (s3) => s3.bucketExists('never'))).toBe(false);
  });

  it('the grid has rule, versions, lock with its retention, and the share of plaintext of the last audit', async () => {
    const { code } = await runWithMc(stack, [
      `printf '%s\\n' "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD" | mc --insecure alias set t ${(await minioEndpoint(stack.context)).url}`,
      'mc --insecure retention set --default GOVERNANCE 30d t/kept',
    ]);
    expect(code).toBe(0);
    const { buckets, kms: kind } = await handlers['buckets.list']({ stackId }, call);
    expect(buckets.map(({ name }) => name)).toEqual(['bare', 'by-s3', 'kept', 'open']);
    expect(buckets[0]).toMatchObject({
      rule: { kind: 'none' },
      versioning: 'off',
      plaintext: { objects: 3, bytes: 30, share: 0.75 },
      errors: [],
    });
    expect(buckets[0]?.lock).toBeUndefined();
    expect(buckets[2]).toMatchObject({ lock: { mode: 'GOVERNANCE', days: 30 }, versioning: 'on' });
    expect(kind).toMatchObject({ kind: 'kes', defaultKey: 'minio-default', autoEncryption: false, says: { code: 'bucketKmsKes' } });
  });

  it('what a credential may not read is absent, with its error', async () => {
    const policy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['s3:ListAllMyBuckets', 's3:GetBucketVersioning'], Resource: ['arn:aws:s3:::*'] }],
    };
    const endpoint = await assumeRole(await minioEndpoint(stack.context), JSON.stringify(policy));
    const minio = { endpoint, s3: createS3(endpoint), raw: createSignedClient(endpoint), admin: createMinioAdmin(endpoint) };
    const [first, , kept] = await listBuckets(minio, new Map());
    expect(first).toMatchObject({ name: 'bare', versioning: 'off' });
    expect(first?.rule).toBeUndefined();
    // Rule and policy; without versions there is no object lock to be asked for.
    expect(first?.errors.map(({ code }) => code)).toEqual(['minioAccessDenied', 'minioAccessDenied']);
    expect(kept?.errors).toHaveLength(3);
    await Promise.all([minio.s3.close(), minio.raw.close(), minio.admin.close()]);
  });

  it('a plan says what changes, whether the key works, what stays, and the commands do the same with mc', async () => {
    const rule = kms('minio-other');
    const plan = await handlers['buckets.plan']({ stackId, buckets: ['bare', 'by-s3'], rule }, call);
    expect(plan.changes).toEqual([
      { bucket: 'bare', from: { kind: 'none' }, to: rule },
      { bucket: 'by-s3', from: { kind: 'sse-s3' }, to: rule },
    ]);
    expect(plan.keyWorks).toMatchObject({ ok: true });
    expect(plan.stays).toEqual([{ bucket: 'bare', objects: 3, auditId: '20261122T000000-00000000' }]);
    expect(plan.doesNot).toContainEqual({ code: 'bucketLeavesPlain', params: { count: 3 } });
    expect(plan.doesNot).toContainEqual({ code: 'bucketLeavesUnread', params: { count: 1 } });
    expect(await ruleOf('bare')).toEqual({ kind: 'none' });
    expect((await runWithMc(stack, plan.commands)).code).toBe(0);
    expect([await ruleOf('bare'), await ruleOf('by-s3')]).toEqual([rule, rule]);
    const back = await handlers['buckets.plan']({ stackId, buckets: ['bare'], rule: { kind: 'none' } }, call);
    expect(back.keyWorks).toBeUndefined();
    expect((await runWithMc(stack, back.commands)).code).toBe(0);
    expect(await ruleOf('bare')).toEqual({ kind: 'none' });
    await withS3(stack.context, (s3) => s3.setBucketRule('by-s3', { kind: 'sse-s3' }));
    const bad = await handlers['buckets.plan']({ stackId, buckets: ['bare'], rule: kms('minio-absent') }, call);
    expect(bad.keyWorks).toMatchObject({ ok: false, error: { code: 'minioKeyFails' } });
  });

  it('a plan is applied, read back and undone; a rule that moved since then is left alone', async () => {
    const { changes } = await handlers['buckets.plan']({ stackId, buckets: ['bare', 'by-s3', 'open'], rule: kms('minio-default') }, call);
    await withS3(stack.context, (s3) => s3.setBucketRule('open', { kind: 'sse-s3' }));
    const { results, undo = '' } = await handlers['buckets.apply']({ stackId, changes }, call);
    expect(results).toMatchObject([
      { bucket: 'bare', found: kms('minio-default') },
      { bucket: 'by-s3', found: kms('minio-default') },
      { bucket: 'open', error: { code: 'bucketRuleMoved', details: { found: 'SSE-S3' } } },
    ]);
    expect(await ruleOf('open')).toEqual({ kind: 'sse-s3' });
    const { undos } = await handlers['buckets.undos']({ stackId }, call);
    expect(undos[0]).toMatchObject({ id: undo, changes: [{ bucket: 'bare' }, { bucket: 'by-s3' }] });
    expect(stack.journal.slice(-2).map(({ code }) => code)).toEqual(['bucketDidRule', 'bucketDidRule']);

    await withS3(stack.context, (s3) => s3.setBucketRule('by-s3', kms('minio-other')));
    const undone = await handlers['buckets.undo']({ stackId, id: undo }, call);
    expect(undone.results).toMatchObject([
      { bucket: 'bare', found: { kind: 'none' } },
      { bucket: 'by-s3', error: { code: 'bucketRuleMoved' } },
    ]);
    expect(await ruleOf('by-s3')).toEqual(kms('minio-other'));
    // What could not be put back stays on offer; the rest is gone.
    expect((await handlers['buckets.undos']({ stackId }, call)).undos[0]?.changes).toMatchObject([{ bucket: 'by-s3' }]);
    await withS3(stack.context, (s3) => s3.setBucketRule('by-s3', kms('minio-default')));
    expect((await handlers['buckets.undo']({ stackId, id: undo }, call)).results).toMatchObject([{ found: { kind: 'sse-s3' } }]);
    await expect(handlers['buckets.undo']({ stackId, id: undo }, call)).rejects.toMatchObject({ code: 'bucketUndoUnknown' });
  });

  it('a rule that was set, though its answer was lost, is undone', async () => {
    const endpoint = await minioEndpoint(stack.context);
    const network = await startNetwork(Number(new URL(endpoint.url).port));
    const s3 = createS3({ ...endpoint, url: `https://127.0.0.1:${network.port}` });
    const to = kms('minio-other');
    const direct: typeof s3 = {
      ...s3,
      async setBucketRule(...of) {
        // Until the connection of the look before is free: a new one could not be opened without answers.
        await sleep(100);
        network.loseAnswers();
        void expect
          .poll(() => ruleOf('bare'), { timeout: 20_000 })
          .toEqual(to)
          .then(network.cut, network.cut);
        return s3.setBucketRule(...of);
      },
    };
    try {
      const { results, undo = '' } = await applyRules(stack.context, direct, [{ bucket: 'bare', from: { kind: 'none' }, to }]);
      expect(results).toMatchObject([{ bucket: 'bare', error: { code: expect.stringMatching(/^network/) as string } }]);
      expect(await ruleOf('bare')).toEqual(to);
      expect((await handlers['buckets.undo']({ stackId, id: undo }, call)).results).toEqual([{ bucket: 'bare', found: { kind: 'none' } }]);
      expect(await ruleOf('bare')).toEqual({ kind: 'none' });
    } finally {
      await s3.close();
      await network.stop();
    }
  });

  it('a bucket that is deleted before its rule is put back is told, and not offered again', async () => {
    await withS3(stack.context, (s3) => s3.createBucket('short-lived'));
    const changes = ['short-lived', 'bare'].map((bucket) => ({ bucket, from: { kind: 'none' as const }, to: kms('minio-other') }));
    const { undo = '' } = await handlers['buckets.apply']({ stackId, changes }, call);
    const raw = createSignedClient(await minioEndpoint(stack.context));
    await removeBucket(raw, 'short-lived');
    await raw.close();
    expect((await handlers['buckets.undo']({ stackId, id: undo }, call)).results).toMatchObject([
      { bucket: 'short-lived', error: { code: 'bucketMissing' } },
      { bucket: 'bare', found: { kind: 'none' } },
    ]);
    expect((await handlers['buckets.undos']({ stackId }, call)).undos).toEqual([]);
  });

  it('a change that a kill cut in the middle is undone where it came to', async () => {
    // As the disk is then: the record names both, and only the first was set.
    const id = '20261122T010101-0a0b0c0d';
    const to = kms('minio-other');
    const changes = [
      { bucket: 'bare', from: { kind: 'none' as const }, to },
      { bucket: 'by-s3', from: { kind: 'sse-s3' as const }, to },
    ];
    await keepUndo(stack.context.folder, { id, at: '2026-11-22T01:01:01Z', changes });
    await withS3(stack.context, (s3) => s3.setBucketRule('bare', to));
    const { results } = await handlers['buckets.undo']({ stackId, id }, call);
    expect(results).toEqual([
      { bucket: 'bare', found: { kind: 'none' } },
      { bucket: 'by-s3', found: { kind: 'sse-s3' } },
    ]);
    expect((await handlers['buckets.undos']({ stackId }, call)).undos).toEqual([]);
  });
});
