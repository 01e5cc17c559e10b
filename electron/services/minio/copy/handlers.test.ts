import { expect, it } from 'vitest';
import { createMinioCopies } from './handlers.ts';

const call = { signal: new AbortController().signal, host: 'cli' } as const;

it('a copy whose job could not be started is not taken for a running one', async () => {
  let starts = 0;
  // A stand-in for a job runner that fails once.
  const start = () => {
    starts += 1;
    if (starts === 1) throw new Error('not started');
    return { jobId: 'second' };
  };
  const open = async (id: string) => ({ stack: { name: id } });
  const deps = { open, jobs: { start }, dataFolder: '/nowhere' } as unknown as Parameters<typeof createMinioCopies>[0];
  const { handlers } = createMinioCopies(deps);
  const wanted = { stackId: 'new', from: 'old', encrypt: 'bucket' } as unknown as Parameters<(typeof handlers)['minio.copyFrom']>[0];
  await expect(handlers['minio.copyFrom'](wanted, call)).rejects.toThrow('not started');
  expect(await handlers['minio.copyFrom'](wanted, call)).toEqual({ jobId: 'second' });
  await expect(handlers['minio.copyFrom'](wanted, call)).rejects.toMatchObject({ code: 'copyRunning' });
});
