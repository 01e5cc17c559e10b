import type { ObjectRow, ObjectState } from '../../../shared/objects.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import type { ListedObject, ListingPage } from '../../clients/s3/listObjects.ts';
import type { S3 } from '../../clients/s3/s3Client.ts';

export interface ObjectsPage {
  prefixes: string[];
  objects: ObjectRow[];
  next?: string;
}

const headsAtOnce = 16;
/** Refusals of a whole page that one object can cause (minio.md 4.6). */
export const blocking: readonly string[] = [
  'kmsKeyNotFound',
  'kmsNotAuthorised',
  'kmsUnavailable',
  'kmsKeyDiffers',
  'kmsNotConfigured',
  'objectTampered',
];

/** One level of a bucket, at most 1000 entries. What the page does not say for certain is asked object by object. */
export async function listForPeople(s3: S3, bucket: string, prefix: string, token?: string): Promise<ObjectsPage> {
  let page: ListingPage;
  try {
    page = await s3.listObjects(bucket, { prefix, delimiter: '/', ...(token === undefined ? {} : { token }) });
  } catch (error) {
    if (isAppError(error) && blocking.includes(error.code))
      throw new AppError('listingBlocked', { bucket, code: error.details.code ?? error.code }, { cause: error });
    throw error;
  }
  const queue = page.objects.map((object, index) => ({ object, index }));
  const objects: ObjectRow[] = [];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) objects[next.index] = await rowOf(s3, bucket, next.object);
  };
  await Promise.all(Array.from({ length: headsAtOnce }, work));
  return { prefixes: page.prefixes, objects, ...(page.next === undefined ? {} : { next: page.next }) };
}

async function rowOf(s3: S3, bucket: string, { encryption, ...object }: ListedObject): Promise<ObjectRow> {
  return { ...object, encryption: encryption ?? (await askFor(s3, bucket, object.key)) };
}

/** Network failures end the listing; a refusal for one object is that object's state. */
async function askFor(s3: S3, bucket: string, key: string): Promise<ObjectState> {
  try {
    return (await s3.headObject(bucket, key)).encryption;
  } catch (error) {
    if (!isAppError(error) || error.details.code === undefined) throw error;
    return { state: 'unknown', reason: say('stateNotSaid', { code: error.details.code }) };
  }
}
