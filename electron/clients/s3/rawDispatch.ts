import { Readable } from 'node:stream';
import type { Dispatcher, Pool } from 'undici';
import { AppError } from '../../../shared/rpc/errors.ts';
import { networkError } from '../../platform/tlsErrors.ts';
import { isRefusal } from './signedClient.ts';

const errorBytes = 64 * 1024;
const sliceBytes = 256 * 1024;

export interface RawRequest {
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  url: URL;
  headers: Record<string, string>;
  signal?: AbortSignal | undefined;
  firstByteMs?: number | undefined;
  payload?: Uint8Array | undefined;
  /** Bytes of the payload that went to the socket so far. */
  onSent?: ((bytes: number) => void) | undefined;
  /** Sent again once when a kept connection turns out to be closed. Default: reads alone. */
  repeatable?: boolean | undefined;
  /** Takes the body of an answer with this status, piece by piece; what it throws ends the answer. Other bodies are read up to 64 KiB. */
  body?: { status: number; push(chunk: Buffer): void } | undefined;
  /** The body of an answer that is no refusal is handed out as it comes. */
  open?: boolean | undefined;
}

export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  text: string;
  /** With `open`. Must be read to its end or destroyed; its failures are `AppError`s. */
  stream?: Readable;
}

/** One request. Failures come as undici names them; `started` tells whether an answer had begun. */
export function dispatch(pool: Pool, request: RawRequest, started: { answered: boolean }, host: string): Promise<RawAnswer> {
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
      if (answer.stream) {
        if (error) answer.stream.destroy((networkError(error, host) ?? error) as Error);
        else answer.stream.push(null);
      } else if (error) reject(error);
      else resolve(answer);
    };
    const onAbort = (): void => end(new AppError('cancelled'));
    signal?.addEventListener('abort', onAbort, { once: true });
    const options: Dispatcher.DispatchOptions = {
      path: `${url.pathname}${url.search}`,
      method,
      headers,
      body: bodyOf(request),
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
        if (!request.open || isRefusal(status, answer.headers)) return;
        answer.stream = new Readable({
          highWaterMark: 1024 * 1024,
          read: () => controller?.resume(),
          destroy(error, finished) {
            end(error ?? new Error('no longer wanted'));
            finished(error);
          },
        });
        // Whoever reads it hears of it all the same; before that nobody listens, and it would end the process.
        answer.stream.on('error', () => undefined);
        resolve(answer);
      },
      onResponseData(_, chunk) {
        if (answer.stream) {
          if (!answer.stream.push(chunk)) controller?.pause();
          return;
        }
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

/** In slices: so that a slow line is no silence, its progress shows, and TLS never holds a second copy of the whole. */
function bodyOf({ payload, onSent }: RawRequest): Uint8Array | Readable | null {
  if (payload === undefined || payload.length === 0) return null;
  if (payload.length <= sliceBytes && !onSent) return payload;
  return slices(payload, onSent) as unknown as Readable;
}

function* slices(payload: Uint8Array, onSent: ((bytes: number) => void) | undefined): Generator<Uint8Array> {
  for (let at = 0; at < payload.length; at += sliceBytes) {
    const end = Math.min(at + sliceBytes, payload.length);
    yield payload.subarray(at, end);
    onSent?.(end);
  }
}
