import { createPrivateKey } from 'node:crypto';
import { PassThrough, type Readable } from 'node:stream';
import { Agent, type Dispatcher } from 'undici';
import { AppError, isAppError } from '../../shared/rpc/errors.ts';
import type { Secret } from '../../shared/secret.ts';
import { codeOf, dateError, networkError, signatureAlgorithms } from './tlsErrors.ts';
import { addressOf, certificatesIn, probe } from './tlsProbe.ts';

/** One identity against servers under one trust. Another identity or CA is another client. */
export interface TlsProfile {
  /** PEM texts, one or more certificates each. Nothing else is trusted, not even the system's roots. */
  ca: readonly string[];
  cert?: string;
  key?: Secret;
  /** Name to expect in the certificate, when it is not the URL's host. */
  servername?: string;
  /** How long an answer may take, and how long it may pause: ms. Default 15 s and 30 s. */
  timeoutMs?: number;
}

export interface TlsRequest {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array | Readable;
  signal?: AbortSignal;
  timeoutMs?: number;
  /** For `request`: a longer answer fails with `answerNotUnderstood`. Default 16 MiB. */
  maxBytes?: number;
}

export interface TlsResponse {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
  text(): string;
}

export interface TlsStream {
  status: number;
  headers: Record<string, string>;
  body: Readable;
}

export interface TlsClient {
  request(request: TlsRequest): Promise<TlsResponse>;
  /** The body must be read to its end or destroyed. Its failures are `AppError`s too. */
  stream(request: TlsRequest): Promise<TlsStream>;
  close(): Promise<void>;
}

const connectMs = 5_000;
/** How a kept connection ends that the server had already given up. */
export const closedCodes: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);
const mebibyte = 1024 * 1024;

/**
 * HTTP/1.1 over TLS with a client identity. Every status is an answer; only what stops an answer throws: `network…`,
 * `tls…`, `answerNotUnderstood`, `cancelled`. A broken CA, certificate or key is told at the first request.
 */
export function createTlsClient(profile: TlsProfile): TlsClient {
  let agent: Agent | undefined;

  const explain = (error: unknown, { url, signal }: TlsRequest): Promise<unknown> => explainFailure(error, profile, url, signal);

  function ready(host: string): Agent {
    if (agent) return agent;
    checkTrust(profile.ca, host);
    const identity = checkIdentity(profile, host);
    agent = new Agent({
      allowH2: false,
      connections: 8,
      pipelining: 1,
      connect: {
        ...trustOnly(profile.ca),
        ...identity,
        ...(profile.servername === undefined ? {} : { servername: profile.servername }),
      },
    });
    return agent;
  }

  async function send(request: TlsRequest): Promise<Dispatcher.ResponseData> {
    const { host } = addressOf(request.url);
    const url = new URL(request.url);
    const timeoutMs = request.timeoutMs ?? profile.timeoutMs;
    const once = (): Promise<Dispatcher.ResponseData> =>
      unlessCancelled(
        request.signal,
        ready(host).request({
          origin: url.origin,
          path: `${url.pathname}${url.search}`,
          method: request.method as Dispatcher.HttpMethod,
          headersTimeout: timeoutMs ?? 15_000,
          bodyTimeout: timeoutMs ?? 30_000,
          ...(request.headers ? { headers: request.headers } : {}),
          ...(request.body === undefined ? {} : { body: request.body }),
          ...(request.signal ? { signal: request.signal } : {}),
        }),
      );
    const repeatable = request.method === 'GET' || request.method === 'HEAD';
    try {
      return await once();
    } catch (error) {
      const failure = await explain(error, request);
      // A kept connection that the server had already given up: harmless for a read.
      const givenUp = closedCodes.has(codeOf(error) ?? '') && isAppError(failure, 'networkBroken');
      if (!repeatable || !givenUp) throw failure;
    }
    try {
      return await once();
    } catch (error) {
      throw await explain(error, request);
    }
  }

  return {
    async request(request) {
      const { statusCode, headers, body } = await send(request);
      const limit = request.maxBytes ?? 16 * mebibyte;
      const parts: Buffer[] = [];
      let size = 0;
      try {
        for await (const part of body as AsyncIterable<Buffer>) {
          size += part.length;
          if (size > limit)
            throw new AppError('answerNotUnderstood', { host: addressOf(request.url).host, reason: `more than ${limit} bytes` });
          parts.push(part);
        }
      } catch (error) {
        throw await explain(error, request);
      }
      const whole = Buffer.concat(parts);
      return { status: statusCode, headers: flat(headers), body: whole, text: () => whole.toString('utf8') };
    },

    async stream(request) {
      const { statusCode, headers, body } = await send(request);
      const out = new PassThrough();
      body.on('error', (error) => {
        void explain(error, request).then((failure) => out.destroy(failure as Error));
      });
      out.on('close', () => body.destroy());
      body.pipe(out);
      return { status: statusCode, headers: flat(headers), body: out };
    },

    async close() {
      await agent?.destroy();
      agent = undefined;
    },
  };
}

/** Looks again, without credentials, where the error alone does not say enough: lost alerts, dates. */
export async function explainFailure(
  error: unknown,
  profile: Pick<TlsProfile, 'ca' | 'cert' | 'key' | 'servername'>,
  url: string,
  signal?: AbortSignal,
): Promise<unknown> {
  if (signal?.aborted) return new AppError('cancelled', {}, { cause: error });
  const { host, secure } = addressOf(url);
  const known = networkError(error, host);
  if (!known) return error;
  if (!secure)
    return brokenBySocket(error)
      ? new AppError('tlsProtocol', { host, reason: 'it closed the connection; the port may want https' })
      : known;
  const unclear = brokenBySocket(error) || /HANDSHAKE_FAILURE/.test(String(known.details.reason));
  if (!unclear && known.code !== 'tlsDate') return known;
  const { ca, cert, key, servername } = profile;
  const identity = cert === undefined || key === undefined ? {} : { cert, key };
  const options = { ca, ...identity, ...(servername === undefined ? {} : { servername }), ...(signal ? { signal } : {}) };
  const sight = await probe(url, options).catch(() => undefined);
  const leaf = sight?.chain[0];
  if (known.code === 'tlsDate') return leaf ? dateError(host, leaf) : known;
  return sight?.endError?.code === 'tlsIdentityRefused' ? sight.endError : known;
}

/** How to connect with undici where nothing but `ca` is trusted. */
export function trustOnly(ca: readonly string[]) {
  return {
    ca: [...ca],
    // What was chosen to be trusted is trusted itself: also an intermediate, or a server's own certificate that was confirmed.
    allowPartialTrustChain: true,
    timeout: connectMs,
    sigalgs: signatureAlgorithms,
    minVersion: 'TLSv1.2' as const,
  };
}

/** undici notices an abort only when the connection stands or has failed; a person who cancels is told at once. */
function unlessCancelled(signal: AbortSignal | undefined, work: Promise<Dispatcher.ResponseData>): Promise<Dispatcher.ResponseData> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new AppError('cancelled'));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work
      .finally(() => signal.removeEventListener('abort', onAbort))
      .then((response) => {
        if (signal.aborted) response.body.on('error', () => undefined).destroy();
        resolve(response);
      }, reject);
  });
}

/** Node ignores a broken `ca` in silence and then calls a good server untrusted. */
export function checkTrust(ca: readonly string[], host: string): void {
  for (const [index, pem] of ca.entries()) {
    try {
      certificatesIn(pem);
    } catch (error) {
      const reason = `trusted certificate ${index + 1} cannot be read: ${(error as Error).message}`;
      throw new AppError('tlsTrust', { host, reason }, { cause: error });
    }
  }
}

function checkIdentity({ cert, key }: TlsProfile, host: string): { cert: string; key: string } | undefined {
  if (cert === undefined || key === undefined) return undefined;
  const refuse = (reason: string): AppError => new AppError('tlsIdentityRefused', { host, reason });
  let fits: boolean | undefined;
  try {
    fits = certificatesIn(cert)[0]?.checkPrivateKey(createPrivateKey(key.reveal()));
  } catch (error) {
    throw refuse(`certificate or key of the identity cannot be read (${codeOf(error) ?? 'not PEM'})`);
  }
  if (!fits) throw refuse('the private key is not the one of the certificate');
  return { cert, key: key.reveal() };
}

/** Closed before a single byte of an answer: with TLS 1.3 that is also how a refused identity looks. */
function brokenBySocket(error: unknown): boolean {
  const code = codeOf(error);
  return (
    code === 'ECONNRESET' ||
    code === 'EPIPE' ||
    (code === 'UND_ERR_SOCKET' && (error as { socket?: { bytesRead?: number } }).socket?.bytesRead === 0)
  );
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) result[name] = Array.isArray(value) ? value.join(', ') : value;
  return result;
}
