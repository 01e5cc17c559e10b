import { createHmac } from 'node:crypto';
import type { S3Endpoint, SignedClient } from '../s3/signedClient.ts';

/** A bearer for MinIO's metrics: HS512 over the secret key (minio.md 5.11). Valid for a minute. */
function bearer({ credentials }: S3Endpoint): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { sub: credentials.accessKey, iss: 'prometheus', exp: Math.floor(Date.now() / 1000) + 60 };
  const text = `${part({ alg: 'HS512', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${createHmac('sha512', credentials.secretKey.reveal()).update(text).digest('base64url')}`;
}

/** S3 requests that every node works on now, by operation. Needs `admin:Prometheus`; throws what the server refuses. */
export async function requestsInFlight(client: SignedClient, endpoint: S3Endpoint): Promise<ReadonlyMap<string, number>> {
  const answer = await client.demand({
    method: 'GET',
    path: ['minio', 'v2', 'metrics', 'cluster'],
    anonymous: true,
    headers: { authorization: `Bearer ${bearer(endpoint)}` },
    timeoutMs: 10_000,
  });
  return readInFlight(answer.text());
}

/** Lines of Prometheus' text format; an operation without a line works on nothing. */
export function readInFlight(text: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [, labels = '', value = ''] of text.matchAll(/^minio_s3_requests_inflight_total\{([^}]*)\}\s+(\S+)/gm)) {
    const api = /(?:^|,)api="([a-z0-9]{1,60})"/.exec(labels)?.[1];
    const count = Number(value);
    if (api !== undefined && count > 0) found.set(api, (found.get(api) ?? 0) + count);
  }
  return found;
}
