import { createTlsClient, type TlsResponse, type TlsStream } from '../../platform/tlsClient.ts';
import { readRefusal, refused } from './failures.ts';
import { canonicalUrl, emptyPayloadHash, type S3Credentials, sha256Hex, signRequest } from './sigv4.ts';

export interface S3Endpoint {
  /** Origin of the node, `https://host:port`. */
  url: string;
  /** PEM texts; nothing else is trusted. */
  ca: readonly string[];
  credentials: S3Credentials;
}

export interface SignedRequest {
  method: string;
  path: readonly string[];
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  body?: string;
  signal?: AbortSignal;
  timeoutMs?: number;
  /** Health calls are anonymous. */
  anonymous?: boolean;
  /** Who is asked: S3 and the admin API unless told otherwise. */
  service?: 's3' | 'sts';
}

/** Signed requests for what the SDK cannot say or hides: admin calls, listings with metadata, raw status and headers. */
export interface SignedClient {
  readonly host: string;
  /** Any status is an answer. */
  ask(request: SignedRequest): Promise<TlsResponse>;
  /** Throws the `AppError` of any answer that is not 2xx, and of MinIO's 206 with an error inside. */
  demand(request: SignedRequest): Promise<TlsResponse>;
  stream(request: SignedRequest): Promise<TlsStream>;
  close(): Promise<void>;
}

export function createSignedClient(endpoint: S3Endpoint): SignedClient {
  const tls = createTlsClient({ ca: endpoint.ca });

  function prepare(request: SignedRequest) {
    const url = canonicalUrl(endpoint.url, request.path, request.query);
    const payloadHash = request.body === undefined ? emptyPayloadHash : sha256Hex(request.body);
    const { method, credentials } = { method: request.method, credentials: endpoint.credentials };
    const headers = request.anonymous
      ? { ...request.headers }
      : signRequest({
          method,
          url,
          credentials,
          payloadHash,
          headers: request.headers ?? {},
          ...(request.service ? { service: request.service } : {}),
        });
    return {
      method,
      url: url.href,
      headers,
      ...(request.body === undefined ? {} : { body: request.body }),
      ...(request.signal ? { signal: request.signal } : {}),
      ...(request.timeoutMs === undefined ? {} : { timeoutMs: request.timeoutMs }),
    };
  }

  const ask = (request: SignedRequest): Promise<TlsResponse> => tls.request(prepare(request));
  return {
    host: new URL(endpoint.url).host,
    ask,
    async demand(request) {
      const answer = await ask(request);
      if (isRefusal(answer.status, answer.headers))
        throw refused(readRefusal(answer.status, answer.headers, answer.text(), request.path.join('/')));
      return answer;
    },
    stream: (request) => tls.stream(prepare(request)),
    close: () => tls.close(),
  };
}

/** A 206 without a range is MinIO's way to say that encryption metadata is damaged (minio.md 3.5). */
export function isRefusal(status: number, headers: Readonly<Record<string, string>>): boolean {
  if (status === 206) return headers['content-range'] === undefined;
  return status < 200 || status > 299;
}
