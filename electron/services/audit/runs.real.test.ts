import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Audit, AuditRow, MapNode } from '../../../shared/audit.ts';
import { verdictOf } from '../../../shared/auditVerdict.ts';
import { minioEndpoint, withS3 } from '../../clients/s3/forStack.ts';
import { mcAliasCommands } from '../../clients/s3/mcCommands.ts';
import { runWithMc, startMinio, startTestStack, type TestStack } from '../../clients/s3/minio.testSupport.ts';
import { type ModelBucket, startModelS3 } from '../../clients/s3/modelS3.testSupport.ts';
import { createSignedClient } from '../../clients/s3/signedClient.ts';
import { createJobRunner } from '../../jobs/jobRunner.ts';
import type { StackAccess } from '../../jobs/step.ts';
import type { CallContext } from '../../rpc/connection.ts';
import type { Publish } from '../../rpc/eventHub.ts';
import { createAudit } from './handlers.ts';

const buckets = { plain: 1300, 'kms-bucket': 900, 's3-bucket': 250 } as const;
const all = Object.values(buckets).reduce((sum, one) => sum + one, 0);
const stackId = 'test';
const call: CallContext = { signal: new AbortController().signal, host: 'cli' };
const log = { info: () => undefined, error: (...words: unknown[]) => console.error(...words) };
let stack: TestStack;
let dataFolder = '';

beforeAll(async () => {
  stack = await startTestStack();
  dataFolder = await mkdtemp(join(tmpdir(), 'sealdeck-runs-'));
  await startMinio(stack);
  await stack.operator.createKey('minio-docs');
  await withS3(stack.context, async (s3) => {
    for (const name of Object.keys(buckets)) await s3.createBucket(name);
    await s3.setBucketRule('kms-bucket', { kind: 'sse-kms', key: 'minio-docs' });
    await s3.setBucketRule('s3-bucket', { kind: 'sse-s3' });
  });
  const client = createSignedClient(await minioEndpoint(stack.context));
  const queue = Object.entries(buckets).flatMap(([bucket, count]) =>
    Array.from({ length: count }, (_, at) => [bucket, `f${at % 7}/${at}`]),
  );
  const put = async (): Promise<void> => {
    for (let path = queue.pop(); path; path = queue.pop()) await client.demand({ method: 'PUT', path, body: `object ${path[1]}` });
  };
  await Promise.all(Array.from({ length: 16 }, put));
  await client.close();
}, 180_000);
afterAll(async () => {
  await stack.stop();
  await rm(dataFolder, { recursive: true, force: true });
});

/** An engine's part for audits, on the same data folder each time. */
function startService(access: StackAccess = stack.context) {
  const told: { at: number; audit: Audit }[] = [];
  const publish: Publish = (name, payload) => {
    if (name === 'audit.changed') told.push({ at: Date.now(), audit: structuredClone(payload) as Audit });
  };
  const jobs = createJobRunner(publish, log);
  const service = createAudit({
    ...{ open: async () => access, publish, jobs, log, dataFolder, isProtected: () => true },
    files: { offer: () => ({ downloadPath: '' }) },
    journalOf: async () => [],
    stackIds: async () => [stackId],
    sampleStack: () => Promise.reject(new Error('no sample here')),
  });
  const { handlers } = service;
  const start = (scope = {}, options = {}) =>
    handlers['audit.start']({ stackId, scope: { prefix: '', versions: false, ...scope }, options: { verifyAll: false, ...options } }, call);
  const get = async (id: string) => handlers['audit.get']({ stackId, id }, call);
  const until = async (id: string, fits: (audit: Audit) => boolean): Promise<Audit> => {
    for (const end = Date.now() + 60_000; Date.now() < end; await sleep(50)) {
      const { audit } = await get(id);
      if (fits(audit as Audit)) return audit as Audit;
    }
    throw new Error('it did not come to that in time');
  };
  return { service, handlers, jobs, told, start, get, until };
}

/** The test's stack with another server as its MinIO. */
function before(url: string): StackAccess {
  const [cluster] = stack.context.stack.minioClusters;
  if (!cluster) throw new Error('the test stack has no MinIO');
  const minioClusters = [{ ...cluster, nodes: [{ id: 'model', url, way: 'api' as const }] }];
  return { ...stack.context, stack: { ...stack.context.stack, minioClusters } };
}

function expectWhole({ current, noncurrent, gaps }: Pick<Audit, 'current' | 'noncurrent' | 'gaps'>): void {
  expect(current.objects).toEqual([1300, 0, 0, 0, 250, 900]);
  expect(noncurrent.objects).toEqual([0, 0, 0, 0, 0, 0]);
  expect(gaps).toBe(0);
}

it('reads every bucket, tells at most four times a second how it goes, and answers with rows, map and findings', async () => {
  const { handlers, jobs, told, start, get } = startService();
  const { id, jobId } = await start();
  await expect(start()).rejects.toMatchObject({ code: 'auditRunning' });
  expect(await jobs.wait(jobId)).toMatchObject({ state: 'succeeded', result: { id } });
  const { audit, buckets: found, keys, findings, limits } = await get(id);
  expect(audit).toMatchObject({ state: 'finished', phase: 'done', buckets: { done: 3, total: 3 }, opens: { yes: 1150, no: 0 } });
  expectWhole(audit as Audit);
  expect(audit.who).toMatchObject({ credential: 'test-root' });
  expect(audit.rate).toBeGreaterThan(0);
  expect(found.map(({ name, rule, versioning }) => [name, rule?.kind, versioning])).toEqual([
    ['kms-bucket', 'sse-kms', 'off'],
    ['plain', 'none', 'off'],
    ['s3-bucket', 'sse-s3', 'off'],
  ]);
  expect(keys.map(({ bucket, kmsKey, objects, opens }) => [bucket, kmsKey, objects, opens.answer])).toEqual(
    expect.arrayContaining([
      ['kms-bucket', 'minio-docs', 900, 'yes'],
      ['s3-bucket', '', 250, 'yes'],
    ]),
  );
  expect(findings.map(({ what }) => what.code)).toEqual(['auditFindPlainNoRule']);
  expect(limits.length).toBeGreaterThan(3);
  const { rows, total } = await handlers['audit.rows'](
    { stackId, id, filter: { states: ['plaintext'] }, sort: 'key', descending: true, offset: 0, limit: 3 },
    call,
  );
  expect(total).toBe(1300);
  expect(rows.map(({ key }) => key)).toEqual(['f6/993', 'f6/986', 'f6/979']);
  const { node } = await handlers['audit.map']({ stackId, id, bucket: 'plain', prefix: '', by: 'objects', depth: 1, cells: 50 }, call);
  expect((node as MapNode).children).toHaveLength(7);
  const paced = told.slice(0, -1);
  expect(paced.length).toBeGreaterThan(1);
  // Timers may fire a millisecond early.
  for (const [at, { at: when }] of paced.entries()) if (at > 0) expect(when - (paced[at - 1]?.at ?? 0)).toBeGreaterThanOrEqual(248);
  expect(told.at(-1)?.audit).toMatchObject({ state: 'finished' });
  expect((await handlers['audit.list']({ stackId }, call)).audits[0]).toMatchObject({ id, state: 'finished' });
}, 90_000);

it('refuses a bucket that is not there before anything begins', async () => {
  const { handlers, start } = startService();
  const { audits } = await handlers['audit.list']({ stackId }, call);
  await expect(start({ buckets: ['plain', 'no-such-bucket'] })).rejects.toMatchObject({ code: 'bucketMissing' });
  expect((await handlers['audit.list']({ stackId }, call)).audits).toHaveLength(audits.length);
});

it('stops asking while it is paused, and goes on in the same job', async () => {
  const { handlers, jobs, start, until } = startService();
  const { id, jobId } = await start({}, { requestsPerSecond: 3, inFlight: 1 });
  await until(id, ({ current }) => current.objects.some((count) => count > 0));
  await handlers['audit.pause']({ stackId, id }, call);
  await sleep(600);
  const { requests, workedMs } = await until(id, ({ state }) => state === 'paused');
  await sleep(900);
  expect(await until(id, () => true)).toMatchObject({ state: 'paused', requests, workedMs });
  expect(await handlers['audit.resume']({ stackId, id }, call)).toEqual({ jobId });
  await jobs.wait(jobId);
  expectWhole(await until(id, ({ state }) => state === 'finished'));
}, 90_000);

it('keeps what was read when it is cancelled or its engine ends, and comes to the same totals', async () => {
  const first = startService();
  const { id, jobId } = await first.start({}, { requestsPerSecond: 3, inFlight: 1 });
  await first.until(id, ({ current }) => current.objects.some((count) => count > 0));
  await first.handlers['audit.cancel']({ stackId, id }, call);
  expect(await first.jobs.wait(jobId)).toMatchObject({ state: 'cancelled' });
  const cancelled = await first.get(id);
  expect(cancelled.audit).toMatchObject({ state: 'cancelled' });
  const kept = cancelled.audit.current.objects.reduce((sum, one) => sum + one, 0);
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(all);

  await first.handlers['audit.resume']({ stackId, id }, call);
  await first.until(id, ({ current }) => current.objects.reduce((sum, one) => sum + one, 0) > kept);
  await first.service.close();
  // As a kill leaves it: the counts were saved a while before the last rows.
  const summary = join(dataFolder, 'stacks', stackId, 'audits', `${id}.json`);
  const saved = JSON.parse(await readFile(summary, 'utf8')) as Audit;
  await writeFile(summary, JSON.stringify({ ...saved, current: cancelled.audit.current }));
  const second = startService();
  expect((await second.get(id)).audit).toMatchObject({ state: 'interrupted', current: saved.current });
  await second.jobs.wait((await second.handlers['audit.resume']({ stackId, id }, call)).jobId);
  expectWhole((await second.get(id)).audit as Audit);
  await expect(second.handlers['audit.resume']({ stackId, id }, call)).rejects.toMatchObject({ code: 'auditFinished' });
}, 90_000);

it('shows one object as it is now, and what changed since an earlier run', async () => {
  const { handlers, jobs, start } = startService();
  const scope = { buckets: ['kms-bucket', 'plain'] };
  const before = await start(scope);
  await jobs.wait(before.jobId);
  const row = async (contains: string): Promise<AuditRow> => {
    const view = { filter: { contains }, sort: 'key' as const, descending: false, offset: 0, limit: 1 };
    return (await handlers['audit.rows']({ stackId, id: before.id, ...view }, call)).rows[0] as AuditRow;
  };
  const encrypted = await handlers['audit.look']({ stackId, id: before.id, row: (await row('f0/7')).row }, call);
  expect(encrypted).toMatchObject({
    head: { state: 'sse-kms', kmsKey: 'minio-docs' },
    opens: { answer: 'yes' },
    answer: '206',
  });
  expect(encrypted.requestId).toMatch(/^[0-9A-F]+$/);
  expect(encrypted.commands.join('\n')).not.toContain('test-password');

  await withS3(stack.context, async (s3) => s3.deleteObject('plain', 'f1/1'));
  await stack.raw('PUT', ['plain', 'f2/2'], { 'x-amz-server-side-encryption': 'AES256' }, 'now encrypted');
  await stack.raw('PUT', ['plain', 'new'], {}, 'new');
  const after = await start(scope);
  await jobs.wait(after.jobId);
  const told = await handlers['audit.compare']({ stackId, before: before.id, after: after.id, offset: 0, limit: 10 }, call);
  expect(told.counts).toMatchObject({ new: 1, gone: 1, newlyEncrypted: 1 });
  const other = await start({ buckets: ['plain'] });
  await jobs.wait(other.jobId);
  await expect(
    handlers['audit.compare']({ stackId, before: before.id, after: other.id, offset: 0, limit: 10 }, call),
  ).rejects.toMatchObject({ code: 'auditsDiffer' });

  await handlers['audit.remove']({ stackId, id: other.id }, call);
  expect((await readdir(join(dataFolder, 'stacks', stackId, 'audits'))).filter((name) => name.startsWith(other.id))).toEqual([]);
}, 90_000);

it('prints a plan that really encrypts what is plaintext, keeps its metadata, and touches nothing else', async () => {
  const { handlers, jobs, start, get } = startService();
  const keys = ['a b+c.txt', `quote'and"more`, '合同/一.txt', 'line\nbreak', 'dollar$(id)', '-dash', 'deep/er/x'];
  const meta = { 'x-amz-meta-owner': 'me', 'x-amz-tagging': 'team=blue' };
  await withS3(stack.context, (s3) => s3.createBucket('later'));
  for (const key of keys) await stack.raw('PUT', ['later', key], meta, key);
  await stack.raw('PUT', ['later', 'folder/'], {}, '');
  await withS3(stack.context, (s3) => s3.setBucketRule('later', { kind: 'sse-kms', key: 'minio-docs' }));
  const context = Buffer.from('{"a":"b"}').toString('base64');
  await stack.raw(
    'PUT',
    ['later', 'already'],
    { 'x-amz-server-side-encryption': 'aws:kms', 'x-amz-server-side-encryption-context': context },
    'c',
  );
  const untouched = await withS3(stack.context, (s3) => s3.headObject('later', 'already'));
  const { id, jobId } = await start({ buckets: ['later'] });
  await jobs.wait(jobId);
  const [finding] = (await get(id)).findings;
  expect(finding?.what).toMatchObject({ code: 'auditFindPlain', params: { count: '7' } });

  const [save = '', ...rest] = finding?.commands ?? [];
  expect(save).toContain(`sealdeck audit export ${id} --stack test --bucket later --state plaintext --out plain.keys`);
  const file = join(dataFolder, 'plain.keys');
  const filter = { states: ['plaintext' as const], bucket: 'later' };
  const saved = await handlers['audit.save']({ stackId, id, file, format: 'keys', filter, language: 'en' }, call);
  expect((await jobs.wait(saved.jobId)).state).toBe('succeeded');
  const alias = mcAliasCommands(stack.context).map(({ line }) => line ?? '');
  const ran = await runWithMc(stack, [...alias, ...rest.map((line) => line.replace('plain.keys', `'${file}'`))]);
  expect(ran.code).toBe(0);
  const client = createSignedClient(await minioEndpoint(stack.context));
  for (const key of keys) {
    const { headers } = await client.demand({ method: 'HEAD', path: ['later', key] });
    expect(headers['x-amz-server-side-encryption-aws-kms-key-id'], key).toBe('arn:aws:kms:minio-docs');
    expect(headers, key).toMatchObject({ 'x-amz-meta-owner': 'me', 'x-amz-tagging-count': '1' });
    expect((await client.demand({ method: 'GET', path: ['later', key] })).text(), key).toBe(key);
  }
  await client.close();
  expect(await withS3(stack.context, (s3) => s3.headObject('later', 'already'))).toEqual(untouched);
}, 90_000);

it('fails with what was read when its credential is refused in the middle, and goes on once it is valid', async () => {
  const bucket: ModelBucket = { keys: Array.from({ length: 5000 }, (_, at) => `k${String(at).padStart(5, '0')}`) };
  const model = await startModelS3({ buckets: { many: bucket } });
  try {
    let refuse = false;
    model.state.fault = ({ kind }) =>
      refuse && kind === 'page' ? { refusal: { status: 403, code: 'InvalidAccessKeyId' } } : { delayMs: 150 };
    const { handlers, jobs, start, get, until } = startService(before(model.url));
    const { id, jobId } = await start({ buckets: ['many'] }, { requestsPerSecond: 5, inFlight: 1 });
    await until(id, ({ current }) => (current.objects[0] ?? 0) > 0);
    refuse = true;
    expect(await jobs.wait(jobId)).toMatchObject({ state: 'failed', error: { code: 'minioCredentialRefused' } });
    const { audit } = await get(id);
    expect(audit).toMatchObject({ state: 'failed', error: { code: 'minioCredentialRefused' } });
    expect(audit.current.objects[0]).toBeGreaterThan(0);
    refuse = false;
    expect(await jobs.wait((await handlers['audit.resume']({ stackId, id }, call)).jobId)).toMatchObject({ state: 'succeeded' });
    expect((await get(id)).audit).toMatchObject({ state: 'finished', current: { objects: [5000, 0, 0, 0, 0, 0] }, gaps: 0 });
  } finally {
    await model.close();
  }
}, 90_000);

it('names a bucket that may not be listed as a place it did not see, and reads the others', async () => {
  const keys = ['a', 'b', 'c'];
  const model = await startModelS3({
    buckets: { mine: { keys, object: () => ({ state: 'sse-kms', kmsKey: 'k' }) }, theirs: { keys } },
    fault: ({ kind, bucket }) => (kind === 'page' && bucket === 'theirs' ? { refusal: { status: 403, code: 'AccessDenied' } } : undefined),
  });
  try {
    const { jobs, start, get } = startService(before(model.url));
    const { id, jobId } = await start({ buckets: ['mine', 'theirs'] });
    expect(await jobs.wait(jobId)).toMatchObject({ state: 'succeeded' });
    const { audit, gaps, findings } = await get(id);
    expect(audit).toMatchObject({ state: 'finished', gaps: 1, current: { objects: [0, 0, 0, 0, 0, 3] } });
    expect(gaps).toMatchObject([{ bucket: 'theirs', after: '', error: { code: 'minioAccessDenied' } }]);
    expect(findings.map(({ what }) => what.code)).toEqual(['auditFindGaps']);
    expect(verdictOf(audit as Audit)).toEqual({ plaintext: 0, unclear: 1 });
  } finally {
    await model.close();
  }
}, 60_000);

it('says of a place without objects that nothing was found there, not that all is encrypted', async () => {
  const model = await startModelS3({ buckets: { empty: { keys: [] } } });
  try {
    const { jobs, start, get } = startService(before(model.url));
    const { id, jobId } = await start({ buckets: ['empty'], versions: true });
    expect(await jobs.wait(jobId)).toMatchObject({ state: 'succeeded' });
    const { audit, findings } = await get(id);
    expect(audit).toMatchObject({ state: 'finished', buckets: { done: 1, total: 1 } });
    expect(findings.map(({ what }) => what.code)).toEqual(['auditFindNothing']);
  } finally {
    await model.close();
  }
}, 60_000);
