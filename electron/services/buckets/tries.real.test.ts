import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type WhatWins, whatWins } from '../../../shared/buckets.ts';
import { makeBucket, removeBucket } from '../../clients/s3/bucketSettings.ts';
import { minioEndpoint, withS3 } from '../../clients/s3/forStack.ts';
import type { TestStack } from '../../clients/s3/minio.testSupport.ts';
import { createSignedClient } from '../../clients/s3/signedClient.ts';
import { portAnswers } from '../../platform/ports.ts';
import { lookAt } from '../../platform/processLook.ts';
import { processStart } from '../../platform/processStart.ts';
import { call, stackId, startBuckets, type TestBuckets } from './buckets.testSupport.ts';
import { removeAbandoned, serverOf } from './seconds.ts';

/** Folders of second servers. */
const seconds = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('sealdeck-second-'));

describe('tries beside the real buckets, on a real MinIO with KES', () => {
  let stack: TestStack;
  let handlers: TestBuckets['handlers'];
  let jobs: TestBuckets['jobs'];
  let tried: Awaited<ReturnType<typeof startBuckets>>['tried'];
  let names: () => Promise<string[]>;
  beforeAll(async () => {
    ({ stack, handlers, jobs, tried, names } = await startBuckets());
    await withS3(stack.context, async (s3) => {
      for (const bucket of ['by-s3', 'open']) await s3.createBucket(bucket);
    });
  });
  afterAll(() => stack?.stop());

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
    await expect.poll(async () => (await names()).join(), { interval: 5, timeout: 10_000 }).toContain('sealdeck-try-');
    const [one, other] = await Promise.all([first, tried('open', { kind: 'sse-s3' })]);
    expect([one.bucketTryBare, one.bucketTryS3, one.bucketTryPartsAll]).toEqual(['refused', 'accepted', 'accepted']);
    expect([other.bucketTryBare, other.bucketTryS3, other.bucketTryPartsAll]).toEqual(['refused', 'accepted', 'accepted']);
    expect(await stack.context.folder.read('buckets/scratch.json')).toBeUndefined();
    expect(await names()).toEqual(['by-s3', 'open']);
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
    expect(await names()).toEqual(['by-s3', 'open']);
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
