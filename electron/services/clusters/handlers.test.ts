import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ClusterRecord, clusterInput } from '../../../shared/clusters.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { createJobRunner, type JobRunner } from '../../jobs/jobRunner.ts';
import { createLog } from '../../platform/log.ts';
import { createEventHub } from '../../rpc/eventHub.ts';
import { createClusters } from './handlers.ts';

const call = { signal: new AbortController().signal, host: 'cli' } as const;
const stackId = 'lab';
const input = clusterInput.parse({
  ...{ id: 'minio-2', prefix: 'minio-2', role: 'kes-minio-2', policy: 'minio-2-key-policy', keyPrefix: 'minio-2-', key: 'minio-2-default' },
  ports: { kes: 7383, kesSecond: 7384, minio: 9010, minioConsole: 9011 },
});
const stopped: ClusterRecord = { version: 1, input, step: 'proof', startedAt: 'then' };
let folder: string;
let kept: string;
let jobs: JobRunner;
let clusters: ReturnType<typeof createClusters>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealdeck-clusters-'));
  kept = join(folder, 'stacks', stackId, 'clusters');
  await mkdir(kept, { recursive: true });
  const log = createLog(join(folder, 'engine.log'));
  const { publish } = createEventHub();
  jobs = createJobRunner(publish, log);
  const open = async () => ({ stack: { minioClusters: [] }, journal: async () => undefined });
  // Every step asks Vault first, and this one waits for its shares.
  const contextOf = () => Promise.reject(new AppError('vaultSealed', { host: 'vault' }));
  clusters = createClusters({ dataFolder: folder, log, publish, jobs, open, contextOf } as never);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const keep = (record: ClusterRecord): Promise<void> => writeFile(join(kept, `${record.input.id}.json`), JSON.stringify(record));

test('a restored cluster whose Vault waits for its shares is gone on with later', async () => {
  await keep(stopped);
  const again = await clusters.again(stackId);
  expect((await jobs.wait(again?.jobId ?? '')).error).toMatchObject({ code: 'vaultSealed' });
  const { jobId } = await clusters.handlers['clusters.resume']({ stackId, cluster: 'minio-2' }, call);
  expect((await jobs.wait(jobId)).error).toMatchObject({ code: 'vaultSealed' });
});

test('what is finished, or stands at an earlier step, is not taken again with a restore', async () => {
  await keep({ ...stopped, finishedAt: 'now' });
  await keep({ ...stopped, step: 'kes', input: { ...input, id: 'minio-3' } });
  expect(await clusters.again(stackId)).toBeUndefined();
});

test('an addition that is being given up is not gone on with meanwhile', async () => {
  await keep(stopped);
  const gone = clusters.handlers['clusters.forget']({ stackId, cluster: 'minio-2' }, call);
  await expect(clusters.handlers['clusters.resume']({ stackId, cluster: 'minio-2' }, call)).rejects.toMatchObject({ code: 'clusterBusy' });
  await gone;
  await expect(clusters.handlers['clusters.resume']({ stackId, cluster: 'minio-2' }, call)).rejects.toMatchObject({
    code: 'clusterNoRecord',
  });
  expect(jobs.list()).toEqual([]);
});

test('of two additions at once the second is refused, and nothing of it is kept', async () => {
  const both = [input, { ...input, id: 'minio-3' }].map((one) => clusters.handlers['clusters.add']({ stackId, input: one }, call));
  const [first, second] = await Promise.allSettled(both);
  expect(first).toMatchObject({ reason: { code: 'vaultSealed' } });
  expect(second).toMatchObject({ reason: { code: 'clusterBusy' } });
  await expect(clusters.handlers['clusters.resume']({ stackId, cluster: 'minio-2' }, call)).rejects.toMatchObject({
    code: 'clusterNoRecord',
  });
});
