import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureServers } from '../../../../servers/get.ts';
import { minioCopy } from '../../../../shared/minioCopy.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { withObjectClient, withS3 } from '../../../clients/s3/forStack.ts';
import { startMinio, startTestStack, type TestStack } from '../../../clients/s3/minio.testSupport.ts';
import { createJobRunner } from '../../../jobs/jobRunner.ts';
import type { DomainDeps, StackAccess } from '../../../jobs/step.ts';
import { freePort } from '../../../platform/ports.ts';
import { readPlaces } from '../variables/read.ts';
import { describe as explain } from '../variables/today.ts';
import { createMinioCopies } from './handlers.ts';
import { startLegacyVaultMinio } from './legacyVault.testSupport.ts';
import { createCopyRecords } from './record.ts';

const log: DomainDeps['log'] = { info: () => undefined, error: (event, fields) => console.error(event, fields) };
const call = { signal: new AbortController().signal, host: 'cli' as const };
const encrypt = { kind: 'sse-kms' as const, key: 'minio-default' };
const both = { stackId: 'new', from: 'old' };
const contents = new Map<string, Buffer>([
  ['letters/a', Buffer.from('an object of 2021')],
  ['letters/ü 密', randomBytes(5_000)],
  ['empty', Buffer.alloc(0)],
  // In parts here, and of a length that no part divides.
  ['large', randomBytes(40_000_123)],
]);

describe('the way out of a MinIO that asks Vault directly, with both servers real', () => {
  let old: TestStack;
  let now: TestStack;
  let legacy: Awaited<ReturnType<typeof startLegacyVaultMinio>>;
  let dataFolder: string;
  const jobs = createJobRunner(() => undefined, log);
  const copies = () =>
    createMinioCopies({
      open: async (id) => (id === 'old' ? renamed(old.context, 'old') : renamed(now.context, 'new')),
      publish: () => undefined,
      jobs,
      log,
      dataFolder,
    }).handlers;
  const renamed = (access: StackAccess, id: string): StackAccess => ({ ...access, stack: { ...access.stack, id, name: id } });
  const copy = async (handlers = copies()) => {
    const job = await jobs.wait((await handlers['minio.copyFrom']({ ...both, encrypt }, call)).jobId);
    if (job.error) throw AppError.of(job.error);
    return minioCopy.parse(job.result);
  };

  beforeAll(async () => {
    [old, now, dataFolder] = await Promise.all([startTestStack(), startTestStack(), mkdtemp(join(tmpdir(), 'sealdeck-copy-'))]);
    await now.operator.createKey('minio-default');
    [legacy] = await Promise.all([startLegacyVaultMinio(old), startMinio(now)]);
    await withS3(old.context, async (s3) => {
      await s3.createBucket('sealed');
      await s3.createBucket('nothing');
    });
    await withObjectClient(old.context, async (client) => {
      for (const [key, bytes] of contents)
        await client.put({ bucket: 'sealed', key }, bytes, {
          encrypt: { kind: 'sse-s3' },
          contentType: 'text/x-old',
          metadata: { year: '2021' },
          tags: { kind: 'old one' },
        });
    });
  });
  afterAll(async () => {
    await legacy?.stop();
    await Promise.all([old?.stop(), now?.stop()]);
    await rm(dataFolder, { recursive: true, force: true });
  });

  it('begins with variables that are recognised, with the last release that reads what they sealed', () => {
    const text = Object.entries(legacy.variables).map(([name, value]) => `${name}=${value}\n`);
    const [place] = readPlaces(text.join(''), 'minio.env');
    const told = explain(place ?? { form: 'environment', name: '', entries: [], elsewhere: [] });
    expect(new Set(told.map(({ standing, carried, note }) => `${standing} ${carried} ${note?.code}`))).toEqual(
      new Set(['ignored false minioVarVault']),
    );
    expect(JSON.stringify(told)).not.toContain(legacy.variables.MINIO_KMS_VAULT_APPROLE_SECRET);
  });

  it('is needed: what the old server sealed is on its disk as no server of today writes it', async () => {
    const disk = old.context.folder.path('minio/data/sealed/letters/a');
    const found = await readFile(disk).catch(async () => readFile(join(disk, (await readdir(disk))[0] ?? '')));
    expect(found.includes('an object of 2021')).toBe(false);
    // Today's server does not even take the disk: a single drive of that time has no erasure code.
    const { minio } = await ensureServers(['minio']);
    const args = ['server', '--address', `127.0.0.1:${await freePort()}`, old.context.folder.path('minio/data')];
    const today = spawnSync(minio, args, { encoding: 'utf8', timeout: 30_000, env: { HOME: dataFolder } });
    expect(today.status).toBe(1);
    expect(today.stdout + today.stderr).toContain('Unable to use the drive');
  });

  it('is planned with counts and with what stays behind', async () => {
    const plan = await copies()['minio.planCopy'](both, call);
    const bytes = [...contents.values()].reduce((sum, { length }) => sum + length, 0);
    expect(plan.buckets).toEqual([
      { name: 'nothing', objects: 0, bytes: 0, counted: true },
      { name: 'sealed', objects: 4, bytes, counted: true },
      { name: 'started', objects: 0, bytes: 0, counted: true },
    ]);
    expect(plan.warnings.map(({ code }) => code)).toEqual(['copyLeavesOut', 'copyWriters']);
    expect(plan.seconds).toBeGreaterThan(0);
    await expect(copies()['minio.planCopy']({ stackId: 'new', from: 'new' }, call)).rejects.toMatchObject({ code: 'copySame' });
  });

  it('brings every object over, encrypted by today’s key, the same byte by byte, with its metadata and tags', async () => {
    const done = await copy();
    expect(done).toMatchObject({ state: 'done', copied: 4, failures: [], buckets: 3, finished: 3 });
    await withObjectClient(now.context, async (client) => {
      for (const [key, bytes] of contents) {
        const { facts, body } = await client.get({ bucket: 'sealed', key });
        expect(Buffer.concat(await body.toArray()).equals(bytes)).toBe(true);
        expect(facts).toMatchObject({
          encryption: { state: 'sse-kms', key: 'minio-default' },
          contentType: 'text/x-old',
          metadata: { year: '2021' },
        });
        expect(await client.tags({ bucket: 'sealed', key })).toEqual({ kind: 'old one' });
      }
    });
    expect(now.journal.map(({ code }) => code)).toEqual(['copyJournal']);
  });

  it('a second time writes nothing, and names what is another object here, which it leaves', async () => {
    await withS3(now.context, async (s3) => {
      await s3.deleteObject('sealed', 'letters/a');
      await s3.putObject('sealed', 'letters/a', Readable.from(['mine']), { length: 4 });
    });
    const again = await copy();
    expect(again).toMatchObject({ state: 'done', copied: 3, failures: [{ bucket: 'sealed', key: 'letters/a', code: 'copyConflict' }] });
    await withS3(now.context, async (s3) => {
      const { body } = await s3.getObject('sealed', 'letters/a');
      expect(Buffer.concat(await body.toArray()).toString()).toBe('mine');
    });
  });

  it('goes on where an engine was killed, and tries again what failed before', async () => {
    await withS3(now.context, (s3) => s3.deleteObject('sealed', 'letters/a'));
    const records = createCopyRecords(dataFolder);
    const record = await records.read({ stackId: 'new' }, { stackId: 'old' });
    if (!record) throw new Error('no record');
    const { finishedAt: _finished, ...stopped } = record;
    await records.write({ stackId: 'new' }, { ...stopped, buckets: { ...stopped.buckets, nothing: { finished: false } } });
    expect((await copies()['minio.copies']({ stackId: 'new' }, call)).copies).toMatchObject([{ state: 'stopped', copied: 3 }]);
    expect(await copy()).toMatchObject({ state: 'done', copied: 4, failures: [] });
  });

  it('stops with what was done when the old server goes away', async () => {
    await legacy.stop();
    await expect(copy()).rejects.toMatchObject({ code: expect.stringMatching(/^network/) });
  });
});
