import type { ObjectState } from '../../../shared/objects.ts';
import type { AppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import { passes } from '../../clients/s3/objectFailures.ts';
import type { Encrypt, ObjectClient, Written } from '../../clients/s3/objectTypes.ts';
import type { Retries } from '../../clients/s3/retries.ts';
import type { BufferPool } from './bufferPool.ts';
import { readBack, readingFails } from './readBack.ts';
import type { Slots } from './slots.ts';
import type { Source } from './source.ts';
import type { Row } from './store/rows.ts';
import type { UploadStore } from './store/store.ts';

/** What the senders of one run share. */
export interface Sending {
  readonly store: UploadStore;
  readonly client: ObjectClient;
  readonly bucket: string;
  readonly encrypt: Encrypt;
  readonly meant: ObjectState | undefined;
  readonly customerKey: Secret | undefined;
  /** Names that are taken are left alone, but for what landed from here. */
  readonly onlyNew: (row: Row) => boolean;
  readonly sourceOf: (row: Row) => Source;
  readonly pool: BufferPool;
  /** Pieces in memory and on their way. */
  readonly slots: Slots;
  readonly checks: Slots;
  readonly retry: Retries;
  /** No new request begins. */
  readonly soft: AbortSignal;
  /** Requests under way end, too. */
  readonly hard: AbortSignal;
  change(row: Row, next: Partial<Row>): void;
  alarm(row: Row, error: AppError): void;
}

/** The last step of each item: what the server says of it, and whether it opens. */
export async function checkItem(sending: Sending, row: Row, written: Written, inParts: boolean): Promise<void> {
  const { client, bucket, encrypt, meant, customerKey, hard, change } = sending;
  const context = encrypt.kind === 'sse-kms' ? encrypt.context : undefined;
  const { checksum } = written;
  change(row, {
    state: 'checking',
    sent: row.size,
    ...(written.versionId === undefined ? {} : { versionId: written.versionId }),
    ...(checksum ? { checksum: `${checksum.algorithm} ${checksum.value}` } : {}),
  });
  const release = await sending.checks.take(0, hard);
  try {
    const order = { client, at: { bucket, key: row.key }, size: row.size, written, inParts, meant, context, customerKey, signal: hard };
    const { landed, alarm } = await sending.retry(() => readBack(order), hard);
    if (alarm) {
      change(row, { state: 'alarm', ours: true, landed, error: alarm.frame, endedAt: new Date().toISOString() });
      sending.alarm(row, alarm);
    } else change(row, { state: 'done', landed, error: undefined, endedAt: new Date().toISOString() });
  } catch (error) {
    if (hard.aborted || passes(error) || !readingFails(error)) throw error;
    change(row, { state: 'alarm', ours: true, error: error.frame, endedAt: new Date().toISOString() });
    sending.alarm(row, error);
  } finally {
    release();
  }
}
