import { makeTestIdentity } from '../../electron/clients/kes/kes.testSupport.ts';
import type { S3Endpoint } from '../../electron/clients/s3/signedClient.ts';
import { Secret } from '../../shared/secret.ts';
import type { Row } from '../table.ts';
import { ourAudit } from './ours.ts';
import { startReadyServer } from './readyServer.ts';

/**
 * What receive, parse, classify and store reach together when the server costs next to nothing, and how much memory is
 * held meanwhile by this process, which has reader and store and nothing else to do.
 */
export async function measureCeiling(folder: string, objects: number, runs: number, note: (line: string) => void): Promise<Row[]> {
  const identity = await makeTestIdentity('server');
  const server = await startReadyServer({ objects, tls: { cert: identity.cert, key: identity.key.reveal() } });
  const endpoint: S3Endpoint = {
    url: server.url,
    ca: [identity.cert],
    credentials: { accessKey: 'bench', secretKey: new Secret('bench-secret') },
  };
  const rates: number[] = [];
  const peaks: number[] = [];
  const count = objects.toLocaleString('en');
  try {
    for (let at = 0; at < runs; at++) {
      note(`${count} ready-made entries ...`);
      const before = process.memoryUsage.rss();
      let peak = before;
      const watch = setInterval(() => {
        peak = Math.max(peak, process.memoryUsage.rss());
      }, 100);
      const audit = await ourAudit(folder, endpoint, 'ready');
      clearInterval(watch);
      if (audit.entries !== objects) throw new Error(`${audit.entries} entries were read of ${objects}`);
      rates.push(objects / audit.seconds);
      peaks.push(peak / 1e6);
      await audit.end();
    }
  } finally {
    await server.end();
  }
  return [
    { what: `ready-made pages over TLS, ${count} objects: receive, parse, classify, store`, unit: '/s', ours: rates, goal: 100_000 },
    { what: `memory of reader and store at ${count} objects`, unit: 'MB', ours: peaks, goal: 300 },
  ];
}
