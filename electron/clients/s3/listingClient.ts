import { randomBytes } from 'node:crypto';
import { AppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import { refused } from './failures.ts';
import type { ListingClient, ObjectAnswer, Page, PageRequest } from './listing.ts';
import { checkPage } from './listingCheck.ts';
import { createListingTokenizer, type Listing } from './listingTokenizer.ts';
import { customerHeaders } from './objectHeaders.ts';
import { stateFromHeaders, stateFromRefusal } from './objectState.ts';
import type { RawAnswer, RawRequest } from './rawDispatch.ts';
import { createTransport, refusalIn } from './rawTransport.ts';
import { isRefusal } from './signedClient.ts';
import { canonicalUrl, emptyPayloadHash, type S3Credentials, signRequest } from './sigv4.ts';

export interface ListingEndpoint {
  /** Origin, `https://host:port` or `http://…`. */
  url: string;
  /** PEM texts; nothing else is trusted. */
  ca: readonly string[];
  accessKey: string;
  /** In the clear: it came through a thread's port, which carries no `Secret`. */
  secretKey: string;
  /** Of a temporary credential; in the clear, too. */
  sessionToken?: string | undefined;
}

const readyMs = 15_000;
const objectMs = 60_000;

/** `connections`: most requests at once; more wait here. */
export function createListingClient(endpoint: ListingEndpoint, { connections = 32 } = {}): ListingClient {
  const { host, protocol } = new URL(endpoint.url);
  const { accessKey, secretKey, sessionToken } = endpoint;
  const session = sessionToken === undefined ? {} : { sessionToken: new Secret(sessionToken) };
  const credentials: S3Credentials = { accessKey, secretKey: new Secret(secretKey), ...session };
  const transport = createTransport(endpoint.url, endpoint.ca, connections);

  function signed(
    method: 'GET' | 'HEAD',
    path: readonly string[],
    query: Record<string, string>,
    headers: Record<string, string> = {},
  ): Pick<RawRequest, 'method' | 'url' | 'headers'> {
    const url = canonicalUrl(endpoint.url, path, query);
    return { method, url, headers: signRequest({ method, url, credentials, payloadHash: emptyPayloadHash, headers }) };
  }

  async function list(request: PageRequest, metadata: boolean): Promise<Listing> {
    const { bucket, versions, maxKeys = 1000, signal } = request;
    const tokenizer = createListingTokenizer({ host, bucket, versions, maxKeys });
    const body = { status: 200, push: tokenizer.push };
    const answer = await transport.send({ ...signed('GET', [bucket], queryOf(request, metadata)), signal, body });
    if (answer.status !== 200) throw withPatience(refused(refusalIn(answer, bucket)), answer.headers['retry-after']);
    return tokenizer.end();
  }

  async function askObject(
    method: 'GET' | 'HEAD',
    [bucket, key, versionId, signal]: Parameters<ListingClient['head']>,
    headers: Record<string, string>,
  ): Promise<ObjectAnswer> {
    const query = versionId === undefined ? {} : { versionId };
    return objectAnswer(await transport.send({ ...signed(method, [bucket, key], query, headers), signal, firstByteMs: objectMs }), key);
  }

  return {
    host,

    async page(request) {
      let listing = await list(request, request.metadata ?? true);
      // Names of an uploader broke it: without metadata it has no names, and no states; those are asked for by HEAD.
      if (listing.doubtful) listing = await list(request, false);
      const page = pageOf(listing, request.versions);
      checkPage(request, page, host);
      return page;
    },

    head: (...object) => askObject('HEAD', object, {}),

    headWithAnyKey: (...object) => askObject('HEAD', object, protocol === 'https:' ? anyKey() : {}),

    readByte: (...object) => askObject('GET', object, { range: 'bytes=0-0' }),

    async ready(signal) {
      const url = canonicalUrl(endpoint.url, ['minio', 'health', 'ready']);
      const answer = await transport.send({ method: 'GET', url, headers: {}, signal, firstByteMs: readyMs });
      // Seen on a real MinIO: 500 with a code of the KMS. Without its default key it is 404 kms:KeyNotFound: that KMS answers.
      if (answer.status === 503 || (answer.status === 500 && /^(?:kms:|KMS\.)/.test(refusalIn(answer, host).code))) return false;
      // MinIO's page is empty; another server's is not, or is not there.
      return answer.status === 200 && answer.text === '' ? true : undefined;
    },

    close: () => transport.close(),
  };
}

function queryOf(request: PageRequest, metadata: boolean): Record<string, string> {
  const { versions, prefix, after, versionAfter, token, maxKeys = 1000, delimiter } = request;
  const query: Record<string, string> = versions ? { versions: '' } : { 'list-type': '2' };
  if (metadata) query.metadata = 'true';
  query['encoding-type'] = 'url';
  query['max-keys'] = String(maxKeys);
  if (prefix !== '') query.prefix = prefix;
  if (delimiter) query.delimiter = delimiter;
  if (token) {
    if ('continuation' in token) query['continuation-token'] = token.continuation;
    else
      Object.assign(query, { 'key-marker': token.keyMarker, ...(token.versionMarker ? { 'version-id-marker': token.versionMarker } : {}) });
  } else if (after) {
    query[versions ? 'key-marker' : 'start-after'] = after;
    if (versions && versionAfter) query['version-id-marker'] = versionAfter;
  }
  return query;
}

function pageOf({ entries, prefixes, bytes, nextToken, nextKey, nextVersion }: Listing, versions: boolean): Page {
  const page: Page = { entries, prefixes, bytes };
  if (versions && nextKey !== undefined) page.next = { keyMarker: nextKey, versionMarker: nextVersion ?? '' };
  if (!versions && nextToken !== undefined) page.next = { continuation: nextToken };
  return page;
}

/** `Retry-After` in seconds, as `retryAfterMs` of the error. Dates are not used by S3 servers. */
function withPatience(error: AppError, after: string | undefined): AppError {
  if (after === undefined || !/^\d{1,4}$/.test(after)) return error;
  return AppError.of({ code: error.code, details: { ...error.details, retryAfterMs: Number(after) * 1000 } });
}

function objectAnswer(answer: RawAnswer, key: string): ObjectAnswer {
  const { status, headers } = answer;
  const result: ObjectAnswer = { status };
  const { etag, 'last-modified': modified, 'x-amz-version-id': versionId, 'x-amz-request-id': requestId } = headers;
  if (versionId !== undefined) result.versionId = versionId;
  if (requestId !== undefined) result.requestId = requestId;
  if (headers['x-amz-delete-marker'] === 'true') result.deleteMarker = true;
  if (isRefusal(status, headers)) {
    const { code, message } = refusalIn(answer, key);
    result.refusal = { code, message };
    const encryption = stateFromRefusal({ status, code, message, where: key }, key);
    return encryption ? { ...result, encryption } : result;
  }
  result.encryption = stateFromHeaders(headers);
  if (etag !== undefined) result.etag = etag.replace(/^(?:W\/)?"|"$/g, '');
  const size = headers['content-range']?.split('/')[1] ?? headers['content-length'];
  if (size !== undefined && /^\d+$/.test(size)) result.size = Number(size);
  const time = Date.parse(modified ?? '');
  if (!Number.isNaN(time)) result.modifiedAt = time;
  return result;
}

/** A key that nobody keeps. */
function anyKey(): Record<string, string> {
  return customerHeaders(new Secret(randomBytes(32).toString('base64')));
}
