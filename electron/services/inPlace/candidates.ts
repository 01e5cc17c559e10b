import type { ObjectState } from '../../../shared/objects.ts';
import { isAppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import { compareKeys } from '../../clients/s3/keyOrder.ts';
import type { Listed, ListingClient, PageToken } from '../../clients/s3/listing.ts';
import type { ObjectClient } from '../../clients/s3/objectTypes.ts';
import { eachOf } from '../../platform/eachOf.ts';

/** One version as the server tells it now. */
export interface Seen {
  /** Absent in a bucket that never kept versions. */
  versionId?: string | undefined;
  latest: boolean;
  deleteMarker: boolean;
  size: number;
  etag: string;
  modified: number;
  state: ObjectState;
}

/** A name with its versions, newest first; of an unversioned bucket with its one object. */
export interface Candidate {
  key: string;
  versions: Seen[];
}

/** All names below a prefix from a fresh listing, in its order. `from` and `to`: only names between, both included. */
export async function* walkBucket(
  lister: ListingClient,
  place: { bucket: string; prefix: string; versions: boolean; from?: string | undefined; to?: string | undefined; signal: AbortSignal },
): AsyncGenerator<Candidate[]> {
  const { bucket, prefix, versions, from, to, signal } = place;
  let token: PageToken | undefined;
  let open: Candidate | undefined;
  // A listing begins behind a name: behind the one that is a little less than `from`.
  const before = from === undefined ? undefined : from.slice(0, -1);
  for (;;) {
    const start = token === undefined ? (before ? { after: before } : {}) : { token };
    const { entries, next } = await lister.page({ bucket, prefix, versions, signal, ...start });
    const ready: Candidate[] = [];
    const states = await statesOf(lister, bucket, entries, signal);
    for (const [at, entry] of entries.entries()) {
      if (from !== undefined && compareKeys(entry.key, from) < 0) continue;
      if (to !== undefined && compareKeys(entry.key, to) > 0) break;
      if (open?.key !== entry.key) {
        if (open) ready.push(open);
        open = { key: entry.key, versions: [] };
      }
      open.versions.push(seenOf(entry, states[at] ?? { state: 'unknown' }));
    }
    const beyond = to !== undefined && entries.some(({ key }) => compareKeys(key, to) > 0);
    if (next === undefined || beyond) {
      if (open) ready.push(open);
      yield ready;
      return;
    }
    yield ready;
    token = next;
  }
}

function seenOf({ versionId, latest, deleteMarker, size, etag, modifiedAt }: Listed, state: ObjectState): Seen {
  return { latest, deleteMarker, size, etag, modified: modifiedAt, state, ...(versionId === undefined ? {} : { versionId }) };
}

/** What the page does not say, or says in a way that cannot be trusted, is asked for by HEAD. */
async function statesOf(lister: ListingClient, bucket: string, entries: readonly Listed[], signal: AbortSignal): Promise<ObjectState[]> {
  return eachOf(entries, 16, async ({ key, versionId, deleteMarker, state, kmsKey }) => {
    if (state !== undefined) return { state, ...(kmsKey === undefined ? {} : { key: kmsKey }) };
    if (deleteMarker) return { state: 'plaintext' };
    // A name with `..` in it, as other servers have them: it cannot be asked for.
    const answer = await lister.head(bucket, key, versionId, signal).catch((error: unknown) => {
      if (isAppError(error, 'objectNameRefused')) return { status: 400, encryption: undefined, refusal: { code: error.code } };
      throw error;
    });
    return answer.encryption ?? { state: 'unknown', reason: say('stateNotSaid', { code: answer.refusal?.code ?? String(answer.status) }) };
  });
}

/** Single names, asked one by one; those that are gone have no versions. */
export async function lookAtKeys(
  { client, lister }: { client: ObjectClient; lister: ListingClient },
  bucket: string,
  keys: readonly string[],
  versioned: boolean,
  signal: AbortSignal,
): Promise<Candidate[]> {
  return eachOf(keys, 16, async (key) => {
    if (versioned) {
      const listed = await client.versions(bucket, key);
      const versions = await eachOf(listed, 4, async ({ versionId, latest, deleteMarker, size, etag, modifiedAt, encryption }) => ({
        ...{ versionId, latest, deleteMarker, size, etag, modified: Date.parse(modifiedAt) },
        state: encryption ?? (deleteMarker ? { state: 'plaintext' as const } : await stateNow(lister, bucket, key, versionId, signal)),
      }));
      return { key, versions };
    }
    const answer = await lister.head(bucket, key, undefined, signal);
    if (answer.status === 404) return { key, versions: [] };
    const { size = 0, etag = '', modifiedAt = 0, encryption } = answer;
    const state = encryption ?? { state: 'unknown' as const, reason: say('stateNotSaid', { code: answer.refusal?.code ?? '' }) };
    return { key, versions: [{ latest: true, deleteMarker: false, size, etag, modified: modifiedAt, state }] };
  });
}

async function stateNow(lister: ListingClient, bucket: string, key: string, versionId: string, signal: AbortSignal): Promise<ObjectState> {
  try {
    const { encryption } = await lister.head(bucket, key, versionId, signal);
    return encryption ?? { state: 'unknown' };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { state: 'unknown', reason: say('stateNotSaid', { code: error.code }) };
  }
}
