import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import type { At, Encrypt, Lock, ObjectClient, ObjectFacts } from '../../clients/s3/objectTypes.ts';
import { copyOnto, encryptOf, nameOf, readVersion, requireAsMeant, requireHere, type Source } from './copy.ts';
import { isAboutContent } from './refusals.ts';
import { isAsMeant, sameState } from './states.ts';
import type { PlannedBucket, Row, Settled } from './store.ts';

export interface CopyDeps {
  client: ObjectClient;
  /** Of the planned target, with its secret. */
  targetOf(bucket: PlannedBucket): Encrypt;
  /** The customer's key of ours that opens it. Throws `customerKeyNeeded`. */
  customerKeyOf(at: At): Promise<Secret>;
  signal: AbortSignal;
}

/** Where the old content is gone after the copy, it is read whole up to this size. */
const wholeUpTo = 16 * 1024 * 1024;

/** What copying one object came to. Throws what is about the server, and not about this object. */
export async function encryptCurrent(row: Row, bucket: PlannedBucket, deps: CopyDeps): Promise<Settled> {
  const { client, signal } = deps;
  const at: At = { bucket: bucket.name, key: row.key };
  const settled = (outcome: Settled['outcome'], more: Partial<Settled> = {}): Settled => ({ n: row.n, size: row.size, outcome, ...more });
  const target = deps.targetOf(bucket);
  const customerKey = row.from.state === 'sse-c' ? await deps.customerKeyOf(at) : undefined;
  let facts: ObjectFacts;
  try {
    facts = await client.head(at, { customerKey, signal });
  } catch (error) {
    if (isAppError(error, 'objectMissing')) return settled('gone');
    if (row.phase === 'new' || target.kind !== 'sse-c') throw error;
    // Perhaps it was copied already, and its key is the new one.
    facts = await client.head(at, { customerKey: target.key, signal });
  }
  const moved = !isSame(row, facts);
  if (moved || !sameState(facts.encryption, row.from)) {
    // A run that was killed between copy and note: it is there already, and another copy would only be one more version.
    if (row.phase === 'new' || !isAsMeant(facts.encryption, target) || facts.size !== row.size)
      return settled('changed', { landed: facts.encryption, error: changed(at) });
    const { facts: found } = await readVersion(
      client,
      { ...at, versionId: facts.versionId },
      { ...readAs(facts, target), whole: false, signal },
    );
    return settled('done', { landed: found.encryption, newVersion: facts.versionId });
  }
  const source: Source = { at, facts, customerKey, lock: bucket.lock ? await lockOf(client, at) : undefined };
  requireHere(source);
  if (bucket.versioning === 'suspended') await requireNoNullBelow(client, at, facts);
  const encrypt = encryptOf(target, facts);
  row.phase = 'begun';
  const written = await copyOnto(client, source, encrypt, signal).catch((error: unknown) => {
    if (isAppError(error, 'objectChanged') || isAppError(error, 'objectMissing')) return undefined;
    throw error;
  });
  if (written === undefined) return settled('changed', { error: changed(at) });
  const copyAt = { ...at, versionId: written.versionId };
  try {
    const whole = bucket.versioning !== 'on' && facts.size <= wholeUpTo;
    const back = await readVersion(client, copyAt, { ...readAs(facts, encrypt), whole, signal });
    // Somebody wrote it right after us: that is not our copy any more.
    if (back.facts.etag !== written.etag && back.facts.versionId === undefined) return settled('changed', { error: changed(at) });
    const landed = requireAsMeant(source, encrypt, back.facts, nameOf(at));
    // The ETag of plaintext that was put in one piece is the MD5 of its content (minio.md 3.4).
    const isMd5 = row.from.state === 'plaintext' && /^[0-9a-f]{32}$/.test(facts.etag) && facts.parts === undefined;
    if (back.md5 !== undefined && isMd5 && back.md5 !== facts.etag) throw new AppError('inPlaceContentDiffers', { where: nameOf(at) });
    return settled('done', { landed, newVersion: written.versionId });
  } catch (error) {
    if (!isAppError(error) || !isAboutContent(error)) throw error;
    return settled('unproven', { error: error.frame, newVersion: written.versionId });
  }
}

const readAs = ({ size }: ObjectFacts, encrypt: Encrypt): { size: number; customerKey?: Secret } => ({
  size,
  ...(encrypt.kind === 'sse-c' ? { customerKey: encrypt.key } : {}),
});

function changed(at: At): Settled['error'] {
  return new AppError('inPlaceChanged', { where: nameOf(at) }).frame;
}

/** By version where the bucket keeps them. Folder markers show another ETag in listings than in HEAD (minio.md 3.4). */
function isSame(row: Row, facts: ObjectFacts): boolean {
  if (facts.size !== row.size) return false;
  if (row.key.endsWith('/')) return true;
  if (row.versionId !== undefined && facts.versionId !== undefined) return row.versionId === facts.versionId;
  return facts.etag === row.etag && sameSecond(facts.modifiedAt, row.modified);
}

function sameSecond(iso: string | undefined, ms: number): boolean {
  const time = Date.parse(iso ?? '');
  return Number.isNaN(time) || Math.floor(time / 1000) === Math.floor(ms / 1000);
}

/** HEAD leaves out what this credential may not read; asked for by itself, that is a refusal instead of a lost retention. */
export async function lockOf(client: ObjectClient, at: At): Promise<Lock | undefined> {
  const [retention, hold] = await Promise.all([client.retention(at), client.legalHold(at)]);
  return retention || hold ? { ...retention, hold } : undefined;
}

/** With versions suspended a copy becomes the version `null`, and takes the place of one that is there. */
async function requireNoNullBelow(client: ObjectClient, at: At, facts: ObjectFacts): Promise<void> {
  if (facts.versionId === 'null' || facts.versionId === undefined) return;
  const versions = await client.versions(at.bucket, at.key);
  if (versions.some(({ versionId }) => versionId === 'null')) throw new AppError('inPlaceNullVersion', { where: nameOf(at) });
}
