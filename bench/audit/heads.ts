import { Pool } from 'undici';
import { startSeaweedfs } from '../../electron/clients/s3/seaweedfs.testSupport.ts';
import { createSignedClient, type S3Endpoint } from '../../electron/clients/s3/signedClient.ts';
import type { Row } from '../table.ts';
import { signer } from './bareLoop.ts';
import { keyOf } from './fill.ts';
import { ourAudit } from './ours.ts';

const bucket = 'heads';
const concurrencies = [16, 32, 64];

/**
 * The fallback for servers whose listing says nothing, on a real one: our listing, HEADs, states and store against a bare
 * script that is told all names and only asks. Rates in objects a second, in turns.
 */
export async function measureHeads(folder: string, objects: number, runs: number, note: (line: string) => void): Promise<Row[]> {
  const weed = await startSeaweedfs();
  try {
    note(`SeaweedFS is filled with ${objects.toLocaleString('en')} objects ...`);
    const keys = Array.from({ length: objects }, (_, n) => keyOf('deep', n));
    await fill(weed.endpoint, keys);
    const bare = async (atOnce: number): Promise<number> => objects / (await bareHeads(weed.endpoint, keys, atOnce));
    // The server's own caches are filled once, so that no concurrency pays for being the first.
    await bare(32);
    const tried: [number, number][] = [];
    for (const atOnce of concurrencies) tried.push([atOnce, await bare(atOnce)]);
    const best = tried.reduce((one, other) => (other[1] > one[1] ? other : one))[0];
    const ours: number[] = [];
    const peer: number[] = [];
    for (let at = 0; at < runs; at++) {
      note(`HEADs ${at + 1} of ${runs}`);
      peer.push(await bare(best));
      const audit = await ourAudit(folder, weed.endpoint, bucket, { method: 'head' });
      await audit.end();
      if (audit.entries !== objects) throw new Error(`${audit.entries} entries were read of ${objects}`);
      ours.push(objects / audit.seconds);
    }
    const what = `${objects.toLocaleString('en')} objects of SeaweedFS by HEAD: bare HEADs, best of ${concurrencies.join('/')} at once: ${best}`;
    return [{ what, unit: '/s', ours, peer }];
  } finally {
    await weed.stop();
  }
}

/** The best that a script makes of HEADs alone: names given, connections kept, nothing read of the answer. Returns the seconds. */
async function bareHeads(endpoint: S3Endpoint, keys: readonly string[], atOnce: number): Promise<number> {
  const pool = new Pool(endpoint.url, { connections: atOnce, pipelining: 1, connect: { ca: [...endpoint.ca] } });
  const sign = signer(endpoint, 'HEAD');
  let next = 0;
  const begin = performance.now();
  try {
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let key = keys[next++]; key !== undefined; key = keys[next++]) {
          const path = `/${bucket}/${key}`;
          // Without `reset: false` undici gives the connection up after each HEAD.
          const { statusCode, body } = await pool.request({ method: 'HEAD', path, headers: sign(path), reset: false });
          await body.dump();
          if (statusCode !== 200) throw new Error(`${statusCode} for HEAD of ${key}`);
        }
      }),
    );
  } finally {
    await pool.close();
  }
  return (performance.now() - begin) / 1000;
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
