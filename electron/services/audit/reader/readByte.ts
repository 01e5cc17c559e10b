import type { AppError } from '../../../../shared/rpc/errors.ts';
import type { ObjectAnswer } from '../../../clients/s3/listing.ts';
import { type Asker, patiently, proveCustomerKey } from './byHead.ts';
import type { KmsWatch } from './kmsWatch.ts';
import { errorOf, mayBeAway, wordsOf } from './refusals.ts';

/** What reading one byte told of an object. */
export type Outcome =
  | { kind: 'yes' }
  /** `gone`: no key of that name; `differs`: the key has other bytes. */
  | { kind: 'no'; error: AppError; how: 'gone' | 'differs' | 'other' }
  | { kind: 'denied'; answer: string }
  | { kind: 'customer' }
  /** It says SSE-C, and no customer ever had a key for it. */
  | { kind: 'forged'; error: AppError; answer: string }
  | { kind: 'vanished' };

/** The answer to reading a byte; while the KMS is away as a whole it waits and asks again. */
export async function readSteadily(asker: Asker, watch: KmsWatch, bucket: string, key: string, versionId?: string): Promise<ObjectAnswer> {
  for (let round = 0; ; round++) {
    const answer = await patiently(asker, () => asker.client.readByte(bucket, key, versionId, asker.signal));
    // There is no first byte of nothing: it opens.
    if (answer.refusal === undefined || answer.status === 416) return withoutRefusal(answer);
    if (!mayBeAway(errorOf(answer, key)) || (!(await watch.wasAway()) && round > 0)) return answer;
  }
}

export async function readOutcome(asker: Asker, watch: KmsWatch, bucket: string, key: string, versionId?: string): Promise<Outcome> {
  const answer = await readSteadily(asker, watch, bucket, key, versionId);
  if (answer.refusal === undefined) return { kind: 'yes' };
  const { code } = answer.refusal;
  const error = errorOf(answer, `${bucket}/${key}`);
  if (error.code === 'objectMissing' || code === 'NoSuchVersion' || answer.deleteMarker || answer.status === 405)
    return { kind: 'vanished' };
  if (error.code === 'customerKeyNeeded') {
    const entry = {
      key,
      ...(versionId === undefined ? {} : { versionId }),
      latest: true,
      deleteMarker: false,
      size: 0,
      modifiedAt: 0,
      etag: '',
      context: false,
    };
    const proven = await proveCustomerKey(asker, bucket, entry);
    return proven?.state === 'unreadable' ? { kind: 'forged', error, answer: wordsOf(answer) } : { kind: 'customer' };
  }
  if (error.code === 'minioAccessDenied') return { kind: 'denied', answer: wordsOf(answer) };
  const how = error.code === 'kmsKeyNotFound' ? 'gone' : error.code === 'kmsKeyDiffers' ? 'differs' : 'other';
  return { kind: 'no', error, how };
}

function withoutRefusal({ refusal: _, ...answer }: ObjectAnswer): ObjectAnswer {
  return answer;
}
