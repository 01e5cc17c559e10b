import { AppError } from '../../../shared/rpc/errors.ts';
import { type ListingPage, readListingPage } from './listingPage.ts';
import type { SignedClient } from './signedClient.ts';

export interface ListOptions {
  prefix?: string;
  /** `next` of the page before, verbatim. */
  token?: string;
  delimiter?: string;
  maxKeys?: number;
  signal?: AbortSignal;
}

/**
 * One page of at most 1000 entries, with the encryption of each object where MinIO's extension says it. A page that the
 * names of an uploader broke is asked for once more without metadata: then no entry has its encryption.
 */
export async function listObjects(client: SignedClient, bucket: string, options: ListOptions = {}): Promise<ListingPage> {
  const { prefix, token, delimiter, maxKeys = 1000, signal } = options;
  for (const metadata of [{ metadata: 'true' }, {}]) {
    const answer = await client.demand({
      method: 'GET',
      path: [bucket],
      query: {
        'list-type': '2',
        ...metadata,
        'encoding-type': 'url',
        'max-keys': String(maxKeys),
        ...(prefix ? { prefix } : {}),
        ...(delimiter ? { delimiter } : {}),
        ...(token ? { 'continuation-token': token } : {}),
      },
      // One KMS call for each SSE-S3 object: a page can take long without anything being wrong (minio.md 4.5).
      timeoutMs: 120_000,
      ...(signal ? { signal } : {}),
    });
    const page = readListingPage(answer.text());
    if (page) return page;
  }
  throw new AppError('answerNotUnderstood', { host: client.host, reason: `the listing of ${bucket} does not have the expected form` });
}
