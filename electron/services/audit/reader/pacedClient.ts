import { isAppError } from '../../../../shared/rpc/errors.ts';
import type { ListingClient } from '../../../clients/s3/listing.ts';
import { pause } from '../../../jobs/pause.ts';
import type { ReaderNews } from '../work.ts';

interface Deps {
  client: ListingClient;
  signal: AbortSignal;
  /** Gentle mode: most requests a second. */
  requestsPerSecond?: number | undefined;
  /** The server is away; undefined: it is back. */
  onAway(waitsFor: ReaderNews['waitsFor']): void;
  /** It asked for less. */
  onTooMuch(): void;
  /** Resolves at once, or when a paused run goes on. */
  mayGo(): Promise<void>;
  /** Default: that of this machine. */
  clock?: { now(): number; pause(ms: number, signal: AbortSignal): Promise<void> };
}

/** How often an answer that may be better the next time is asked for again, before it counts. */
const tries = 6;
const slowest = 5_000;
/** So long a server may be away before it is told. */
const tellAfter = 1_500;
/** That a server has too much to do is usual for some seconds; longer it is told, for nothing goes on. */
const tellTooMuchAfter = 15_000;
/** A server that asks for more patience is asked at least so often whether it is still so. */
const mostPatience = 60_000;

export interface PacedClient extends ListingClient {
  readonly requests: number;
  readonly inFlight: number;
}

/**
 * All requests of a run: counted, within the ceiling of requests a second, and asked again when the way to the server
 * breaks, for as long as it takes, or when it has too much to do. What takes too long is the asker's to decide.
 */
export function createPacedClient(deps: Deps): PacedClient {
  const { client, signal, clock = { now: () => performance.now(), pause } } = deps;
  const gap = deps.requestsPerSecond === undefined ? 0 : 1000 / deps.requestsPerSecond;
  let requests = 0;
  let nextAt = 0;
  let away = 0;
  let inFlight = 0;

  async function turn(): Promise<void> {
    await deps.mayGo();
    requests++;
    if (gap === 0) return;
    const now = clock.now();
    const at = Math.max(now, nextAt);
    nextAt = at + gap;
    if (at > now) await clock.pause(at - now, signal);
  }

  async function asked<T>(send: () => Promise<T>): Promise<T> {
    let told = false;
    const since = clock.now();
    try {
      for (let round = 1; ; round++) {
        await turn();
        try {
          inFlight++;
          return await send().finally(() => inFlight--);
        } catch (error) {
          const wait = waitAfter(error, round);
          if (wait === undefined) throw error;
          const isBusy = isTooMuch(error);
          if (isBusy) deps.onTooMuch();
          if (!told && isAppError(error) && (isBusy || isAway(error)) && clock.now() - since > (isBusy ? tellTooMuchAfter : tellAfter)) {
            told = true;
            away++;
            deps.onAway(error.frame);
          }
          await clock.pause(wait, signal);
        }
      }
    } finally {
      if (told && --away === 0) deps.onAway(undefined);
    }
  }

  return {
    host: client.host,
    get requests() {
      return requests;
    },
    get inFlight() {
      return inFlight;
    },
    page: (request) => asked(() => client.page({ signal, ...request })),
    head: (bucket, key, versionId, given = signal) => asked(() => client.head(bucket, key, versionId, given)),
    headWithAnyKey: (bucket, key, versionId, given = signal) => asked(() => client.headWithAnyKey(bucket, key, versionId, given)),
    readByte: (bucket, key, versionId, given = signal) => asked(() => client.readByte(bucket, key, versionId, given)),
    // Else a server that ends while its KMS is away would count as an answer about objects.
    ready: (given = signal) => asked(() => client.ready(given)),
    close: () => client.close(),
  };
}

/** Ms to wait before it is asked again; undefined: it is not. */
function waitAfter(error: unknown, round: number): number | undefined {
  if (!isAppError(error)) return undefined;
  const jitter = 0.5 + Math.random();
  const after = Number(error.details.retryAfterMs);
  if (isTooMuch(error))
    return Math.max(Number.isFinite(after) ? Math.min(after, mostPatience) : 0, Math.min(slowest, 100 * 2 ** round) * jitter);
  if (isAway(error)) return Math.min(slowest, 50 * 2 ** Math.min(round, 8)) * jitter;
  const isServers =
    error.code === 's3Error' && Number(error.details.status) >= 499 && !/^(?:kms:|KMS\.|XMinio)/.test(String(error.details.code));
  return isServers && round < tries ? Math.min(slowest, 100 * 2 ** round) * jitter : undefined;
}

function isTooMuch(error: unknown): boolean {
  return isAppError(error, 's3Error') && (Number(error.details.status) === 503 || Number(error.details.status) === 429);
}

/** Nobody there, or not yet: it will be back. */
function isAway(error: unknown): boolean {
  return isAppError(error) && ['networkRefused', 'networkBroken', 'networkName', 'minioNotReady'].includes(error.code);
}
