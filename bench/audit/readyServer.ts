// A server that answers ready-made listing pages out of memory, a process of its own: what is left is our own work and memory.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createPlain, type RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

interface Order {
  objects: number;
  /** Absent: without TLS. */
  tls?: { cert: string; key: string };
}

/** One flat bucket of that many objects in MinIO's form, a third of each of three kinds. Returns its address. */
export async function startReadyServer(order: Order): Promise<{ url: string; end(): Promise<void> }> {
  const child = fork(fileURLToPath(import.meta.url), ['serve']);
  child.send(order);
  const [port] = (await once(child, 'message')) as [number];
  return {
    url: `${order.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    async end() {
      child.kill();
      await once(child, 'exit');
    },
  };
}

const digits = 10;
const pageSize = 1000;
const keyAt = (n: number): string => `object-${String(n).padStart(digits, '0')}`;

if (process.send && process.argv[2] === 'serve') process.once('message', (order) => serve(order as Order));

function serve({ objects, tls }: Order): void {
  const full = makePage(pageSize);
  const listener: RequestListener = (request, response) => {
    const query = new URL(request.url ?? '/', 'http://ready').searchParams;
    const asked = Number(query.get('max-keys') ?? pageSize);
    const token = query.get('continuation-token');
    const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64').toString();
    const from = after === '' ? 0 : firstAfter(after, objects);
    const count = Math.max(0, Math.min(pageSize, asked, objects - from));
    const page = count === pageSize ? full : makePage(count);
    const body = Buffer.from(page.bytes);
    for (let at = 0; at < count; at++) writeDigits(body, page.offsets[at] ?? 0, from + at);
    const more = from + count < objects;
    const head = `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>ready</Name><Prefix></Prefix>${more ? `<NextContinuationToken>${Buffer.from(keyAt(from + count - 1)).toString('base64')}</NextContinuationToken>` : ''}<KeyCount>${count}</KeyCount><MaxKeys>${asked}</MaxKeys><IsTruncated>${more}</IsTruncated>`;
    const all = Buffer.concat([Buffer.from(head), body, Buffer.from('<EncodingType>url</EncodingType></ListBucketResult>')]);
    response.writeHead(200, { 'content-type': 'application/xml', 'content-length': all.length });
    response.end(all);
  };
  const server = tls ? createServer(tls, listener) : createPlain(listener);
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}

function writeDigits(body: Buffer, offset: number, value: number): void {
  let rest = value;
  for (let at = offset + digits - 1; at >= offset; at--) {
    body[at] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}

/** Number of keys that are not greater: the place of the first one to list. */
function firstAfter(after: string, objects: number): number {
  let low = 0;
  let high = objects;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keyAt(middle) > after) high = middle;
    else low = middle + 1;
  }
  return low;
}

function makePage(count: number): { bytes: Buffer; offsets: number[] } {
  const offsets: number[] = [];
  let text = '';
  const sse = 'X-Amz-Server-Side-Encryption';
  const kinds = [
    '',
    `<${sse}>AES256</${sse}>`,
    `<${sse}>aws:kms</${sse}><${sse}-Aws-Kms-Key-Id>arn:aws:kms:minio-bench</${sse}-Aws-Kms-Key-Id>`,
  ];
  for (let at = 0; at < count; at++) {
    text += '<Contents><Key>object-';
    offsets.push(text.length);
    text += `${'0'.repeat(digits)}</Key><LastModified>2026-11-0${1 + (at % 9)}T0${at % 10}:12:45.123Z</LastModified><ETag>&#34;9b1f0c0e6c3a4b5d8e7f60718293a4b5&#34;</ETag><Size>${1000 + at}</Size><StorageClass>STANDARD</StorageClass><UserMetadata><content-type>application/octet-stream</content-type>${kinds[at % 3]}<X-Amz-Meta-Owner>finance</X-Amz-Meta-Owner></UserMetadata><Internal><K>1</K><M>0</M></Internal></Contents>`;
  }
  return { bytes: Buffer.from(text, 'latin1'), offsets };
}
