import { isAppError } from '../../../shared/rpc/errors.ts';
import { algorithms, digestsOf } from '../../clients/s3/objectChecksum.ts';
import type { ObjectFacts, Written } from '../../clients/s3/objectTypes.ts';
import { sameState } from './readBack.ts';
import { checkItem, type Sending } from './sending.ts';
import type { Row } from './store/rows.ts';

/** A file in one piece. `release` gives back its place among the pieces once it was sent. */
export async function sendWhole(sending: Sending, row: Row, release: () => void): Promise<void> {
  const { client, bucket, encrypt, onlyNew, hard, pool } = sending;
  const at = { bucket, key: row.key };
  const maybeThere = row.begun;
  const bytes = await sending.sourceOf(row).whole(row, hard, pool);
  sending.change(row, { state: 'sending', begun: true });
  const written = await sending.retry(async (attempt) => {
    // A try whose answer was lost may have landed; sent again it would be a second version.
    if (maybeThere || attempt > 0) {
      const { base64 } = digestsOf(bytes);
      const there = await landed(sending, row, ({ checksums }) => checksums.some(({ value }) => value === base64));
      if (there) return there;
    }
    return client.put(at, bytes, { encrypt, onlyNew: onlyNew(row), signal: hard, ...(row.type ? { contentType: row.type } : {}) });
  }, hard);
  pool.give(bytes);
  release();
  await checkItem(sending, row, written, false);
}

/** What lies under the name, when it is what was to be sent. */
export async function landed(sending: Sending, row: Row, isIt: (facts: ObjectFacts) => boolean): Promise<Written | undefined> {
  const { client, bucket, customerKey, meant, hard } = sending;
  try {
    const facts = await client.head({ bucket, key: row.key }, { customerKey, signal: hard });
    if (facts.size !== row.size || !isIt(facts) || (meant && !sameState(meant, facts.encryption))) return undefined;
    const checksum = facts.checksums.find(({ algorithm, composite }) => algorithm === (composite ? algorithms.part : algorithms.whole));
    return {
      etag: facts.etag,
      encryption: facts.encryption,
      ...(facts.versionId === undefined ? {} : { versionId: facts.versionId }),
      ...(checksum ? { checksum } : {}),
    };
  } catch (error) {
    if (isAppError(error) && ['objectMissing', 'customerKeyNeeded', 'customerKeyWrong', 'customerKeyNotApplicable'].includes(error.code))
      return undefined;
    throw error;
  }
}
