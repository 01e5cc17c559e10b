import { type Dispatcher, Pool } from 'undici';
import { AppError } from '../../../shared/rpc/errors.ts';
import { checkTrust, closedCodes, explainFailure, trustOnly } from '../../platform/tlsClient.ts';
import { codeOf, networkError } from '../../platform/tlsErrors.ts';
import { readRefusal } from './failures.ts';

/** A page may take long without anything being wrong: one KMS call for each SSE-S3 object (minio.md 4.5). */
const firstByteMs = 120_000;
const silenceMs = 60_000;
const errorBytes = 64 * 1024;

export interface RawRequest {
  method: 'GET' | 'HEAD';
  url: URL;
  headers: Record<string, string>;
  signal?: AbortSignal | undefined;
  firstByteMs?: number;
  /** Takes the body of an answer with this status, piece by piece; what it throws ends the answer. Other bodies are read up to 64 KiB. */
  body?: { status: number; push(chunk: Buffer): void };
}

export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

export interface Transport {
  /** Any status is an answer. Throws `network…`, `tls…`, `answerNotUnderstood`, `cancelled`. */
  send(request: RawRequest): Promise<RawAnswer>;
  close(): Promise<void>;
}

/** Bare HTTP/1.1 on kept connections to one server, one request on each at a time. Only for reads: a lost one is repeated. */
export function createTransport(url: string, ca: readonly string[], connections: number): Transport {
  const { host, origin, protocol } = new URL(url);
  let pool: Pool | undefined;

  function ready(): Pool {
    if (pool) return pool;
    if (protocol === 'https:') checkTrust(ca, host);
    const timeouts = { headersTimeout: firstByteMs, bodyTimeout: silenceMs };
    const connect = protocol === 'https:' ? { ...trustOnly(ca), maxCachedSessions: 100 } : { timeout: trustOnly([]).timeout };
    pool = new Pool(origin, { connections, pipelining: 1, allowH2: false, ...timeouts, connect });
    return pool;
  }

  return {
    async send(request) {
      const explain = (error: unknown, answered: boolean): Promise<unknown> =>
        answered && !request.signal?.aborted
          ? Promise.resolve(networkError(error, host) ?? error)
          : explainFailure(error, { ca }, request.url.href, request.signal);
      const started = { answered: false };
      try {
        return await dispatch(ready(), request, started);
      } catch (error) {
        // A kept connection that the server had already given up: harmless for a read.
        const givenUp = !started.answered && closedCodes.has(codeOf(error) ?? '');
        if (!givenUp || request.signal?.aborted) throw await explain(error, started.answered);
      }
      try {
        return await dispatch(ready(), request, started);
      } catch (error) {
        throw await explain(error, started.answered);
      }
    },
    async close() {
      await pool?.destroy();
      pool = undefined;
    },
  };
}

function dispatch(pool: Pool, request: RawRequest, started: { answered: boolean }): Promise<RawAnswer> {
  const { method, url, headers, signal, body } = request;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new AppError('cancelled'));
    const answer: RawAnswer = { status: 0, headers: {}, text: '' };
    let controller: Dispatcher.DispatchController | undefined;
    let done = false;
    const end = (error: Error | undefined): void => {
      if (done) return;
      done = true;
      signal?.removeEventListener('abort', onAbort);
      // Ends the connection, too: what still comes is not wanted.
      if (error || answer.text.length >= errorBytes) controller?.abort(error ?? new Error('enough'));
      if (error) reject(error);
      else resolve(answer);
    };
    const onAbort = (): void => end(new AppError('cancelled'));
    signal?.addEventListener('abort', onAbort, { once: true });
    const options: Dispatcher.DispatchOptions = {
      path: `${url.pathname}${url.search}`,
      method,
      headers,
      // undici closes the connection after each HEAD otherwise: a TLS handshake for each object.
      reset: false,
      ...(request.firstByteMs === undefined ? {} : { headersTimeout: request.firstByteMs }),
    };
    pool.dispatch(options, {
      onRequestStart(given) {
        controller = given;
        if (signal?.aborted) given.abort(new AppError('cancelled'));
      },
      onResponseStart(_, status, given) {
        if (status < 200) return;
        started.answered = true;
        answer.status = status;
        for (const [name, value] of Object.entries(given))
          if (value !== undefined) answer.headers[name] = Array.isArray(value) ? value.join(', ') : value;
      },
      onResponseData(_, chunk) {
        if (body?.status === answer.status) {
          try {
            body.push(chunk);
          } catch (error) {
            end(error as Error);
          }
          return;
        }
        answer.text += chunk.toString('utf8', 0, errorBytes);
        if (answer.text.length >= errorBytes) end(undefined);
      },
      onResponseEnd: () => end(undefined),
      onResponseError: (_, error) => end(error),
    });
  });
}

/** What an answer says instead of what was asked. */
export function refusalIn({ status, headers, text }: RawAnswer, where: string) {
  return readRefusal(status, headers, text, where);
}
