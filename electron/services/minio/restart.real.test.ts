import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { minioInput, restartResult } from '../../../shared/minio.ts';
import { withMinioAdmin } from '../../clients/minioAdmin/forStack.ts';
import { withS3 } from '../../clients/s3/forStack.ts';
import { startTestStack, type TestStack } from '../../clients/s3/minio.testSupport.ts';
import { createJobRunner } from '../../jobs/jobRunner.ts';
import type { DomainDeps } from '../../jobs/step.ts';
import { writeJsonFile } from '../../platform/atomicFile.ts';
import { createMinio } from './handlers.ts';
import { createMinioStep } from './minioStep.ts';

const input = minioInput.parse({ defaultKey: 'minio-default' });
const call = { signal: new AbortController().signal, host: 'cli' as const };
const log: DomainDeps['log'] = { info: () => undefined, error: (event, fields) => console.error(event, fields) };

describe('the restart of MinIO through its admin API, on real servers', () => {
  let stack: TestStack;
  let dataFolder: string;
  let minio: ReturnType<typeof createMinio>;
  const jobs = createJobRunner(() => undefined, log);
  const restart = async (at?: string) => (await minio.handlers['minio.restart']({ stackId: 'test', at }, call)).jobId;
  const plan = () => minio.handlers['minio.restartPlan']({ stackId: 'test' }, call);
  const codes = () => stack.journal.map(({ code }) => code);
  const uptime = () => withMinioAdmin(stack.context, async (admin) => (await admin.nodes())[0]?.uptimeSeconds ?? -1);

  beforeAll(async () => {
    stack = await startTestStack();
    dataFolder = await mkdtemp(join(tmpdir(), 'sealdeck-restart-'));
    await stack.operator.createKey('minio-default');
    minio = createMinio({ open: async () => stack.context, publish: () => undefined, jobs, log, dataFolder, ...stack.minioDeps });
    await createMinioStep(stack.minioDeps).apply(stack.context, input);
  });
  afterAll(async () => {
    await stack?.stop();
    await rm(dataFolder, { recursive: true, force: true });
  });

  it('is called safe only with what MinIO itself says of KES and of its key', async () => {
    const { safe, nodes, evidence } = await plan();
    expect({ safe, nodes }).toEqual({ safe: true, nodes: 1 });
    expect(evidence.map(({ text }) => text.code)).toEqual(['minioRestartIdle', 'minioProofKms', 'minioProofKey', 'minioProofReady']);
  });

  it('says before it what is being worked on', async () => {
    const stop = new AbortController();
    const slow = new Readable({ read: () => undefined });
    slow.push(Buffer.alloc(1000));
    const sending = withS3(stack.context, async (s3) => {
      await s3.createBucket('busy');
      await s3.putObject('busy', 'slow', slow, { length: 10_000_000, signal: stop.signal });
    });
    const flight = async () => (await plan()).evidence.find(({ text }) => text.code === 'minioRestartFlight')?.text.params;
    await expect.poll(flight, { timeout: 20_000 }).toMatchObject({ count: 1, what: 'putobject 1' });
    stop.abort();
    await expect(sending).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('measures how long MinIO did not answer, and sees it younger afterwards', async () => {
    await expect.poll(uptime, { timeout: 20_000 }).toBeGreaterThan(8);
    const before = await uptime();
    const asked = Date.now();
    const job = await jobs.wait(await restart());
    expect(job).toMatchObject({ state: 'succeeded' });
    const { downMs, evidence } = restartResult.parse(job.result);
    expect(downMs).toBeGreaterThan(0);
    // It was up before and is up again: its downtime lies between the two.
    expect(downMs).toBeLessThanOrEqual(Date.now() - asked);
    expect(evidence.slice(-3).map(({ text }) => text.code)).toEqual(['minioRestartMeasured', 'minioProofUsers', 'minioProofKey']);
    expect(await uptime()).toBeLessThan(before);
    expect(codes().at(-1)).toBe('minioDidRestartFor');
  });

  it('waits for a chosen time, one restart at a time, and can be cancelled while nothing was interrupted', async () => {
    const at = new Date(Date.now() + 3_600_000).toISOString();
    const before = await uptime();
    const jobId = await restart(at);
    await expect.poll(codes).toContain('minioRestartSet');
    await expect(restart()).rejects.toMatchObject({ code: 'minioRestartBusy' });
    jobs.cancel(jobId);
    expect(await jobs.wait(jobId)).toMatchObject({ state: 'cancelled' });
    expect(codes().at(-1)).toBe('minioRestartCancelled');
    expect(await uptime()).toBeGreaterThanOrEqual(before);
    await minio.tellLost('test');
    expect(codes()).not.toContain('minioRestartLost');
  });

  it('restarts when the chosen time has come, not before', async () => {
    const at = Date.now() + 1_500;
    const job = await jobs.wait(await restart(new Date(at).toISOString()));
    expect(job.state).toBe('succeeded');
    expect(Date.parse(job.endedAt ?? '')).toBeGreaterThan(at);
    expect(codes().slice(-2)).toEqual(['minioRestartSet', 'minioDidRestartFor']);
  });

  it('that an engine took with it to its end is told in the journal, once', async () => {
    await writeJsonFile(join(dataFolder, 'stacks', 'test', 'restart.json'), { version: 1, at: '2026-01-01T02:00:00.000Z' });
    await minio.tellLost('test');
    await minio.tellLost('test');
    expect(stack.journal.filter(({ code }) => code === 'minioRestartLost')).toEqual([
      { code: 'minioRestartLost', params: { time: '2026-01-01T02:00:00.000Z' } },
    ]);
  });

  // Last: it takes KES away.
  it('is refused while KES is down, and MinIO stays up', async () => {
    const soon = await restart(new Date(Date.now() + 2_000).toISOString());
    await expect.poll(() => codes().at(-1)).toBe('minioRestartSet');
    await stack.kes.stop();
    // Safe when it was asked for, no more when its time has come.
    expect(await jobs.wait(soon)).toMatchObject({ state: 'failed', error: { code: 'minioKesDown' } });
    expect(await plan()).toMatchObject({ safe: false, error: { code: expect.stringMatching(/^minioKe(sOffline|yFails)$/) } });
    expect(await jobs.wait(await restart())).toMatchObject({ state: 'failed', error: { code: 'minioKesDown' } });
    expect((await stack.context.servers.status('minio')).state).toBe('running');
    expect(await uptime()).toBeGreaterThan(1);
  });
});
