import type { ObjectState } from '../../../shared/objects.ts';
import type { Listed } from './listing.ts';
import { createListingTokenizer, type Listing } from './listingTokenizer.ts';
import type { SignedClient } from './signedClient.ts';

export interface ListOptions {
  prefix?: string;
  /** Exclusive; for the first page. */
  after?: string;
  /** `next` of the page before, verbatim. */
  token?: string;
  delimiter?: string;
  maxKeys?: number;
  signal?: AbortSignal;
}

export interface ListedObject {
  key: string;
  size: number;
  modifiedAt?: string;
  /** Absent: the page does not say it, or says it in a way that cannot be trusted. Ask by HEAD. */
  encryption?: ObjectState;
}

export interface ListingPage {
  prefixes: string[];
  objects: ListedObject[];
  next?: string;
}

/**
 * One page of at most 1000 entries, with the encryption of each object where MinIO's extension says it. A page that the
 * names of an uploader broke is asked for once more without metadata: then no entry has its encryption.
 */
export async function listObjects(client: SignedClient, bucket: string, options: ListOptions = {}): Promise<ListingPage> {
  const { prefix, after, token, delimiter, maxKeys = 1000, signal } = options;
  const ask = async (metadata: boolean): Promise<Listing> => {
    const answer = await client.demand({
      method: 'GET',
      path: [bucket],
      query: {
        'list-type': '2',
        ...(metadata ? { metadata: 'true' } : {}),
        'encoding-type': 'url',
        'max-keys': String(maxKeys),
        ...(prefix ? { prefix } : {}),
        ...(delimiter ? { delimiter } : {}),
        ...(token ? { 'continuation-token': token } : after ? { 'start-after': after } : {}),
      },
      // One KMS call for each SSE-S3 object: a page can take long without anything being wrong (minio.md 4.5).
      timeoutMs: 120_000,
      ...(signal ? { signal } : {}),
    });
    const tokenizer = createListingTokenizer({ host: client.host, bucket, versions: false, maxKeys });
    tokenizer.push(answer.body);
    return tokenizer.end();
  };
  let page = await ask(true);
  if (page.doubtful) page = await ask(false);
  const next = page.nextToken;
  return { prefixes: page.prefixes, objects: page.entries.map(objectOf), ...(next === undefined ? {} : { next }) };
}

function objectOf({ key, size, modifiedAt, state, kmsKey }: Listed): ListedObject {
  const said = state === 'unknown' || state === 'unreadable' ? undefined : state;
  return {
    key,
    size,
    modifiedAt: new Date(modifiedAt).toISOString(),
    ...(said === undefined
      ? {}
      : { encryption: said === 'sse-kms' && kmsKey !== undefined ? { state: said, key: kmsKey } : { state: said } }),
  };
}
