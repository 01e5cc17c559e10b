// Runs in a thread of its own, begun for each run: a script that was run before would be measured with its code compiled.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Pool } from 'undici';
import type { S3Endpoint } from '../../electron/clients/s3/signedClient.ts';
import { Secret } from '../../shared/secret.ts';
import { signer } from '../audit/bareLoop.ts';

interface Work {
  bucket: string;
  /** Of the files; absent: the objects are there, and are copied onto themselves. */
  folder?: string;
  /** Paths below the folder; they are the keys, too. */
  names: readonly string[];
  /** Sent and signed with each PUT. */
  headers: Record<string, string>;
  atOnce: number;
  /** Also reads a byte of each afterwards, and before a copy, as the product does. */
  readBack: boolean;
}

/** The least that has to be done: one signed PUT a file, or copy, on kept connections. Returns the seconds. */
export async function barePuts({ url, ca, credentials }: S3Endpoint, work: Work): Promise<number> {
  const given: Given = { url, ca: [...ca], accessKey: credentials.accessKey, secretKey: credentials.secretKey.reveal(), work };
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
  work: Work;
}

if (!isMainThread && parentPort) {
  const { url, ca, accessKey, secretKey, work } = workerData as Given;
  parentPort.postMessage(await putAll({ url, ca, credentials: { accessKey, secretKey: new Secret(secretKey) } }, work));
}

async function putAll(endpoint: S3Endpoint, { bucket, folder, names, headers, atOnce, readBack }: Work): Promise<number> {
  const begin = performance.now();
  const pool = new Pool(endpoint.url, { connections: atOnce, pipelining: 1, connect: { ca: [...endpoint.ca] } });
  // TLS protects the content; its hash would be work that nobody asks for.
  const put = signer(endpoint, 'PUT', headers, 'UNSIGNED-PAYLOAD');
  const copy = (path: string) => signer(endpoint, 'PUT', { ...headers, 'x-amz-copy-source': path }, 'UNSIGNED-PAYLOAD')(path);
  const get = signer(endpoint);
  let next = 0;
  async function ask(method: 'PUT' | 'GET', path: string, sent: Record<string, string>, body?: Buffer): Promise<void> {
    const answer = await pool.request({ method, path, headers: sent, ...(body ? { body } : {}) });
    const said = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${answer.statusCode} for ${method} ${path}: ${said.slice(0, 300)}`);
  }
  try {
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let name = names[next++]; name !== undefined; name = names[next++]) {
          const path = `/${bucket}/${name}`;
          if (folder === undefined && readBack) await ask('GET', path, get(path, { range: 'bytes=0-0' }));
          if (folder === undefined) await ask('PUT', path, copy(path));
          else await ask('PUT', path, put(path), readFileSync(join(folder, name)));
          if (!readBack) continue;
          await ask('GET', path, get(path, { range: 'bytes=0-0' }));
        }
      }),
    );
  } finally {
    await pool.close();
  }
  return (performance.now() - begin) / 1000;
}
