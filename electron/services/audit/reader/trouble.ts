import type { Listed, ListingClient } from '../../../clients/s3/listing.ts';
import type { ReaderNews } from '../work.ts';
import type { Around, Known, Place } from './known.ts';

export interface Trouble {
  /** Says by HEAD what the page did not say, many at once. Objects that are gone meanwhile are left out. */
  judge(bucket: string, entries: readonly Listed[]): Promise<Known[]>;
  /**
   * What to do about a page that failed. Waits while the KMS is away as a whole; names or steps over single bad objects.
   * Throws `error` when it is not about objects: credential, bucket, network.
   */
  around(place: Place, error: unknown): Promise<Around>;
}

interface Deps {
  /** Through the same ceiling of requests as all others. */
  client: ListingClient;
  /** All requests of the run end with it. */
  signal: AbortSignal;
  /** Nothing: it goes on. */
  onWait(waitsFor: ReaderNews['waitsFor']): void;
}

/** One for a run: it remembers what keys of a bucket look like, and waits once for all workers. */
export function createTrouble(_deps: Deps): Trouble {
  return {
    judge: () => Promise.reject(new Error('not built yet')),
    around: () => Promise.reject(new Error('not built yet')),
  };
}
