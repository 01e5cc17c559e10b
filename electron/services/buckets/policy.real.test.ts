import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DenyMode } from '../../../shared/buckets.ts';
import { minioEndpoint, withS3 } from '../../clients/s3/forStack.ts';
import { runWithMc, type TestStack } from '../../clients/s3/minio.testSupport.ts';
import { assumeRole } from '../../clients/s3/sessionCredential.ts';
import { createSignedClient } from '../../clients/s3/signedClient.ts';
import { call, stackId, startBuckets, type TestBuckets } from './buckets.testSupport.ts';
import { denyStatements } from './denyPolicy.ts';

describe('requiring encryption by a policy, on a real MinIO with KES', () => {
  let stack: TestStack;
  let handlers: TestBuckets['handlers'];
  let tried: Awaited<ReturnType<typeof startBuckets>>['tried'];
  let names: () => Promise<string[]>;
  beforeAll(async () => {
    ({ stack, handlers, tried, names } = await startBuckets());
    await withS3(stack.context, async (s3) => {
      for (const bucket of ['by-s3', 'open']) await s3.createBucket(bucket);
      await s3.setBucketRule('by-s3', { kind: 'sse-s3' });
    });
    await handlers['buckets.create']({ stackId, bucket: 'kept', rule: { kind: 'none' }, versioning: true, lock: true }, call);
  });
  afterAll(() => stack?.stop());

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
    expect(plan).toMatchObject({ denied: false, same: false });
    expect(JSON.parse(plan.after).Statement).toHaveLength(2);
    const before = JSON.parse(plan.before ?? '') as typeof others;
    const set = await handlers['buckets.policySet']({ stackId, bucket: 'open', prefix: '', mode }, call);
    expect(set.denied).toBe(true);
    const now = JSON.parse(set.policy ?? '') as { Statement: { Sid?: string }[] };
    const again = (wanted: DenyMode) => handlers['buckets.policyPlan']({ stackId, bucket: 'open', prefix: '', mode: wanted }, call);
    expect(await again(mode)).toMatchObject({ denied: true, same: true });
    expect(await again({ kind: 'sse-s3' })).toMatchObject({ denied: true, same: false });
    expect(now.Statement.find(({ Sid }) => Sid === 'theirs')).toEqual(before.Statement[0]);
    expect((await handlers['buckets.list']({ stackId }, call)).buckets.find(({ name }) => name === 'open')?.requiresHeader).toBe(true);
    // Set twice is set once; another mode replaces it.
    const other = await handlers['buckets.policySet'](
      { stackId, bucket: 'open', prefix: '', mode: { kind: 'sse-kms', key: 'minio-default' } },
      call,
    );
    expect((JSON.parse(other.policy ?? '') as { Statement: unknown[] }).Statement).toHaveLength(3);
    expect((await again({ kind: 'sse-kms', key: 'minio-default' })).same).toBe(true);

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
    expect(plan.commands.slice(3)).toEqual(plan.userCommands);
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
    expect(await names()).toEqual(['by-s3', 'kept', 'open']);
  });

  it('a change of a policy is put back as it was, and not where somebody changed it since', async () => {
    const raw = createSignedClient(await minioEndpoint(stack.context));
    const policy = async (): Promise<unknown> => {
      const answer = await raw.ask({ method: 'GET', path: ['open'], query: { policy: '' } });
      return answer.status === 404 ? undefined : JSON.parse(answer.text());
    };
    const put = (statements: unknown[]) =>
      raw.demand({
        method: 'PUT',
        path: ['open'],
        query: { policy: '' },
        body: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
      });
    const set = (mode: DenyMode | { kind: 'none' }) => handlers['buckets.policySet']({ stackId, bucket: 'open', prefix: '', mode }, call);
    const plan = () => handlers['buckets.policyPlan']({ stackId, bucket: 'open', prefix: '', mode: { kind: 'anyHeader' } }, call);
    const undo = () => handlers['buckets.policyUndo']({ stackId, bucket: 'open' }, call);
    const reads = { Sid: 'theirs', Effect: 'Allow', Principal: '*', Action: ['s3:GetObject'] };
    // As MinIO keeps it: with a list of resources that is empty.
    await put([{ ...reads, NotResource: ['arn:aws:s3:::open/x*'] }]);
    const before = await policy();
    await expect(undo()).rejects.toMatchObject({ code: 'bucketPolicyMoved' });
    await set({ kind: 'anyHeader' });
    await set({ kind: 'sse-s3' });
    expect((await plan()).undo).toMatchObject({ at: expect.any(String) as string });
    await undo();
    // One step back: as the last change found it.
    expect((await plan()).denied).toBe(true);
    await set({ kind: 'none' });
    expect(await policy()).toEqual(before);

    await set({ kind: 'sse-kms', key: 'minio-other' });
    await put([{ ...reads, Resource: ['arn:aws:s3:::open/*'] }]);
    const moved = await policy();
    expect((await plan()).undo).toBeUndefined();
    await expect(undo()).rejects.toMatchObject({ code: 'bucketPolicyMoved' });
    expect(await policy()).toEqual(moved);
    await raw.demand({ method: 'DELETE', path: ['open'], query: { policy: '' } });
    await set({ kind: 'anyHeader' });
    await undo();
    expect(await policy()).toBeUndefined();
    await raw.close();
  });

  it('somebody’s statement that says the same is enough, and stays theirs', async () => {
    const raw = createSignedClient(await minioEndpoint(stack.context));
    const set = (mode: DenyMode | { kind: 'none' }) => handlers['buckets.policySet']({ stackId, bucket: 'open', prefix: '', mode }, call);
    const [own] = denyStatements({ bucket: 'open', prefix: '' }, { kind: 'anyHeader' }, true);
    const body = JSON.stringify({ Version: '2012-10-17', Statement: [{ ...own, Sid: 'theirs' }] });
    await raw.demand({ method: 'PUT', path: ['open'], query: { policy: '' }, body });
    const added = await set({ kind: 'anyHeader' });
    expect(added).toMatchObject({ denied: true, policy: expect.stringContaining('"theirs"') as string });
    expect(await set({ kind: 'none' })).toEqual(added);
    await raw.demand({ method: 'DELETE', path: ['open'], query: { policy: '' } });
    await raw.close();
  });
});
