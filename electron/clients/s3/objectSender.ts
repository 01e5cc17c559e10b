import { AppError } from '../../../shared/rpc/errors.ts';
import type { Sink, Wanted } from './bulkAnswer.ts';
import { createBulkReader } from './bulkRead.ts';
import { refused } from './failures.ts';
import { customerPrefix, sourceCustomerPrefix, toWire } from './objectHeaders.ts';
import type { RawAnswer, RawRequest } from './rawDispatch.ts';
import { createTransport, refusalIn } from './rawTransport.ts';
import { isRefusal, type S3Endpoint } from './signedClient.ts';
import { canonicalUrl, emptyPayloadHash, sha256Hex, signRequest } from './sigv4.ts';

const answerBytes = 8 * 1024 * 1024;
const errorRoot = /^\s*(?:<\?xml[^>]*\?>)?\s*<Error[\s>]/;

export interface ObjectRequest
  extends Pick<RawRequest, 'method' | 'payload' | 'onSent' | 'signal' | 'firstByteMs' | 'open' | 'repeatable'> {
  bucket: string;
  /** Absent: the bucket itself. */
  key?: string;
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  /** Hex SHA-256 of the payload where it is known already, or `UNSIGNED-PAYLOAD`. */
  payloadHash?: string;
}

export interface ObjectSender {
  readonly host: string;
  /** Over TLS. */
  readonly secure: boolean;
  /** Any status is an answer. */
  ask(request: ObjectRequest): Promise<RawAnswer>;
  /** Throws the `AppError` of every refusal: other statuses, an error inside a 2xx, MinIO's 206 for damaged metadata (minio.md 3.5). */
  demand(request: ObjectRequest): Promise<RawAnswer>;
  /** A GET of so many bytes right into a sink. False: it was not answered in just this way, and nothing was read. */
  into(request: Omit<ObjectRequest, 'method' | 'payload'>, wanted: Wanted, sink: Sink): Promise<boolean>;
  close(): Promise<void>;
}

/** Signs and sends. The payload's hash is part of the signature unless told otherwise, so that every server checks it. Throws `customerKeyNeedsTls` before a key goes over plain HTTP. */
export function createObjectSender(endpoint: S3Endpoint, connections: number): ObjectSender {
  const { host, protocol } = new URL(endpoint.url);
  const transport = createTransport(endpoint.url, endpoint.ca, connections);

  const bulk = createBulkReader(endpoint.url, endpoint.ca);

  function prepare({ method, bucket, key, query = {}, headers = {}, payload, payloadHash = hashOf(payload) }: ObjectRequest) {
    const keyed = [customerPrefix, sourceCustomerPrefix].some((prefix) => headers[`${prefix}-key`] !== undefined);
    if (keyed && protocol !== 'https:') throw new AppError('customerKeyNeedsTls', { host });
    const url = canonicalUrl(endpoint.url, key === undefined ? [bucket] : [bucket, key], query);
    return { url, headers: toWire(signRequest({ method, url, credentials: endpoint.credentials, payloadHash, headers })) };
  }

  async function ask(request: ObjectRequest): Promise<RawAnswer> {
    const { method, payload, onSent, signal, firstByteMs, open, repeatable } = request;
    const { url, headers } = prepare(request);
    if (payload !== undefined && payload.length > 0) headers['content-length'] = String(payload.length);
    const chunks: Buffer[] = [];
    let bytes = 0;
    const push = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > answerBytes) throw new AppError('answerNotUnderstood', { host, reason: `more than ${answerBytes} bytes` });
      chunks.push(chunk);
    };
    const answer = await transport.send({
      ...{ method, url, headers, payload, onSent, signal, firstByteMs, open, repeatable },
      body: { status: 200, push },
    });
    return chunks.length > 0 ? { ...answer, text: Buffer.concat(chunks).toString('utf8') } : answer;
  }

  return {
    host,
    secure: protocol === 'https:',
    ask,
    async demand(request) {
      const answer = await ask(request);
      if (!isRefusal(answer.status, answer.headers) && !errorRoot.test(answer.text)) return answer;
      throw refused(refusalIn(answer, request.key === undefined ? request.bucket : `${request.bucket}/${request.key}`));
    },
    async into(request, wanted, sink) {
      return bulk.read({ ...wanted, ...prepare({ ...request, method: 'GET' }), signal: request.signal }, sink);
    },
    async close() {
      bulk.close();
      await transport.close();
    },
  };
}

function hashOf(payload: Uint8Array | undefined): string {
  return payload === undefined ? emptyPayloadHash : sha256Hex(payload);
}
