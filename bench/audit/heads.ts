import { startSeaweedfs } from '../../electron/clients/s3/seaweedfs.testSupport.ts';
import { createSignedClient, type S3Endpoint } from '../../electron/clients/s3/signedClient.ts';
import type { Row } from '../table.ts';
import { bareHeads } from './bareHeads.ts';
import { keyOf } from './fill.ts';
import { ourAudit } from './ours.ts';

const bucket = 'heads';
const concurrencies = [16, 32, 64];

/**
 * The fallback for servers whose listing says nothing, on a real one: our listing, HEADs, states and store against a bare
 * script that lists and asks, and against one that is told all names and only asks. Rates in objects a second, in turns.
 */
export async function measureHeads(folder: string, objects: number, runs: number, note: (line: string) => void): Promise<Row[]> {
  const weed = await startSeaweedfs();
  try {
    note(`SeaweedFS is filled with ${objects.toLocaleString('en')} objects ...`);
    const keys = Array.from({ length: objects }, (_, n) => keyOf('deep', n));
    await fill(weed.endpoint, keys);
    const bare = async (atOnce: number, told = true): Promise<number> =>
      objects / (await bareHeads(weed.endpoint, bucket, told ? keys : undefined, atOnce));
    // The server's own caches are filled once, so that no concurrency pays for being the first.
    await bare(32);
    const tried: [number, number][] = [];
    for (const atOnce of concurrencies) tried.push([atOnce, await bare(atOnce)]);
    const best = tried.reduce((one, other) => (other[1] > one[1] ? other : one))[0];
    const ours: number[] = [];
    const lists: number[] = [];
    const isTold: number[] = [];
    for (let at = 0; at < runs; at++) {
      note(`HEADs ${at + 1} of ${runs}`);
      isTold.push(await bare(best));
      lists.push(await bare(best, false));
      const audit = await ourAudit(folder, weed.endpoint, bucket, { method: 'head' });
      await audit.end();
      if (audit.entries !== objects) throw new Error(`${audit.entries} entries were read of ${objects}`);
      ours.push(objects / audit.seconds);
    }
    const what = `${objects.toLocaleString('en')} objects of SeaweedFS by HEAD, best of ${concurrencies.join('/')} at once: ${best}`;
    return [
      { what: `${what}: bare list and HEADs`, unit: '/s', ours, peer: lists },
      { what: `${what}: bare HEADs, names given`, unit: '/s', ours, peer: isTold },
    ];
  } finally {
    await weed.stop();
  }
}

/** Every second one is encrypted with SSE-S3, the others are plaintext. */
async function fill(endpoint: S3Endpoint, keys: readonly string[]): Promise<void> {
  const s3 = createSignedClient(endpoint);
  try {
    await s3.demand({ method: 'PUT', path: [bucket] });
    let next = 0;
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (let at = next++; at < keys.length; at = next++) {
          const headers: Record<string, string> = at % 2 === 0 ? {} : { 'x-amz-server-side-encryption': 'AES256' };
          await s3.demand({ method: 'PUT', path: [bucket, ...(keys[at] ?? '').split('/')], headers, body: `object ${at}` });
        }
      }),
    );
  } finally {
    await s3.close();
  }
}
