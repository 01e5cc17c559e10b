import { isAppError } from '../../../../shared/rpc/errors.ts';
import type { ListingClient } from '../../../clients/s3/listing.ts';
import type { ReaderNews, ReadOrder, StoreCalls } from '../work.ts';
import { readByHead } from './headReading.ts';
import { openAll, openSamples } from './opens.ts';
import { createPacedClient } from './pacedClient.ts';
import { createListing } from './reading.ts';
import { createTrouble } from './trouble.ts';

const newsMs = 200;

interface Deps {
  /** Closed at the end. */
  client: ListingClient;
  store: StoreCalls;
  tell(news: ReaderNews): void;
}

export interface Reader {
  run(): Promise<{ finished: boolean }>;
  pause(): void;
  goOn(): void;
  /** What was read is committed, and `run` ends. */
  stop(): void;
}

/** One run's reading: lists, then opens samples, and tells of it while it works. */
export function createReader(order: ReadOrder, { client: raw, store, tell }: Deps): Reader {
  const ending = new AbortController();
  const { signal } = ending;
  let phase = order.phase;
  let opened: number | undefined;
  /** Several things can be waited for; the first is told. */
  const waits = new Map<string, ReaderNews['waitsFor']>();
  const waitFor = (who: string) => (what: ReaderNews['waitsFor']) => {
    if (what) waits.set(who, what);
    else waits.delete(who);
  };
  let paused: { promise: Promise<void>; resolve(): void } | undefined;

  const client = createPacedClient({
    client: raw,
    signal,
    requestsPerSecond: order.options.requestsPerSecond,
    onAway: waitFor('server'),
    onTooMuch: () => listing?.slower(),
    mayGo: () => paused?.promise ?? Promise.resolve(),
  });
  const trouble = createTrouble({ client, signal, onWait: waitFor('kms') });
  /** Without one the keys are read page after page, each object by HEAD. */
  const listing =
    order.method === 'list' ? createListing(order, { client, store, trouble, signal, isPaused: () => paused !== undefined }) : undefined;

  function news(): ReaderNews {
    const waitsFor = waits.values().next().value;
    const { requests, inFlight } = client;
    return { phase, inFlight, requests, ...(waitsFor ? { waitsFor } : {}), ...(opened === undefined ? {} : { opened }) };
  }

  async function all(): Promise<{ finished: boolean }> {
    if (phase === 'listing') {
      const { finished } = await (listing?.run() ?? readByHead(order, { client, store, trouble, signal }));
      if (!finished) return { finished };
    }
    phase = 'opening';
    tell(news());
    const onProgress = (part: number): void => {
      opened = part;
    };
    const opener = { asker: { client, pool: trouble.pool, signal }, watch: trouble.watch, buckets: order.buckets, onProgress };
    await openSamples(opener, store);
    if (order.options.verifyAll) await openAll(opener, store);
    return { finished: !signal.aborted };
  }

  return {
    async run() {
      let last = '';
      const ticking = setInterval(() => {
        const now = news();
        const text = JSON.stringify(now);
        if (text !== last) tell(now);
        last = text;
      }, newsMs);
      try {
        return await all();
      } catch (error) {
        if (signal.aborted && isAppError(error, 'cancelled')) return { finished: false };
        throw error;
      } finally {
        clearInterval(ticking);
        tell(news());
        ending.abort();
        await raw.close();
      }
    },
    pause() {
      paused ??= Promise.withResolvers<void>();
    },
    goOn() {
      const held = paused;
      paused = undefined;
      held?.resolve();
      listing?.wake();
    },
    stop() {
      ending.abort();
      paused?.resolve();
    },
  };
}
