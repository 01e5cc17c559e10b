import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DenyMode, policyTries, type WhatWins, whatWins } from '../../../shared/buckets.ts';
import type { BucketRule } from '../../../shared/minio.ts';
import { createMinioAdmin } from '../../clients/minioAdmin/adminClient.ts';
import { makeBucket, removeBucket } from '../../clients/s3/bucketSettings.ts';
import { minioEndpoint, withS3 } from '../../clients/s3/forStack.ts';
import { runWithMc, startMinio, startTestStack, type TestStack } from '../../clients/s3/minio.testSupport.ts';
import { startNetwork } from '../../clients/s3/network.testSupport.ts';
import { createS3 } from '../../clients/s3/s3Client.ts';
import { assumeRole } from '../../clients/s3/sessionCredential.ts';
import { createSignedClient } from '../../clients/s3/signedClient.ts';
import { portAnswers } from '../../platform/ports.ts';
import { lookAt } from '../../platform/processLook.ts';
import { processStart } from '../../platform/processStart.ts';
import { applyRules } from './apply.ts';
import { bucketsOf, call, stackId, type TestBuckets } from './buckets.testSupport.ts';
import type { AuditCount } from './deps.ts';
import { listBuckets } from './list.ts';
import { removeAbandoned, serverOf } from './seconds.ts';
import { keepUndo } from './undos.ts';

const kesPaths = [
  ...['create', 'generate', 'decrypt', 'describe', 'delete'].map((verb) => `/v1/key/${verb}/minio-*`),
  '/v1/key/list/*',
  '/v1/status',
  '/v1/metrics',
];
const kms = (key: string): BucketRule => ({ kind: 'sse-kms', key });
/** Folders of second servers. */
const seconds = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('sealdeck-second-'));

describe('buckets, on a real MinIO with KES', () => {
  let stack: TestStack;
  let handlers: TestBuckets['handlers'];
  let jobs: TestBuckets['jobs'];
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
    stack = await startTestStack(kesPaths);
    await stack.operator.createKey('minio-default');
    await stack.operator.createKey('minio-other');
    await startMinio(stack);
    ({ handlers, jobs } = bucketsOf(stack, counts));
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

  it('the required header is added to a policy, and taken out again, without touching what others wrote', async () => {
    const others = {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'theirs',
          Effect: 'Allow',
          Principal: { AWS: ['*'] },
          // MinIO gives several actions back in another order each time.
          Action: ['s3:PutObject'],
          Resource: ['arn:aws:s3:::open/*'],
        },
      ],
    };
    const endpoint = await minioEndpoint(stack.context);
    const raw = createSignedClient(endpoint);
    await raw.demand({ method: 'PUT', path: ['open'], query: { policy: '' }, body: JSON.stringify(others) });
    const mode = { kind: 'anyHeader' } as const;
    const plan = await handlers['buckets.policyPlan']({ stackId, bucket: 'open', prefix: '', mode }, call);
    expect(plan.denied).toBe(false);
    expect(JSON.parse(plan.after).Statement).toHaveLength(2);
    const before = JSON.parse(plan.before ?? '') as typeof others;
    const set = await handlers['buckets.policySet']({ stackId, bucket: 'open', prefix: '', mode }, call);
    expect(set.denied).toBe(true);
    const now = JSON.parse(set.policy ?? '') as { Statement: { Sid?: string }[] };
    expect(now.Statement.find(({ Sid }) => Sid === 'theirs')).toEqual(before.Statement[0]);
    expect((await handlers['buckets.list']({ stackId }, call)).buckets.find(({ name }) => name === 'open')?.requiresHeader).toBe(true);
    // Set twice is set once; another mode replaces it.
    const other = await handlers['buckets.policySet'](
      { stackId, bucket: 'open', prefix: '', mode: { kind: 'sse-kms', key: 'minio-default' } },
      call,
    );
    expect((JSON.parse(other.policy ?? '') as { Statement: unknown[] }).Statement).toHaveLength(3);

    const anonymous = async (headers: Record<string, string>) =>
      (await raw.ask({ method: 'PUT', path: ['open', 'by-nobody'], headers, body: 'x', anonymous: true })).status;
    await handlers['buckets.policySet']({ stackId, bucket: 'open', prefix: '', mode }, call);
    expect(await anonymous({})).toBe(403);
    expect(await anonymous({ 'x-amz-server-side-encryption': 'AES256' })).toBe(200);
    // Why the plan also has a policy for users: this one does not bind them.
    const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['s3:*'], Resource: ['arn:aws:s3:::*'] }] };
    const user = createSignedClient(await assumeRole(endpoint, JSON.stringify(everything)));
    expect((await user.ask({ method: 'PUT', path: ['open', 'by-user'], body: 'x' })).status).toBe(200);
    await user.demand({ method: 'DELETE', path: ['open', 'by-user'] });
    await user.close();
    expect(JSON.parse(plan.forUsers).Statement[0]).not.toHaveProperty('Principal');
    const gone = await handlers['buckets.policySet']({ stackId, bucket: 'open', prefix: '', mode: { kind: 'none' } }, call);
    expect(gone).toMatchObject({ denied: false });
    expect(JSON.parse(gone.policy ?? '')).toEqual(before);
    expect(await anonymous({})).toBe(200);
    await raw.demand({ method: 'DELETE', path: ['open', 'by-nobody'] });
    await raw.demand({ method: 'DELETE', path: ['open'], query: { policy: '' } });
    await raw.close();
  });

  const tried = async (bucket: string, mode: DenyMode, prefix = ''): Promise<Record<string, string>> => {
    const { jobId } = await handlers['buckets.policyTry']({ stackId, bucket, prefix, mode }, call);
    const job = await jobs.wait(jobId);
    expect(job.error).toBeUndefined();
    const rows = policyTries.parse(job.result).tries;
    return Object.fromEntries(
      rows.map(({ what, wanted, got }) => [
        `${what.code} ${what.params?.key ?? ''}`.trim(),
        wanted === got ? got : `${got}, ${wanted} wanted`,
      ]),
    );
  };

  it.each<[DenyMode, Record<string, string>]>([
    [
      { kind: 'anyHeader' },
      {
        bucketTryS3: 'accepted',
        'bucketTryKms minio-default': 'accepted',
        'bucketTryKms minio-other': 'accepted',
        bucketTryKmsBare: 'accepted',
        bucketTryCustomer: 'accepted',
      },
    ],
    [
      { kind: 'sse-s3' },
      {
        bucketTryS3: 'accepted',
        'bucketTryKms minio-default': 'refused',
        'bucketTryKms minio-other': 'refused',
        bucketTryKmsBare: 'refused',
        bucketTryCustomer: 'refused',
      },
    ],
    [
      { kind: 'sse-kms', key: 'minio-other' },
      {
        bucketTryS3: 'refused',
        'bucketTryKms minio-other': 'accepted',
        'bucketTryKms minio-default': 'refused',
        bucketTryKmsBare: 'refused',
        bucketTryCustomer: 'refused',
      },
    ],
  ])('required %j: MinIO refuses what it shall, and parts without a header of their own too', async (mode, expected) => {
    expect(await tried('by-s3', mode)).toEqual({
      bucketTryBare: 'refused',
      ...expected,
      bucketTryPartsBare: 'refused',
      bucketTryPartsUsual: 'refused, accepted wanted',
      bucketTryPartsAll: 'accepted',
      bucketTryNobody: 'refused',
    });
    expect((await withS3(stack.context, (s3) => s3.listObjects('by-s3'))).objects).toEqual([]);
  });

  it('required below a prefix, also one of odd letters, MinIO refuses there and takes what is beside it', async () => {
    const prefix = 'a&b +ü/';
    const mode = { kind: 'sse-s3' } as const;
    const set = await handlers['buckets.policySet']({ stackId, bucket: 'open', prefix, mode }, call);
    expect(set.policy).toContain(`arn:aws:s3:::open/${prefix}*`);
    expect((await handlers['buckets.list']({ stackId }, call)).buckets.find(({ name }) => name === 'open')?.requiresHeader).toBe(false);
    expect((await handlers['buckets.policyPlan']({ stackId, bucket: 'open', prefix, mode }, call)).denied).toBe(true);
    expect(await tried('open', mode, prefix)).toMatchObject({
      bucketTryBare: 'refused',
      bucketTryBeside: 'accepted',
      bucketTryS3: 'accepted',
      bucketTryNobody: 'refused',
    });
    expect(await handlers['buckets.policySet']({ stackId, bucket: 'open', prefix, mode: { kind: 'none' } }, call)).toMatchObject({
      denied: false,
    });
  });

  it('the commands do the same with mc: a user with the policy uploads with a header only, and nothing in parts', async () => {
    const plan = await handlers['buckets.policyPlan']({ stackId, bucket: 'by-s3', prefix: '', mode: { kind: 'anyHeader' } }, call);
    const { folder } = stack.context;
    await folder.write('home/bucket-policy.json', plan.after, 0o600);
    await folder.write('home/user-policy.json', plan.forUsers, 0o600);
    const { url } = await minioEndpoint(stack.context);
    const tryIt = (say: string, line: string): string =>
      `if ${line} >/dev/null 2>&1; then echo ${say} accepted; else echo ${say} refused; fi`;
    const { code, output } = await runWithMc(stack, [
      ...plan.commands.slice(0, 2),
      'MINIO_USER=writer',
      'printf "writer\\nwriter-secret\\n" | mc admin user add sealdeck',
      'mc admin policy attach sealdeck readwrite --user writer',
      ...plan.commands.slice(2),
      `printf 'writer\\nwriter-secret\\n' | mc alias set user ${url}`,
      'printf small > small; head -c 20000000 /dev/zero > big',
      tryIt('bare', 'mc cp small user/by-s3/'),
      tryIt('header', 'mc cp --enc-s3 user/by-s3 small user/by-s3/'),
      tryIt('parts', 'mc cp --enc-s3 user/by-s3 big user/by-s3/'),
      'mc anonymous get-json sealdeck/by-s3',
      'mc rm --recursive --force sealdeck/by-s3; mc rm --incomplete --recursive --force sealdeck/by-s3 || true',
    ]);
    expect(code).toBe(0);
    expect(output).toMatch(/bare refused\s+header accepted\s+parts refused/);
    expect(output).toContain('SealdeckRequireEncryption');
    await handlers['buckets.policySet']({ stackId, bucket: 'by-s3', prefix: '', mode: { kind: 'none' } }, call);
  });

  it('nothing is written to a bucket that would lock it for ever', async () => {
    const bare = await tried('kept', { kind: 'anyHeader' });
    expect(bare.bucketTryNobody).toBeUndefined();
    expect(bare.bucketTryBare).toBe('refused');
    expect((await withS3(stack.context, (s3) => s3.listObjects('kept'))).objects).toEqual([]);
    expect((await handlers['buckets.list']({ stackId }, call)).buckets.map(({ name }) => name)).toEqual(['bare', 'by-s3', 'kept', 'open']);
  });

  it('a scratch bucket that a kill left behind is removed by the next try', async () => {
    await withS3(stack.context, (s3) => s3.createBucket('sealdeck-try-0123456789'));
    await stack.raw('PUT', ['sealdeck-try-0123456789', 'try-0'], {}, 'x');
    await stack.context.folder.write('buckets/scratch.json', '["sealdeck-try-0123456789"]', 0o600);
    await tried('by-s3', { kind: 'sse-s3' });
    expect(await withS3(stack.context, (s3) => s3.bucketExists('sealdeck-try-0123456789'))).toBe(false);
    expect(await stack.context.folder.read('buckets/scratch.json')).toBeUndefined();
  });

  it('two tries at once leave each other’s scratch bucket alone, and nothing behind', async () => {
    const first = tried('by-s3', { kind: 'anyHeader' });
    const names = () => withS3(stack.context, async (s3) => (await s3.listBuckets()).map(({ name }) => name).join());
    await expect.poll(names, { interval: 5, timeout: 10_000 }).toContain('sealdeck-try-');
    const [one, other] = await Promise.all([first, tried('open', { kind: 'sse-s3' })]);
    expect([one.bucketTryBare, one.bucketTryS3, one.bucketTryPartsAll]).toEqual(['refused', 'accepted', 'accepted']);
    expect([other.bucketTryBare, other.bucketTryS3, other.bucketTryPartsAll]).toEqual(['refused', 'accepted', 'accepted']);
    expect(await stack.context.folder.read('buckets/scratch.json')).toBeUndefined();
    expect((await handlers['buckets.list']({ stackId }, call)).buckets.map(({ name }) => name)).toEqual(['bare', 'by-s3', 'kept', 'open']);
  });

  it('what a try left is removed only when its engine is gone, and nothing else is in it', async () => {
    const [gone, running, others] = ['00', '11', '22'].map((two) => `sealdeck-try-${two.repeat(10)}`);
    const raw = createSignedClient(await minioEndpoint(stack.context));
    for (const bucket of [gone, running, others]) await makeBucket(raw, String(bucket));
    await stack.raw('PUT', [String(others), 'letters.txt'], {}, 'somebody’s');
    const start = await processStart(process.ppid);
    const noted = [
      { bucket: gone, pid: process.pid, start: 'another start' },
      { bucket: running, pid: process.ppid, start },
      { bucket: others, pid: process.pid, start: 'another start' },
    ];
    await stack.context.folder.write('buckets/scratch.json', JSON.stringify(noted), 0o600);
    await tried('by-s3', { kind: 'sse-s3' });
    const there = await withS3(stack.context, async (s3) =>
      Promise.all([gone, running, others].map((name) => s3.bucketExists(String(name)))),
    );
    expect(there).toEqual([false, true, true]);
    expect(await stack.context.folder.read('buckets/scratch.json')).toContain(`"${running}"`);
    await stack.raw('DELETE', [String(others), 'letters.txt'], {}, '');
    for (const bucket of [running, others]) await removeBucket(raw, String(bucket));
    await raw.close();
    await stack.context.folder.remove('buckets/scratch.json');
  });

  it('what wins is tried with both settings of automatic encryption; SSE-C asks KES for nothing', async () => {
    const { jobId } = await handlers['buckets.whatWins']({ stackId }, call);
    const job = await jobs.wait(jobId);
    expect(job.error).toBeUndefined();
    const found = whatWins.parse(job.result);
    const state = (automatic: boolean): string[] =>
      found.cells
        .filter(({ autoEncryption }) => autoEncryption === automatic)
        .map(({ rule, header, found: as, kesCalls }) => `${rule} + ${header}: ${as?.state ?? '?'} ${as?.key ?? ''} ${kesCalls}`);
    const given = (rule: string): string[] => [
      `${rule} + AES256: sse-s3  1`,
      `${rule} + aws:kms: sse-kms minio-default 1`,
      `${rule} + sse-c: sse-c  0`,
    ];
    const ruled = ['sse-s3 + none: sse-s3  1', ...given('sse-s3'), 'sse-kms + none: sse-kms minio-other 1', ...given('sse-kms')];
    expect(state(false)).toEqual(['none + none: plaintext  0', ...given('none'), ...ruled]);
    expect(state(true)).toEqual(['none + none: sse-kms minio-default 1', ...given('none'), ...ruled]);
    expect(found.kesCounts).toBe(true);
    expect((await handlers['buckets.whatWon']({ stackId }, call)).last).toEqual(found satisfies WhatWins);
    // Neither its buckets nor the second server are left.
    expect((await handlers['buckets.list']({ stackId }, call)).buckets.map(({ name }) => name)).toEqual(['bare', 'by-s3', 'kept', 'open']);
    expect(await seconds()).toEqual([]);
    expect(await stack.context.folder.read('buckets/scratch.json')).toBeUndefined();
  });

  it('the second server ends, and its folder goes, also when the engine is killed beside it', async () => {
    const { folder, servers, stack: document } = stack.context;
    const facts = { root: folder.path('.'), stack: document, binary: await servers.binary('minio') };
    const child = spawn(process.execPath, [join(import.meta.dirname, 'secondMinioChild.testSupport.ts')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.end(JSON.stringify(facts));
    const [url] = (await once(child.stdout, 'data')) as [Buffer];
    const { hostname, port } = new URL(String(url).trim());
    expect(await portAnswers(hostname, Number(port))).toBe(true);
    child.kill('SIGKILL');
    await expect.poll(() => portAnswers(hostname, Number(port)), { timeout: 20_000 }).toBe(false);
    await expect.poll(seconds, { timeout: 20_000 }).toEqual([]);
  });

  it('what a killed engine and its killed keeper left ends at the next start; what another engine uses goes on', async () => {
    const { folder, servers, stack: document } = stack.context;
    const facts = { root: folder.path('.'), stack: document, binary: await servers.binary('minio') };
    const start = async () => {
      const before = new Set(await seconds());
      const child = spawn(process.execPath, [join(import.meta.dirname, 'secondMinioChild.testSupport.ts')], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      child.stdin.end(JSON.stringify(facts));
      const [url] = (await once(child.stdout, 'data')) as [Buffer];
      const { hostname, port } = new URL(String(url).trim());
      const name = (await seconds()).find((one) => !before.has(one)) ?? '';
      return { child, name, answers: () => portAnswers(hostname, Number(port)) };
    };
    const [killed, other] = [await start(), await start()];
    const server = await serverOf(join(tmpdir(), killed.name));
    if (!server || server === 'gone') throw new Error('no server was noted');
    // The shell that keeps it leads its process group.
    const { group = 0 } = (await lookAt(server.pid)) ?? {};
    process.kill(group, 'SIGKILL');
    killed.child.kill('SIGKILL');
    await once(killed.child, 'exit');
    expect(await killed.answers()).toBe(true);
    await removeAbandoned();
    expect([await killed.answers(), await other.answers()]).toEqual([false, true]);
    expect(await seconds()).toEqual([other.name]);
    other.child.kill('SIGKILL');
    await expect.poll(seconds, { timeout: 20_000 }).toEqual([]);
  });
});
