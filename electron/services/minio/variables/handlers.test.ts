import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobSnapshot } from '../../../../shared/jobs.ts';
import { Secret } from '../../../../shared/secret.ts';
import type { Text } from '../../../../shared/text.ts';
import { createMinioVariables } from './handlers.ts';

const call = { signal: new AbortController().signal, host: 'cli' } as const;
const stackId = 'test';

/** A stand-in for the job runner, whose jobs do not end by themselves. */
function openEnded() {
  const running: Pick<JobSnapshot, 'id' | 'stackId' | 'title'>[] = [];
  const start = (job: { title: Text; stackId?: string }) => {
    running.push({ id: `${running.length}`, stackId: job.stackId, title: job.title });
    return { jobId: `${running.length - 1}` };
  };
  return { running, jobs: { start, running: () => running } };
}

function made() {
  const { running, jobs } = openEnded();
  const open = async () => ({ stack: { name: 'test' } });
  const deps = { open, jobs, dataFolder: '/nowhere', kesFromHere: async () => 'minio' };
  const { handlers } = createMinioVariables(deps as unknown as Parameters<typeof createMinioVariables>[0]);
  return { handlers, running };
}

describe('the static key', () => {
  it('is imported or proven by one job at a time for a stack; another stack has its own', async () => {
    const { handlers, running } = made();
    const { source } = await handlers['minio.makeStaticKey']({ name: 'my-key' }, call);
    const wanted = { stackId, source, place: 0 };
    const [first, second] = await Promise.allSettled([
      handlers['minio.importStaticKey'](wanted, call),
      handlers['minio.importStaticKey'](wanted, call),
    ]);
    expect([first.status, second]).toMatchObject(['fulfilled', { reason: { code: 'staticKeyBusy' } }]);
    await expect(handlers['minio.proveStaticKey']({ stackId }, call)).rejects.toMatchObject({ code: 'staticKeyBusy' });
    await handlers['minio.proveStaticKey']({ stackId: 'other' }, call);
    running.length = 0;
    await handlers['minio.proveStaticKey']({ stackId }, call);
  });
});

describe('saved variables', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealdeck-variables-'));
  });
  afterEach(async () => rm(folder, { recursive: true, force: true }));

  it('leave nothing behind when one of their files cannot be written', async () => {
    const { handlers } = made();
    const content = new Secret('MINIO_ROOT_USER=root\nMINIO_ROOT_PASSWORD=password-1\n');
    const { source } = await handlers['minio.readVariables']({ name: 'minio.env', content }, call);
    await writeFile(join(folder, 'minio.service.d'), 'no folder');
    const wanted = { source, place: 0, form: 'unit', secretsAs: 'systemdCredential', folder } as const;
    await expect(handlers['minio.saveVariables'](wanted, call)).rejects.toMatchObject({ code: 'fileNotWritable' });
    const left = await readdir(folder, { recursive: true, withFileTypes: true });
    expect(left.filter((one) => one.isFile()).map(({ name }) => name)).toEqual(['minio.service.d']);
  });
});
