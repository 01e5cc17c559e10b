import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { makeTestIdentity } from '../../electron/clients/kes/kes.testSupport.ts';
import type { Row } from '../table.ts';
import type { CeilingOrder, CeilingResult } from './ceilingRun.ts';
import { startReadyServer } from './readyServer.ts';

/**
 * What receive, parse, classify and store reach together when the server costs next to nothing, and how much memory a
 * process holds at most while its reader and store do that and arrange the results.
 */
export async function measureCeiling(folder: string, objects: number, runs: number, note: (line: string) => void): Promise<Row[]> {
  const identity = await makeTestIdentity('server');
  const server = await startReadyServer({ objects, tls: { cert: identity.cert, key: identity.key.reveal() } });
  const rates: number[] = [];
  const peaks: number[] = [];
  const count = objects.toLocaleString('en');
  try {
    for (let at = 0; at < runs; at++) {
      note(`${count} ready-made entries ...`);
      const { seconds, entries, peakMb } = await runOnce({ folder, url: server.url, ca: identity.cert });
      if (entries !== objects) throw new Error(`${entries} entries were read of ${objects}`);
      rates.push(objects / seconds);
      peaks.push(peakMb);
    }
  } finally {
    await server.end();
  }
  return [
    { what: `ready-made pages over TLS, ${count} objects: receive, parse, classify, store`, unit: '/s', ours: rates, goal: 100_000 },
    { what: `memory of a process with reader and store, ${count} objects, arranging included`, unit: 'MB', ours: peaks, goal: 300 },
  ];
}

async function runOnce(order: CeilingOrder): Promise<CeilingResult> {
  const child = fork(fileURLToPath(new URL('./ceilingRun.ts', import.meta.url)));
  child.send(order);
  const ended = once(child, 'exit').then(() => {
    throw new Error('the measured process ended early');
  });
  ended.catch(() => undefined);
  const [result] = (await Promise.race([once(child, 'message'), ended])) as [CeilingResult];
  return result;
}
