import { AppError } from '../../../shared/rpc/errors.ts';
import type { ObjectClient } from '../../clients/s3/objectTypes.ts';
import { createSlots } from './slots.ts';
import type { Row } from './store/rows.ts';
import type { UploadStore } from './store/store.ts';

const atOnce = 8;
const attempts = 3;
/** The server's clock may be a little off. */
const aroundMs = 60_000;

/**
 * Ends what was begun at the server and not completed, and makes sure by its list that nothing of it is left. Throws what
 * keeps it from that; then it can be done again.
 */
export async function abandonParts(store: UploadStore, client: ObjectClient): Promise<void> {
  const slots = createSlots(atOnce);
  const { signal } = new AbortController();
  await Promise.all(
    store.unfinished().map(async (row) => {
      const release = await slots.take(0, signal);
      try {
        await abandonOne(client, store.head.bucket, row);
        const { state, sent } = row;
        Object.assign(row, { multipart: undefined, partSize: undefined, begunAt: undefined, sent: 0 });
        store.touch(row, state, sent);
        store.dropParts(row.n);
      } finally {
        release();
      }
    }),
  );
  store.flush();
}

/**
 * An upload that is known by its id; one that was asked for in the moment of a kill by name and time, where it is the only
 * one of that time.
 */
export async function abandonOne(
  client: Pick<ObjectClient, 'abortParts' | 'listUploads'>,
  bucket: string,
  { key, multipart, begunAt }: Pick<Row, 'key' | 'multipart' | 'begunAt'>,
): Promise<void> {
  const at = { bucket, key };
  if (multipart !== undefined) await client.abortParts(at, multipart);
  // A part that arrives while its upload is aborted can stay (S3's own words): it is looked for, and aborted again.
  for (let attempt = 0; attempt < attempts; attempt++) {
    const uploads = (await client.listUploads(bucket, key)).filter((one) => one.key === key);
    const near = uploads.filter(({ startedAt = '' }) => Math.abs(Date.parse(startedAt) - Date.parse(begunAt ?? '')) < aroundMs);
    const ours = multipart === undefined ? (near.length === 1 ? near : []) : uploads.filter(({ uploadId }) => uploadId === multipart);
    if (ours.length === 0) return;
    for (const { uploadId } of ours) await client.abortParts(at, uploadId);
  }
  throw new AppError('uploadPartsStay', { name: key });
}
