import { setImmediate as soon } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { KeyRange, ReadOrder, StoreCalls } from '../work.ts';
import { createCollector } from './collector.testSupport.ts';
import { memoryListing } from './memoryListing.testSupport.ts';
import { createReader, type Reader } from './reader.ts';

const keys = Array.from({ length: 6500 }, (_, at) => `k${String(at).padStart(5, '0')}`);

test.each(['list', 'head'] as const)('a run by %s that was paused and went on has every object once', async (method) => {
  const ranges: KeyRange[] = [{ id: 0, bucket: 0, after: '', done: false }];
  const collector = createCollector(ranges, () => soon());
  let pages = 0;
  let reader: Reader | undefined;
  const client = memoryListing({ b: { keys } }, async () => {
    if (++pages !== 3) return soon();
    reader?.pause();
    setTimeout(() => reader?.goOn(), 20);
  });
  const order: ReadOrder = {
    endpoint: { url: '', ca: [], accessKey: '', secretKey: '' },
    method,
    prefix: '',
    versions: false,
    options: { verifyAll: false },
    buckets: ['b'],
    ranges,
    phase: 'listing',
  };
  const store = { ...collector.store, samples: async () => [] } as Partial<StoreCalls> as StoreCalls;
  reader = createReader(order, { client, store, tell: () => undefined });
  expect(await reader.run()).toEqual({ finished: true });
  expect(collector.rows.map(({ key }) => key).sort()).toEqual(keys);
});
