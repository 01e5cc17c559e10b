import { once } from 'node:events';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Secret } from '../../../shared/secret.ts';
import {
  holds,
  type ListingQuery,
  listModel,
  type ModelBucket,
  type ModelObject,
  type ModelRefusal,
  versionsOf,
} from './modelBucket.testSupport.ts';
import { encryptionOf, escapeXml, etagOf, modifiedOf, writeModelPage } from './modelPageXml.testSupport.ts';
import type { S3Endpoint } from './signedClient.ts';

export type { ModelBucket, ModelObject, ModelRefusal } from './modelBucket.testSupport.ts';

export interface ModelRequest {
  kind: 'page' | 'head' | 'get' | 'ready' | 'other';
  /** From 1, over all kinds. */
  number: number;
  bucket: string;
  key: string;
  query: Readonly<Record<string, string>>;
  headers: IncomingMessage['headers'];
}

/** What is done to one answer. Unset: nothing. */
export interface ModelFault {
  delayMs?: number;
  /** The error's XML, or MinIO's headers on HEAD. With 206: MinIO's answer for damaged metadata. */
  refusal?: ModelRefusal;
  status?: number;
  headers?: Record<string, string>;
  /** Another body than the right one. */
  change?(body: string): string | Buffer;
  /** A lie in `Content-Length`; the connection ends after the body. */
  contentLength?: number;
  /** After so many bytes of the body the connection breaks, or with `stall` nothing follows. */
  cutAfter?: number;
  stall?: boolean;
  /** Parts of so many bytes with a pause in between, without `Content-Length`. */
  dribble?: { bytes: number; everyMs: number };
}

export interface ModelS3Options {
  buckets: Record<string, ModelBucket>;
  tls?: { cert: string; key: string; ca: string };
  /** Asked for each request, before it is answered. */
  fault?(request: ModelRequest): ModelFault | undefined | Promise<ModelFault | undefined>;
  /** A full page tells of another, and an empty one follows, when its keys are just used up. */
  emptyLastPage?: boolean;
  pageLimit?: number;
}

/**
 * A model server: answers as MinIO does where a real one cannot be brought to it - keys that it refuses, faults, 10 million
 * keys. Signatures are only looked for. `options` may be changed while it runs.
 */
export async function startModelS3(options: ModelS3Options) {
  const counts = { page: 0, head: 0, get: 0, ready: 0, other: 0, inFlight: 0, most: 0, connections: 0 };
  const state: ModelS3Options & { kmsDown: boolean } = { ...options, kmsDown: false };
  let number = 0;

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = readRequest(incoming, ++number);
    counts[request.kind]++;
    counts.most = Math.max(counts.most, ++counts.inFlight);
    try {
      const fault = (await state.fault?.(request)) ?? {};
      if (fault.delayMs !== undefined) await wait(fault.delayMs);
      const made = fault.refusal ? refusalOf(fault.refusal, request) : answerOf(request);
      await send(response, request, made, fault);
    } finally {
      counts.inFlight--;
    }
  }

  function answerOf(request: ModelRequest): Answer {
    if (request.kind === 'ready')
      return state.kmsDown ? refusalOf({ status: 500, code: 'kms:KeyGenerationFailed' }, request) : { status: 200, headers: {}, body: '' };
    if (request.headers.authorization === undefined) return refusalOf({ status: 403, code: 'AccessDenied' }, request);
    const bucket = Object.hasOwn(state.buckets, request.bucket) ? state.buckets[request.bucket] : undefined;
    if (!bucket) return refusalOf({ status: 404, code: 'NoSuchBucket', message: 'The specified bucket does not exist' }, request);
    if (request.kind === 'page') return pageOf(bucket, request);
    if (request.kind === 'other') return refusalOf({ status: 501, code: 'NotImplemented' }, request);
    const all = holds(bucket, request.key) ? versionsOf(bucket, request.key) : [];
    const wanted = request.query.versionId;
    const object = wanted === undefined ? all[0] : all.find(({ versionId = 'null' }) => versionId === wanted);
    return objectOf(object, request, wanted);
  }

  function pageOf(bucket: ModelBucket, request: ModelRequest): Answer {
    const query = readQuery(request.query, state.pageLimit ?? 1000);
    if ('status' in query) return refusalOf(query, request);
    const page = listModel(bucket, query);
    if (state.emptyLastPage && page.entries.length + page.prefixes.length === query.maxKeys) page.truncated = true;
    const blocked = page.entries.find(({ object }) => object.blocks !== undefined || (state.kmsDown && object.state === 'sse-s3'))?.object;
    if (blocked) return refusalOf(blocked.blocks ?? kmsDown, request);
    return {
      status: 200,
      headers: { 'content-type': 'application/xml' },
      body: writeModelPage(request.bucket, query, page, request.query),
    };
  }

  function objectOf(object: ModelObject | undefined, request: ModelRequest, wanted: string | undefined): Answer {
    if (!object) {
      const code = wanted === undefined ? 'NoSuchKey' : 'NoSuchVersion';
      return refusalOf({ status: 404, code, message: 'The specified key does not exist.' }, request);
    }
    if (object.deleteMarker) {
      const refusal = wanted === undefined ? { status: 404, code: 'NoSuchKey' } : { status: 405, code: 'MethodNotAllowed' };
      const made = refusalOf(refusal, request);
      return { ...made, headers: { ...made.headers, 'x-amz-delete-marker': 'true' } };
    }
    if (object.state === 'unknown') return refusalOf({ status: 403, code: 'AccessDenied', message: 'Access Denied.' }, request);
    if (object.state === 'unreadable') return refusalOf({ status: 206, code: 'XMinioObjectTampered' }, request);
    if (object.state === 'sse-c') return refusalOf({ status: 400, code: 'InvalidRequest', message: customerKeyText }, request);
    const size = object.size ?? 5;
    const headers = {
      etag: `"${etagOf(object)}"`,
      'last-modified': new Date(modifiedOf(object)).toUTCString(),
      'content-type': 'binary/octet-stream',
      ...encryptionOf(object, 'lower'),
      ...(object.versionId === undefined ? {} : { 'x-amz-version-id': object.versionId }),
    };
    if (request.kind === 'head') return { status: 200, headers: { ...headers, 'content-length': String(size) }, body: '' };
    const sealed = object.state === 'sse-s3' || object.state === 'sse-kms';
    if (size > 0 && (object.unreadable || (state.kmsDown && sealed))) return refusalOf(object.unreadable ?? kmsDown, request);
    if (size === 0) return refusalOf({ status: 416, code: 'InvalidRange' }, request);
    return { status: 206, headers: { ...headers, 'content-range': `bytes 0-0/${size}` }, body: 'x' };
  }

  const handle = (incoming: IncomingMessage, response: ServerResponse): void => {
    answer(incoming, response).catch((error: unknown) => response.destroy(error as Error));
  };
  const server = options.tls ? createHttps({ cert: options.tls.cert, key: options.tls.key }, handle) : createHttp(handle);
  server.on('connection', () => counts.connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http${options.tls ? 's' : ''}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const endpoint: S3Endpoint = {
    url,
    ca: options.tls ? [options.tls.ca] : [],
    credentials: { accessKey: 'model', secretKey: new Secret('model-secret') },
  };
  return {
    url,
    endpoint,
    counts,
    /** Change what it does while it runs: `buckets`, `fault`, `emptyLastPage`, `pageLimit`, `kmsDown`. */
    state,
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
export type ModelS3 = Awaited<ReturnType<typeof startModelS3>>;

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const kmsDown: ModelRefusal = { status: 500, code: 'kms:DecryptionFailed', message: 'failed to decrypt ciphertext with KMS key' };
const customerKeyText =
  'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.';

function readRequest(incoming: IncomingMessage, number: number): ModelRequest {
  const [path = '', search = ''] = (incoming.url ?? '').split('?', 2);
  const [, bucket = '', ...rest] = path.split('/');
  const key = decodeURIComponent(rest.join('/'));
  const query = Object.fromEntries(
    search
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) => pair.split('=', 2).map(decodeURIComponent))
      .map(([name = '', value = '']) => [name, value]),
  );
  const isPage = key === '' && incoming.method === 'GET' && (query['list-type'] === '2' || query.versions !== undefined);
  const ofObject = key !== '' && (incoming.method === 'HEAD' || incoming.method === 'GET');
  const kind =
    path === '/minio/health/ready' ? 'ready' : isPage ? 'page' : !ofObject ? 'other' : incoming.method === 'HEAD' ? 'head' : 'get';
  return { kind, number, bucket, key, query, headers: incoming.headers };
}

function readQuery(given: Readonly<Record<string, string>>, limit: number): ListingQuery | ModelRefusal {
  const versions = given.versions !== undefined;
  const prefix = given.prefix ?? '';
  const notImplemented: ModelRefusal = { status: 501, code: 'NotImplemented' };
  const maxKeys = Number(given['max-keys'] ?? limit);
  if (!(maxKeys >= 0)) return { status: 400, code: 'InvalidArgument' };
  const token = given['continuation-token'];
  if (token === '' || (token !== undefined && !/^[A-Za-z0-9+/]+=*$/.test(token))) return { status: 400, code: 'InvalidArgument' };
  const place = versions ? given['key-marker'] : token === undefined ? given['start-after'] : Buffer.from(token, 'base64').toString();
  const after = withoutTag(place ?? '');
  if (versions && given['version-id-marker'] && !given['key-marker']) return notImplemented;
  const marked = (place ?? '') !== '';
  if (marked && (versions || token !== undefined) && !after.startsWith(prefix)) return notImplemented;
  return {
    versions,
    metadata: given.metadata === 'true',
    prefix,
    delimiter: given.delimiter ?? '',
    maxKeys: Math.min(maxKeys, limit),
    after,
    versionAfter: versions ? (given['version-id-marker'] ?? '') : '',
    marked,
  };
}

/** MinIO takes what follows the last bracket for its own note, also in a `start-after` that is a key. */
function withoutTag(marker: string): string {
  return marker.includes('[minio_cache:v2') ? marker.slice(0, marker.lastIndexOf('[')) : marker;
}

function refusalOf({ status, code, message = code }: ModelRefusal, { kind, bucket, key }: ModelRequest): Answer {
  if (kind === 'head')
    return { status, headers: { 'x-minio-error-code': code, 'x-minio-error-desc': `"${message}"`, 'content-length': '0' }, body: '' };
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message><BucketName>${bucket}</BucketName><Resource>/${escapeXml(bucket + (key === '' ? '' : `/${key}`))}</Resource><RequestId>18EA4339BDAD3E24</RequestId><HostId>71ae6c</HostId></Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

async function send(response: ServerResponse, request: ModelRequest, made: Answer, fault: ModelFault): Promise<void> {
  const body = Buffer.from(fault.change ? fault.change(made.body) : made.body);
  const headers: Record<string, string> = {
    server: 'MinIO',
    'x-amz-request-id': `MODEL${request.number}`,
    ...made.headers,
    ...fault.headers,
  };
  if (request.kind !== 'head' && !fault.dribble) headers['content-length'] = String(fault.contentLength ?? body.length);
  response.strictContentLength = false;
  response.writeHead(fault.status ?? made.status, headers);
  if (fault.cutAfter !== undefined) {
    await new Promise<void>((done) => response.write(body.subarray(0, fault.cutAfter), () => done()));
    if (fault.stall) return;
    // What was written must leave before the connection breaks.
    await wait(20);
    response.destroy();
    return;
  }
  if (fault.dribble) {
    for (let at = 0; at < body.length && !response.destroyed; at += fault.dribble.bytes) {
      response.write(body.subarray(at, at + fault.dribble.bytes));
      await wait(fault.dribble.everyMs);
    }
  } else if (request.kind !== 'head') response.write(body);
  if (fault.contentLength !== undefined) {
    await wait(20);
    response.destroy();
  } else response.end();
}
