import { describe, expect, test } from 'vitest';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { refused } from '../../../clients/s3/failures.ts';
import type { ListingClient, Page } from '../../../clients/s3/listing.ts';
import { createPacedClient } from './pacedClient.ts';

const page: Page = { entries: [], prefixes: [], bytes: 0 };
const ask = { bucket: 'b', versions: false, prefix: '' };

/** Time that passes only while something is waited for. */
function standInClock() {
  let at = 0;
  return {
    now: () => at,
    async pause(ms: number) {
      at += ms;
    },
  };
}

/** A client that fails with each of these in turn, and works then. */
function failing(errors: unknown[], more: { requestsPerSecond?: number; mayGo?: () => Promise<void>; realTime?: boolean } = {}) {
  const clock = standInClock();
  const told: (string | undefined)[] = [];
  let tooMuch = 0;
  const ending = new AbortController();
  const left = [...errors];
  const answer = <T>(good: T): Promise<T> => {
    const error = left.shift();
    return error === undefined ? Promise.resolve(good) : Promise.reject(error);
  };
  const client = {
    host: 'model:1',
    page: () => answer(page),
    ready: () => answer(true),
  } as Partial<ListingClient> as ListingClient;
  const paced = createPacedClient({
    client,
    signal: ending.signal,
    onAway: (waitsFor) => told.push(waitsFor?.code),
    onTooMuch: () => tooMuch++,
    mayGo: more.mayGo ?? (() => Promise.resolve()),
    requestsPerSecond: more.requestsPerSecond,
    ...(more.realTime ? {} : { clock }),
  });
  return { paced, told, ending, clock, slowed: () => tooMuch };
}

const gone = new AppError('networkRefused', { host: 'model:1', reason: 'nothing listens there' });
const of = (status: number, code: string) => refused({ status, code, message: '', where: 'b' });

describe('a request of a run', () => {
  test('is asked again while the server is away, which is told, and that it is back', async () => {
    const { paced, told } = failing(Array<unknown>(7).fill(gone));
    await expect(paced.page(ask)).resolves.toBe(page);
    expect(told).toEqual(['networkRefused', undefined]);
    expect(paced.requests).toBe(8);
  });

  test('about the KMS is asked again, too, while nobody is there', async () => {
    await expect(failing([gone, gone]).paced.ready()).resolves.toBe(true);
  });

  test('is asked again after a fault of the server, but not for ever', async () => {
    await expect(failing([of(500, 'InternalError'), of(502, 'BadGateway')]).paced.page(ask)).resolves.toBe(page);
    const { paced } = failing(Array<unknown>(20).fill(of(500, 'InternalError')));
    await expect(paced.page(ask)).rejects.toMatchObject({ code: 's3Error' });
  });

  test('makes all go slower when there are too many', async () => {
    const { paced, slowed } = failing([of(503, 'SlowDown')]);
    await paced.page(ask);
    expect(slowed()).toBe(1);
  });

  test('tells of a server that has too much to do for long, and asks one that wants hours of patience every minute', async () => {
    const { paced, told, clock } = failing(Array<unknown>(4).fill(of(503, 'SlowDown')));
    await paced.page(ask);
    expect(told).toEqual([]);
    const patient = AppError.of({ code: 's3Error', details: { status: 503, code: 'SlowDown', retryAfterMs: 9_999_000 } });
    const long = failing([patient, patient, patient]);
    await long.paced.page(ask);
    expect(long.told).toEqual(['s3Error', undefined]);
    expect(long.clock.now()).toBe(180_000);
    expect(clock.now()).toBeLessThan(15_000);
  });

  test('waits as long as the server says', async () => {
    const { code, details } = of(503, 'SlowDown');
    const { paced, clock } = failing([AppError.of({ code, details: { ...details, retryAfterMs: 7000 } })]);
    await paced.page(ask);
    expect(clock.now()).toBe(7000);
  });

  test.each([of(404, 'kms:KeyNotFound'), of(500, 'kms:DecryptionFailed'), of(403, 'AccessDenied'), of(206, 'XMinioObjectTampered')])(
    'is the business of others when it says %s',
    async (error) => {
      const { paced } = failing([error]);
      await expect(paced.page(ask)).rejects.toBe(error);
      expect(paced.requests).toBe(1);
    },
  );

  test('waits no longer when the run ends', async () => {
    const { paced, ending } = failing(Array<unknown>(100).fill(gone), { realTime: true });
    const asked = paced.page(ask);
    ending.abort();
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('is not sent while the run is paused', async () => {
    const held = Promise.withResolvers<void>();
    const { paced } = failing([], { mayGo: () => held.promise });
    const asked = paced.page(ask);
    await Promise.resolve();
    expect(paced.requests).toBe(0);
    held.resolve();
    await asked;
    expect(paced.requests).toBe(1);
  });

  test('takes its turn in gentle mode', async () => {
    const { paced } = failing([], { requestsPerSecond: 100, realTime: true });
    const begin = performance.now();
    await Promise.all(Array.from({ length: 21 }, () => paced.page(ask)));
    // Never faster; how much slower is the machine's business.
    expect(performance.now() - begin).toBeGreaterThan(190);
  });
});
