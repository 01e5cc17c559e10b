// Runs in a thread of its own, begun for each run as an audit's reader is: a script that was run before would be measured with its code compiled.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Pool } from 'undici';
import type { S3Endpoint } from '../../electron/clients/s3/signedClient.ts';
import { Secret } from '../../shared/secret.ts';
import { signer } from './bareLoop.ts';

/** Seconds that a bare script takes for a HEAD of each object of a bucket. Without `keys` it lists them meanwhile. */
export async function bareHeads(
  endpoint: S3Endpoint,
  bucket: string,
  keys: readonly string[] | undefined,
  atOnce: number,
): Promise<number> {
  const { url, ca, credentials } = endpoint;
  const given: Given = {
    url,
    ca: [...ca],
    accessKey: credentials.accessKey,
    secretKey: credentials.secretKey.reveal(),
    bucket,
    keys,
    atOnce,
  };
  const worker = new Worker(new URL(import.meta.url), { workerData: given });
  try {
    return await new Promise<number>((resolve, reject) => worker.once('message', resolve).once('error', reject));
  } finally {
    await worker.terminate();
  }
}

interface Given {
  url: string;
  ca: string[];
  accessKey: string;
  secretKey: string;
  bucket: string;
  keys: readonly string[] | undefined;
  atOnce: number;
}

if (!isMainThread && parentPort) {
  const { url, ca, accessKey, secretKey, bucket, keys, atOnce } = workerData as Given;
  parentPort.postMessage(await headAll({ url, ca, credentials: { accessKey, secretKey: new Secret(secretKey) } }, bucket, keys, atOnce));
}

/** The best that a script makes of HEADs: connections kept, nothing read of the answers; without `keys` it lists meanwhile. Returns the seconds. */
async function headAll(endpoint: S3Endpoint, bucket: string, keys: readonly string[] | undefined, atOnce: number): Promise<number> {
  const pool = new Pool(endpoint.url, { connections: atOnce + 1, pipelining: 1, connect: { ca: [...endpoint.ca] } });
  const sign = signer(endpoint, 'HEAD');
  const signList = signer(endpoint);
  const queue = [...(keys ?? [])];
  let next = 0;
  let listed = keys !== undefined;
  const wake: (() => void)[] = [];
  async function list(): Promise<void> {
    for (let after: string | undefined = ''; after !== undefined; ) {
      const token: string = after === '' ? '' : `continuation-token=${encodeURIComponent(after)}&`;
      const path = `/${bucket}?${token}list-type=2&max-keys=1000`;
      const { body } = await pool.request({ method: 'GET', path, headers: signList(path) });
      const page = await body.text();
      for (const [, key] of page.matchAll(/<Key>([^<]+)</g)) queue.push(key ?? '');
      after = /<NextContinuationToken>([^<]+)</.exec(page)?.[1];
      listed = after === undefined;
      for (const one of wake.splice(0)) one();
    }
  }
  async function ask(): Promise<void> {
    for (;;) {
      const key = queue[next];
      if (key === undefined && listed) return;
      if (key === undefined) {
        await new Promise<void>((resolve) => wake.push(resolve));
        continue;
      }
      next++;
      const path = `/${bucket}/${key}`;
      // Without `reset: false` undici gives the connection up after each HEAD.
      const { statusCode, body } = await pool.request({ method: 'HEAD', path, headers: sign(path), reset: false });
      await body.dump();
      if (statusCode !== 200) throw new Error(`${statusCode} for HEAD of ${key}`);
    }
  }
  const begin = performance.now();
  try {
    await Promise.all([...(keys ? [] : [list()]), ...Array.from({ length: atOnce }, ask)]);
  } finally {
    await pool.close();
  }
  return (performance.now() - begin) / 1000;
}
