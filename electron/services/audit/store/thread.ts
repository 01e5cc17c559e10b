import { parentPort } from 'node:worker_threads';

/** The store's thread: one SQLite file. */
parentPort?.on('message', () => undefined);
