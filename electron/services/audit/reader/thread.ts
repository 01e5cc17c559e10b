import { parentPort } from 'node:worker_threads';
import { serveCalls } from '../../../platform/threadCalls.ts';
import type { ReaderCalls } from '../work.ts';

const notYet = (): Promise<never> => Promise.reject(new Error('not built yet'));

/** The reader's thread: requests, parsing and classifying. */
if (parentPort) serveCalls<ReaderCalls>(parentPort, { run: notYet, pause: notYet, goOn: notYet, stop: notYet });
