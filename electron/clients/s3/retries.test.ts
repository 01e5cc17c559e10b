import { describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/rpc/errors.ts';
import { createRetries } from './retries.ts';

const quick = { giveUpMs: 10_000, firstMs: 1, mostMs: 2 };
const never = new AbortController().signal;
const away = (): AppError => new AppError('networkRefused', { host: 'minio:9000', reason: '' });

describe('trying again', () => {
  it('goes on once the server answers, and tells once that and for whom it waits', async () => {
    const told: (string | undefined)[] = [];
    const retry = createRetries((why) => told.push(why?.code), quick);
    const failing = (times: number, error: () => AppError) => async (attempt: number) => {
      if (attempt < times) throw error();
      return attempt;
    };
    expect(await Promise.all([retry(failing(4, away), never), retry(failing(3, away), never)])).toEqual([4, 3]);
    expect(told).toEqual(['networkRefused', undefined]);
    expect(await retry(failing(1, away), never)).toBe(1);
    expect(told).toHaveLength(2);
    const kms = (): AppError =>
      AppError.of({ code: 'kmsUnavailable', details: { status: 500, where: 'b/k', code: 'kms:KeyGenerationFailed' } });
    await retry(failing(2, kms), never);
    expect(told.slice(2)).toEqual(['kmsUnavailable', undefined]);
  });

  it.each([
    ['minioAccessDenied', { status: 403 }],
    ['kmsKeyNotFound', { status: 404 }],
    ['s3Error', { status: 400 }],
  ] as const)('never asks again after %s', async (code, details) => {
    let asked = 0;
    const retry = createRetries(() => undefined, quick);
    const work = retry(async () => {
      asked += 1;
      throw AppError.of({ code, details });
    }, never);
    await expect(work).rejects.toMatchObject({ code });
    expect(asked).toBe(1);
  });

  it('ends when it is stopped, and when its patience is over', async () => {
    const failing = async () => {
      throw away();
    };
    const stop = new AbortController();
    const stopped = createRetries(() => stop.abort(), { ...quick, mostMs: 60_000 })(failing, stop.signal);
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    await expect(createRetries(() => undefined, { ...quick, giveUpMs: 0 })(failing, never)).rejects.toMatchObject({
      code: 'networkRefused',
    });
    let asked = 0;
    const patientWithServers = { ...quick, giveUpMs: ({ code }: AppError) => (code === 'networkRefused' ? 10_000 : 0) };
    const work = createRetries(() => undefined, patientWithServers)(async () => {
      asked += 1;
      throw asked < 4 ? away() : AppError.of({ code: 'kmsUnavailable', details: { status: 500 } });
    }, never);
    await expect(work).rejects.toMatchObject({ code: 'kmsUnavailable' });
    expect(asked).toBe(4);
  });
});
