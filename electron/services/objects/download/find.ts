import { isAppError } from '../../../../shared/rpc/errors.ts';
import type { Secret } from '../../../../shared/secret.ts';
import type { CustomerKeys } from '../../../clients/s3/customerKeys.ts';
import { meaning } from '../../../clients/s3/objectFailures.ts';
import type { At, Got, ObjectClient, ObjectFacts } from '../../../clients/s3/objectTypes.ts';

export interface Found {
  facts: ObjectFacts;
  customerKey?: Secret | undefined;
  /** This version and no later one, where the bucket names them. */
  at: At;
  /** Its content is on the way already. */
  opened?: Got | undefined;
}

/** What is to be read, with the key of ours that opens it. Throws `customerKeyNeeded` when none does, `objectIsMarker`. */
export async function findObject(client: ObjectClient, keys: CustomerKeys, at: At, signal?: AbortSignal): Promise<Found> {
  let customerKey: Secret | undefined;
  let facts: ObjectFacts;
  try {
    facts = await meaning(client.head(at, { signal }), 405, 'objectIsMarker');
  } catch (error) {
    if (!isAppError(error, 'customerKeyNeeded')) throw error;
    customerKey = (await keys.find(client, at))?.key;
    if (!customerKey) throw error;
    facts = await client.head(at, { customerKey, signal });
  }
  return { facts, customerKey, at: exactly(at, facts) };
}

/** The same for one that needs no key of ours, with its content. */
export async function openObject(client: Pick<ObjectClient, 'get'>, at: At, signal: AbortSignal): Promise<Found> {
  const opened = await client.get(at, { signal });
  return { facts: opened.facts, at: exactly(at, opened.facts), opened };
}

function exactly(at: At, { versionId }: Pick<ObjectFacts, 'versionId'>): At {
  return versionId === undefined ? at : { ...at, versionId };
}
