import type { AppError } from '../../../../shared/rpc/errors.ts';
import { type Asker, askByHead, patiently } from './byHead.ts';
import type { KmsWatch } from './kmsWatch.ts';
import type { Known } from './known.ts';
import { readSteadily } from './readByte.ts';
import { errorOf, whyUnreadable } from './refusals.ts';

/** A key that was found by rolling up, with what HEAD says of it. */
export interface Found {
  entry: Known;
  /** As HEAD names it; absent where it does not. */
  versionId?: string;
  /** HEAD says that it is there; without permission it says nothing. */
  certain: boolean;
}

/**
 * An object of which only the name is known. It is unreadable when a byte of it cannot be read; an empty one opens
 * although the listing fails on it. `failed` is what the page said. Absent: it is gone.
 */
export async function judgeBad(asker: Asker, watch: KmsWatch, bucket: string, key: string, failed?: AppError): Promise<Found | undefined> {
  const { client, signal } = asker;
  const head = await patiently(asker, () => client.head(bucket, key, undefined, signal));
  const { versionId, size = 0, modifiedAt = 0, etag = '' } = head;
  const bare = { key, latest: true, deleteMarker: false, size, modifiedAt, etag, context: false };
  const entry = await askByHead({ ...asker, client: { ...client, head: async () => head } }, bucket, bare);
  if (!entry) return undefined;
  const found = { certain: head.status !== 403, ...(versionId === undefined ? {} : { versionId }) };
  const read = entry.state === 'sse-s3' ? await readSteadily(asker, watch, bucket, key) : undefined;
  const refused = read?.refusal ? errorOf(read, `${bucket}/${key}`) : undefined;
  const error = refused ?? (entry.state === 'unknown' ? failed : undefined);
  if (!error) return { entry, ...found };
  return { entry: { ...entry, state: 'unreadable', reason: whyUnreadable(error) }, ...found };
}
