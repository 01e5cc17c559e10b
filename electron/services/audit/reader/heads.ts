import { isAppError } from '../../../../shared/rpc/errors.ts';
import type { ListingClient } from '../../../clients/s3/listing.ts';
import { isAboutObjects } from './refusals.ts';

/** Objects a second by HEAD until it was measured: SeaweedFS and MinIO on two cores answered 1,500 to 3,000. */
export const headsPerSecond = 1500;

const looked = { buckets: 20, entries: 50 } as const;

/**
 * How a server can be audited. `head`: its listing with metadata says nothing of any object, though HEAD answers for one.
 * Without an object to see it on, `list`: entries that say nothing are asked by HEAD anyway.
 */
export async function probeMethod(
  client: Pick<ListingClient, 'page' | 'head'>,
  buckets: readonly string[],
  signal: AbortSignal,
): Promise<'list' | 'head'> {
  for (const bucket of buckets.slice(0, looked.buckets)) {
    try {
      const { entries } = await client.page({ bucket, versions: false, prefix: '', maxKeys: looked.entries, signal });
      if (entries.some(({ state }) => state !== undefined)) return 'list';
      for (const { key } of entries.slice(0, 3)) if ((await client.head(bucket, key, undefined, signal)).status === 200) return 'head';
    } catch (error) {
      // Only MinIO fails like this.
      if (isAboutObjects(error)) return 'list';
      if (!isAppError(error) || error.code === 'cancelled') throw error;
    }
  }
  return 'list';
}
