import { createHash, createHmac, createSecretKey } from 'node:crypto';
import { Pool } from 'undici';
import type { S3Endpoint } from '../../electron/clients/s3/signedClient.ts';

interface Work {
  bucket: string;
  versions: boolean;
  /** The listing ends for this worker with the first page that goes beyond `to`. */
  after: string;
  to?: string;
}

/**
 * The best that a script makes of the same requests: no parsing beyond the token, ranges cut at keys that it was told,
 * several in flight. Written by itself, so that nothing of the product's is measured. Returns the seconds.
 */
export async function bareLoop(endpoint: S3Endpoint, work: readonly Work[], inFlight: number): Promise<number> {
  const pool = new Pool(endpoint.url, { connections: inFlight, pipelining: 1, connect: { ca: [...endpoint.ca] } });
  const queue = [...work];
  const sign = signer(endpoint);
  const begin = performance.now();
  try {
    await Promise.all(
      Array.from({ length: inFlight }, async () => {
        for (let one = queue.shift(); one; one = queue.shift()) await listAll(pool, sign, one);
      }),
    );
  } finally {
    await pool.close();
  }
  return (performance.now() - begin) / 1000;
}

async function listAll(pool: Pool, sign: (path: string) => Record<string, string>, work: Work): Promise<void> {
  const form = work.versions
    ? 'metadata=true&encoding-type=url&max-keys=1000'
    : 'encoding-type=url&list-type=2&max-keys=1000&metadata=true';
  let more = work.after === '' ? '' : `${work.versions ? 'key-marker' : 'start-after'}=${encodeURIComponent(work.after)}`;
  for (;;) {
    const query = [...form.split('&'), ...more.split('&').filter(Boolean), ...(work.versions ? ['versions='] : [])].sort().join('&');
    const path = `/${work.bucket}?${query}`;
    const { body, statusCode } = await pool.request({ method: 'GET', path, headers: sign(path) });
    const page = Buffer.from(await body.arrayBuffer()).toString('latin1');
    if (statusCode !== 200) throw new Error(`${statusCode} ${page.slice(0, 300)}`);
    if (work.to !== undefined) {
      const last = page.slice(page.lastIndexOf('<Key>') + 5, page.indexOf('</Key>', page.lastIndexOf('<Key>')));
      if (decodeURIComponent(last) >= work.to) return;
    }
    const next = between(page, work.versions ? 'NextKeyMarker' : 'NextContinuationToken');
    if (next === undefined) return;
    more = work.versions
      ? `key-marker=${encode(decodeURIComponent(next))}&version-id-marker=${encode(between(page, 'NextVersionIdMarker') ?? '')}`
      : `continuation-token=${encode(next)}`;
  }
}

function between(page: string, name: string): string | undefined {
  const at = page.indexOf(`<${name}>`);
  return at === -1 ? undefined : page.slice(at + name.length + 2, page.indexOf('<', at + name.length + 2));
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const empty = createHash('sha256').update('').digest('hex');

/** Signature V4, the day's key worked out once. `fixed`: headers of every request, in lower case; `payload`: hash of the body. */
export function signer(
  { url, credentials }: S3Endpoint,
  method = 'GET',
  fixed: Readonly<Record<string, string>> = {},
  payload = empty,
): (path: string, headers?: Record<string, string>) => Record<string, string> {
  const host = new URL(url).host;
  const names = ['host', 'x-amz-content-sha256', 'x-amz-date', ...Object.keys(fixed)].sort();
  const signed = names.join(';');
  const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  const scope = `${day}/us-east-1/s3/aws4_request`;
  const key = createSecretKey(['us-east-1', 's3', 'aws4_request'].reduce<Buffer>(hmac, hmac(`AWS4${credentials.secretKey.reveal()}`, day)));
  return (path, more = {}) => {
    const date = `${new Date().toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;
    const [name = '', query = ''] = path.split('?');
    const values: Record<string, string> = { ...fixed, host, 'x-amz-content-sha256': payload, 'x-amz-date': date };
    const lines = names.map((one) => `${one}:${values[one]}\n`).join('');
    const canonical = [method, name, query, lines, signed, payload].join('\n');
    const digest = createHash('sha256').update(canonical).digest('hex');
    const signature = createHmac('sha256', key).update(`AWS4-HMAC-SHA256\n${date}\n${scope}\n${digest}`).digest('hex');
    return {
      ...more,
      ...fixed,
      'x-amz-date': date,
      'x-amz-content-sha256': payload,
      authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKey}/${scope}, SignedHeaders=${signed}, Signature=${signature}`,
    };
  };
}
