import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import type { At, ObjectClient, ObjectFacts } from '../../clients/s3/objectTypes.ts';
import { copyEncrypted, isBetween, type SafeCopied } from '../../clients/s3/safeCopy.ts';
import { lookInto } from '../../clients/s3/safeCopyCheck.ts';
import { keyOf, nameOf, requireHere, type Target, unwrapped } from './copy.ts';
import { isAboutCopy } from './refusals.ts';
import { isAsMeant, sameState } from './states.ts';
import type { PlannedBucket, Row, Settled } from './store.ts';

export interface CopyDeps {
  client: ObjectClient;
  /** Of the planned target, with its secret. */
  targetOf(bucket: PlannedBucket): Target;
  /** The customer's key of ours that opens it. Throws `customerKeyNeeded`. */
  customerKeyOf(at: At): Promise<Secret>;
  signal: AbortSignal;
}

/** Where the old content is gone after the copy, source and copy are read whole and compared up to this size. */
export const wholeUpTo = 16 * 1024 * 1024;

/** How a copy is tried: one byte where the old version stays below it, and of what is large. From SSE-C to SSE-C whole (minio.md 3.6). */
export function checkOf({ versioning, target }: PlannedBucket, { size, from }: Pick<Row, 'size' | 'from'>): 'whole' | 'byte' {
  if (versioning !== 'off' && target.kind === 'sse-c' && from.state === 'sse-c') return 'whole';
  return versioning === 'on' || size > wholeUpTo ? 'byte' : 'whole';
}

/** That the source is not what the plan saw; `facts`: as it is now. */
class Moved extends Error {
  readonly facts: ObjectFacts;
  constructor(facts: ObjectFacts) {
    super('moved');
    this.facts = facts;
  }
}

/** What copying one object came to. Throws what is about the server, and not about this object. */
export async function encryptCurrent(row: Row, bucket: PlannedBucket, deps: CopyDeps): Promise<Settled> {
  const { client, signal } = deps;
  const at: At = { bucket: bucket.name, key: row.key };
  const settled = (outcome: Settled['outcome'], more: Partial<Settled> = {}): Settled => ({ n: row.n, size: row.size, outcome, ...more });
  const target = deps.targetOf(bucket);
  const begun = row.phase !== 'new';
  let newVersion: string | undefined;
  try {
    const customerKey = row.from.state === 'sse-c' ? await deps.customerKeyOf(at) : undefined;
    const copied = await copyEncrypted(client, {
      ...{ at, encrypt: target, customerKey, versioning: bucket.versioning, locks: bucket.lock, size: row.size, signal },
      check: checkOf(bucket, row),
      async judge(facts) {
        if (!isSame(row, facts) || !sameState(facts.encryption, row.from)) throw new Moved(facts);
        requireHere(at, facts);
        if (bucket.versioning === 'suspended') await requireNoNullBelow(client, at, facts);
        row.phase = 'begun';
      },
      onWritten({ versionId }) {
        newVersion = versionId;
      },
    });
    return done(copied);
  } catch (thrown) {
    const error = thrown instanceof Moved ? thrown : unwrapped(thrown);
    if (isAppError(error, 'objectMissing')) return settled('gone');
    if (isAppError(error, 'objectChanged')) return settled('changed', { error: changed(at) });
    const readable = error instanceof Moved ? error.facts : await withNewKey(error);
    if (readable) return itIsThere(readable);
    if (isAppError(error) && isAboutCopy(error)) return settled('unproven', { error: error.frame, newVersion });
    throw error;
  }

  function done({ facts, versionId, leftOver }: SafeCopied): Settled {
    const stays =
      leftOver === undefined ? {} : { error: new AppError('inPlaceBetweenStays', { where: nameOf(at), versionId: leftOver }).frame };
    return settled('done', { landed: facts.encryption, newVersion: versionId, ...stays });
  }

  /** Perhaps it was copied already, and the key that opens it is the new one. */
  async function withNewKey(error: unknown): Promise<ObjectFacts | undefined> {
    const isKey = isAppError(error) && ['customerKeyNeeded', 'customerKeyWrong', 'customerKeyNotApplicable'].includes(error.code);
    if (!isKey || !begun) return undefined;
    return client.head(at, { customerKey: keyOf(target), signal }).catch(() => undefined);
  }

  /** A run that was killed between copy and note: it is there already, and another copy would only be one more version. */
  async function itIsThere(facts: ObjectFacts): Promise<Settled> {
    if (!begun || !isAsMeant(facts.encryption, target) || facts.size !== row.size)
      return settled('changed', { landed: facts.encryption, error: changed(at) });
    const customerKey = keyOf(target);
    const opens = { customerKey, signal };
    if (isBetween(facts))
      return done(
        await copyEncrypted(client, {
          ...{ at, encrypt: target, customerKey, versioning: bucket.versioning, locks: bucket.lock, check: 'whole', signal },
          judge(now) {
            if (now.etag !== facts.etag) throw new AppError('objectChanged', { where: nameOf(at) });
          },
        }),
      );
    const how = row.size === 0 ? 'whole' : 'byte';
    const found = await lookInto(client, { ...at, versionId: facts.versionId }, how, opens);
    if (target.kind === 'sse-c' && row.from.state === 'sse-c') await removeBetween(client, at, facts.versionId, row, opens);
    return settled('done', { landed: found.facts.encryption, newVersion: facts.versionId });
  }
}

/** Killed after the second of two copies: the first one, which says of itself that it is one, lies between old and new. */
async function removeBetween(
  client: ObjectClient,
  at: At,
  newest: string | undefined,
  row: Row,
  opens: Parameters<ObjectClient['head']>[1],
): Promise<void> {
  if (newest === undefined || newest === 'null') return;
  for (const { versionId, deleteMarker } of await client.versions(at.bucket, at.key)) {
    if (versionId === row.versionId) return;
    if (deleteMarker || versionId === newest) continue;
    const one = { ...at, versionId };
    const facts = await client.head(one, opens).catch((error: unknown) => {
      if (isAppError(error)) return undefined;
      throw error;
    });
    if (facts && isBetween(facts)) await client.remove(one);
  }
}

function changed(at: At): Settled['error'] {
  return new AppError('inPlaceChanged', { where: nameOf(at) }).frame;
}

/** By version where the bucket keeps them. Folder markers show another ETag in listings than in HEAD (minio.md 3.4). */
function isSame(row: Row, facts: ObjectFacts): boolean {
  if (facts.size !== row.size) return false;
  if (row.key.endsWith('/')) return true;
  if (row.versionId !== undefined && row.versionId !== 'null' && facts.versionId !== undefined) return row.versionId === facts.versionId;
  return facts.etag === row.etag && sameSecond(facts.modifiedAt, row.modified);
}

function sameSecond(iso: string | undefined, ms: number): boolean {
  const time = Date.parse(iso ?? '');
  return Number.isNaN(time) || Math.floor(time / 1000) === Math.floor(ms / 1000);
}

/** With versions suspended a copy becomes the version `null`, and takes the place of one that is there. */
async function requireNoNullBelow(client: ObjectClient, at: At, facts: ObjectFacts): Promise<void> {
  if (facts.versionId === 'null' || facts.versionId === undefined) return;
  const versions = await client.versions(at.bucket, at.key);
  if (versions.some(({ versionId }) => versionId === 'null')) throw new AppError('inPlaceNullVersion', { where: nameOf(at) });
}
