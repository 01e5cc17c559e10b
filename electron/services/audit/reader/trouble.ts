import type { Listed, ListingClient } from '../../../clients/s3/listing.ts';
import type { ReaderNews } from '../work.ts';
import { type BucketMemory, newMemory } from './bucketMemory.ts';
import { type Asker, askByHead, proveCustomerKey } from './byHead.ts';
import { createHeadPool, type HeadPool } from './headPool.ts';
import { createKmsWatch, type KmsWatch } from './kmsWatch.ts';
import type { Around, Known, Place } from './known.ts';
import { readAround } from './narrow.ts';
import { isAboutObjects, mayBeAway } from './refusals.ts';
import { createAsk } from './tolerant.ts';

export interface Trouble {
  /** Says by HEAD what the page did not say, many at once. Objects that are gone meanwhile are left out. */
  judge(bucket: string, entries: readonly Listed[]): Promise<Known[]>;
  /**
   * What to do about a page that failed. Waits while the KMS is away as a whole; names or steps over single bad objects.
   * Throws `error` when it is not about objects: credential, bucket, network.
   */
  around(place: Place, error: unknown): Promise<Around>;
  /** Shared with reading bytes: how many small requests are under way. */
  readonly pool: HeadPool;
  readonly watch: KmsWatch;
}

interface Deps {
  /** Through the same ceiling of requests as all others. */
  client: ListingClient;
  /** All requests of the run end with it. */
  signal: AbortSignal;
  /** Nothing: it goes on. */
  onWait(waitsFor: ReaderNews['waitsFor']): void;
}

/** In each bucket so many objects that the listing calls SSE-C are shown a wrong key; all, once one was forged. */
const provenSseC = 50;

/** One for a run: it remembers what keys of a bucket look like, and waits once for all workers. */
export function createTrouble({ client, signal, onWait }: Deps): Trouble {
  const pool = createHeadPool(signal);
  const watch = createKmsWatch({ client, signal, onWait });
  const asker: Asker = { client, pool, signal };
  const ask = createAsk(client, watch, signal);
  const memories = new Map<string, BucketMemory>();
  const sseC = new Map<string, { left: number; forged: boolean }>();

  const judge: Trouble['judge'] = async (bucket, entries) => {
    const seen = sseC.get(bucket) ?? { left: provenSseC, forged: false };
    sseC.set(bucket, seen);
    const answers = await Promise.all(
      entries.map((entry): Known | Promise<Known | undefined> => {
        if (entry.deleteMarker) return entry;
        if (entry.state === undefined || (entry.state === 'sse-kms' && entry.kmsKey === undefined))
          return pool.run(() => askByHead(asker, bucket, entry));
        if (entry.state !== 'sse-c' || (seen.left <= 0 && !seen.forged)) return entry;
        seen.left--;
        return pool.run(async () => {
          const proven = await proveCustomerKey(asker, bucket, entry);
          seen.forged ||= proven?.state === 'unreadable';
          return proven ?? entry;
        });
      }),
    );
    return answers.filter((entry) => entry !== undefined);
  };

  return {
    pool,
    watch,
    judge,
    async around(place, error) {
      const { bucket, after, versionAfter } = place;
      const unchanged: Around = { entries: [], gaps: [], after, ...(versionAfter === undefined ? {} : { versionAfter }), done: false };
      if (mayBeAway(error) && (await watch.wasAway())) return unchanged;
      if (!isAboutObjects(error) && !mayBeAway(error)) throw error;
      const memory = memories.get(bucket) ?? newMemory();
      memories.set(bucket, memory);
      return await readAround(place, { asker, watch, ask, memory, judge });
    },
  };
}
