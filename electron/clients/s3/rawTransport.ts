import { Pool } from 'undici';
import { AppError } from '../../../shared/rpc/errors.ts';
import { checkTrust, closedCodes, explainFailure, trustOnly } from '../../platform/tlsClient.ts';
import { codeOf, networkError } from '../../platform/tlsErrors.ts';
import { readRefusal } from './failures.ts';
import { dispatch, type RawAnswer, type RawRequest } from './rawDispatch.ts';

/** A page may take long without anything being wrong: one KMS call for each SSE-S3 object (minio.md 4.5). */
const firstByteMs = 120_000;
const silenceMs = 60_000;

export interface Transport {
  /** Any status is an answer. Throws `network…`, `tls…`, `answerNotUnderstood`, `cancelled`. */
  send(request: RawRequest): Promise<RawAnswer>;
  /** For good: ends what is under way; what is asked later throws `cancelled`. */
  close(): Promise<void>;
}

/** Bare HTTP/1.1 on kept connections to one server, one request on each at a time. A read that is lost before an answer is repeated once. */
export function createTransport(url: string, ca: readonly string[], connections: number): Transport {
  const { host, origin, protocol } = new URL(url);
  let pool: Pool | undefined;
  let closed = false;

  function ready(): Pool {
    if (closed) throw new AppError('cancelled');
    if (pool) return pool;
    if (protocol === 'https:') checkTrust(ca, host);
    const timeouts = { headersTimeout: firstByteMs, bodyTimeout: silenceMs };
    const connect = protocol === 'https:' ? { ...trustOnly(ca), maxCachedSessions: 100 } : { timeout: trustOnly([]).timeout };
    pool = new Pool(origin, { connections, pipelining: 1, allowH2: false, ...timeouts, connect });
    return pool;
  }

  return {
    async send(request) {
      const explain = async (error: unknown, answered: boolean): Promise<unknown> => {
        if (closed) return new AppError('cancelled', {}, { cause: error });
        if (answered && !request.signal?.aborted) return networkError(error, host) ?? error;
        return explainFailure(error, { ca }, request.url.href, request.signal);
      };
      const started = { answered: false };
      const { repeatable = request.method === 'GET' || request.method === 'HEAD' } = request;
      try {
        return await dispatch(ready(), request, started, host);
      } catch (error) {
        // A kept connection that the server had already given up: harmless for what may come twice.
        const givenUp = !started.answered && closedCodes.has(codeOf(error) ?? '');
        if (!givenUp || !repeatable || closed || request.signal?.aborted) throw await explain(error, started.answered);
      }
      try {
        return await dispatch(ready(), request, started, host);
      } catch (error) {
        throw await explain(error, started.answered);
      }
    },
    async close() {
      closed = true;
      await pool?.destroy();
    },
  };
}

/** What an answer says instead of what was asked. */
export function refusalIn({ status, headers, text }: RawAnswer, where: string) {
  return readRefusal(status, headers, text, where);
}
