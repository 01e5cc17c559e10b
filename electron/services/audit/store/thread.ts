import { parentPort } from 'node:worker_threads';
import { serveCalls } from '../../../platform/threadCalls.ts';
import type { StoreCalls } from '../work.ts';
import { createStoreCalls } from './calls.ts';

/** The store's thread: one SQLite file. */
if (parentPort) {
  let tell: (told: unknown) => void = () => undefined;
  const calls = createStoreCalls(
    (told) => tell(told),
    (port, served) => serveCalls<StoreCalls>(port, served),
  );
  tell = serveCalls<StoreCalls>(parentPort, calls);
}
