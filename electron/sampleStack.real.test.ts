import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answersForSample, type Contract, procedures } from '../shared/contract.ts';
import type { Procedure } from '../shared/rpc/define.ts';
import { createApp } from './app.ts';
import { createJobRunner, type JobRunner } from './jobs/jobRunner.ts';
import { createFileStore } from './platform/files.ts';
import { createLog } from './platform/log.ts';
import type { AllHandlers } from './rpc/connection.ts';
import { createEventHub } from './rpc/eventHub.ts';

// The whole engine, with the threads of the audit: the sample, and what the engine refuses about it.
const call = { signal: new AbortController().signal, host: 'cli' } as const;
const files = createFileStore();
let folder: string;
let jobs: JobRunner;
let handlers: AllHandlers;
let close: () => Promise<void>;
let ids: { stackId: string; id: string };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealdeck-sample-'));
  const log = createLog(join(folder, 'engine.log'));
  const hub = createEventHub();
  jobs = createJobRunner(hub.publish, log);
  const hostPorts = { openWindow: () => Promise.reject(new Error('no window')), requestQuit: async () => undefined, version: 'test' };
  const app = await createApp({ dataFolder: folder, files, log, hub, jobs, hostPorts });
  ({ handlers, close } = app);
});
afterAll(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
});

const done = async (jobId: string): Promise<unknown> => {
  const job = await jobs.wait(jobId);
  expect(job.error).toBeUndefined();
  return job.result;
};

test('a sample cut off in the middle is begun anew, and two who ask at once get one', async () => {
  const first = await handlers['audit.lookAround']({}, call);
  jobs.cancel(first.jobId);
  expect((await jobs.wait(first.jobId)).state).toBe('cancelled');
  expect((await handlers['audit.list']({ stackId: first.stackId }, call)).audits).toEqual([]);
  const [one, two] = await Promise.all([handlers['audit.lookAround']({}, call), handlers['audit.lookAround']({}, call)]);
  expect(two).toEqual(one);
  ids = { stackId: one.stackId, id: one.id };
  expect(await done(one.jobId)).toEqual(ids);
  expect((await handlers['stacks.list']({}, call)).stacks).toMatchObject([{ id: 'sample', origin: 'sample', readOnly: true }]);
  const again = await handlers['audit.lookAround']({}, call);
  expect(await done(again.jobId)).toEqual(ids);
});

test('it is a finished audit that says everywhere that it is a sample', async () => {
  const { audit, buckets, keys, findings } = await handlers['audit.get'](ids, call);
  expect(audit).toMatchObject({ sample: true, state: 'finished', gaps: 0 });
  // Plaintext, unreadable, unknown, SSE-C, SSE-S3, SSE-KMS.
  expect(audit.current.objects).toEqual([12_031, 40, 1_388, 6_918, 373_838, 889_897]);
  expect(audit.opens).toEqual({ yes: 889_897 + 373_838, no: 40, notTested: 6_918 });
  const docs = buckets.find(({ name }) => name === 'customer-documents-eu-central-production');
  expect(docs).toMatchObject({ plainBefore: 9_204, plainAfter: 0, rule: { kind: 'sse-kms', key: 'minio-docs' } });
  expect(keys.find(({ kmsKey }) => kmsKey === 'minio-docs-2023')?.opens.answer ?? 'no').toBe('no');
  expect(findings.length).toBeGreaterThan(3);
  const { rows, total } = await handlers['audit.rows'](
    { ...ids, filter: { states: ['unreadable'] }, sort: 'key', descending: false, offset: 0, limit: 3 },
    call,
  );
  expect(total).toBe(40);
  expect(rows[0]).toMatchObject({ state: 'unreadable', listed: 'sse-kms', kmsKey: 'minio-docs-2023', opens: { answer: 'no' } });
});

test('nothing about it reaches for a server', async () => {
  const all = Object.entries(procedures as Record<string, Procedure>);
  const refused = all.map(([name]) => name as keyof Contract).filter((name) => !answersForSample(name));
  expect(refused.length).toBeGreaterThan(40);
  for (const name of refused) {
    const ask = handlers[name] as (input: unknown, context: typeof call) => Promise<unknown>;
    await expect(ask({ stackId: 'sample', id: 'sample' }, call), name).rejects.toMatchObject({ code: 'stackIsSample' });
  }
});

test('an export holds exactly what its filter leaves', async () => {
  const { downloadPath } = await handlers['audit.export'](
    { ...ids, format: 'csv', filter: { bucket: 'tmp-exchange' }, language: 'en' },
    call,
  );
  const offered = files.take(downloadPath.split('/').at(-1) ?? '');
  expect((await text(offered?.content as never)).split('\r\n')).toHaveLength(714 + 2);
});

test('it can be renamed, and its removal tells of its audit and of no server', async () => {
  await handlers['store.create']({ mode: 'practice' }, call);
  await handlers['stacks.rename']({ id: 'sample', name: 'looked around' }, call);
  expect(await handlers['stacks.get']({ id: 'sample' }, call)).toMatchObject({ name: 'looked around', readOnly: true });
  const { running, lost } = await handlers['stacks.removal']({ id: 'sample' }, call);
  expect([running, lost.map(({ code }) => code)]).toEqual([[], ['stacksLostAudits']]);
  await handlers['stacks.rename']({ id: 'sample', name: 'sample' }, call);
});

test('it is removed like any stack, and can be made again', async () => {
  const { jobId } = await handlers['stacks.remove']({ id: 'sample', name: 'sample', servers: 'end', files: 'delete' }, call);
  await done(jobId);
  expect((await handlers['stacks.list']({}, call)).stacks).toEqual([]);
  expect(await readdir(join(folder, 'stacks'))).toEqual([]);
});
