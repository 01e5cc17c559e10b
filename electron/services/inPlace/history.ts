import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { lockOf } from '../../clients/s3/objectLock.ts';
import type { At, ListedVersion, ObjectFacts } from '../../clients/s3/objectTypes.ts';
import { copyEncrypted } from '../../clients/s3/safeCopy.ts';
import { compareWhole, nameOf, requireHere, unwrapped } from './copy.ts';
import type { CopyDeps } from './current.ts';
import { isAboutCopy, isAboutObject } from './refusals.ts';
import { sameState } from './states.ts';
import type { PlannedBucket, Row, RunFile, Settled } from './store.ts';
import { isKnown, putTopBack, type Work } from './top.ts';

/*
 * Rewriting one name, so that a kill anywhere loses nothing:
 * 1. What versions there are is noted before anything is copied: whatever else shows up later is ours, or somebody's.
 * 2. Oldest first. "begun" is noted before a copy, its version id after it. Between the two a copy of ours has no note: it is
 *    found in the list of versions, and taken for ours only when its content is the source's.
 * 3. Source and copy are read whole and compared; then only the source is deleted, by its version id.
 * 4. At the end what was on top is on top again: the newest content, or a delete marker; or what somebody wrote meanwhile.
 *    That is looked at once more when the whole run is through.
 */

/**
 * All rows of one name, as they stand in the file: newest first. Whatever comes of a version is noted in the file. Throws
 * what passes or stops everything, and why the newest content could not be put on top again.
 */
export async function rewriteKey(rows: Row[], bucket: PlannedBucket, file: RunFile, deps: CopyDeps): Promise<void> {
  const [top] = rows;
  if (!top) return;
  const first = top.n;
  const at: At = { bucket: bucket.name, key: top.key };
  const known = file.keyNote(first);
  if (known?.closed) return;
  const listed = known ? undefined : await deps.client.versions(bucket.name, top.key);
  const note = known?.note ?? { versions: (listed ?? []).map(({ versionId, deleteMarker }) => ({ versionId, deleteMarker })), extra: [] };
  if (listed) {
    // What cannot be put back on top must not be covered.
    const [newest] = listed;
    const isOurs = rows.some(({ versionId }) => versionId === newest?.versionId);
    if (newest && !newest.deleteMarker && !isOurs) {
      const refused = await whyNotAgain(newest, at, deps);
      if (refused) {
        file.settle(rows.map(({ n, size }) => ({ n, size, outcome: 'refused' as const, error: refused.frame })));
        return file.noteKey(first, note, true);
      }
    }
    file.noteKey(first, note);
  }
  const work: Work = { bucket, key: top.key, note, rows, first, file, deps, target: deps.targetOf(bucket) };
  for (const row of rows.toReversed()) {
    if (row.outcome !== 'waits') continue;
    const result = await rewriteVersion(row, work).catch((error: unknown): Settled => {
      if (!isAboutObject(error)) throw error;
      return { n: row.n, size: row.size, outcome: 'refused', error: error.frame, newVersion: row.newVersion };
    });
    row.outcome = result.outcome;
    row.newVersion = result.newVersion;
    // Before anything of the next version is touched.
    file.settle([result]);
    if (result.outcome !== 'unproven' && result.outcome !== 'refused') continue;
    // What is newer stays as it is: the order of what could not be copied must not be turned round.
    const error = new AppError('inPlaceBehind', { where: nameOf(at) }).frame;
    const newer = rows.filter(({ outcome }) => outcome === 'waits');
    for (const one of newer) one.outcome = 'refused';
    file.settle(newer.map(({ n, size }) => ({ n, size, outcome: 'refused' as const, error })));
  }
  await putTopBack(work);
  file.noteKey(first, note, true);
}

/** Once more for a name that is through: where nodes' clocks differ, a PUT may show itself below our copy only after that. */
export async function lookAgain(rows: Row[], bucket: PlannedBucket, file: RunFile, deps: CopyDeps): Promise<void> {
  const [top] = rows;
  if (!top) return;
  const known = file.keyNote(top.n);
  if (!known?.closed || rows.every(({ newVersion }) => newVersion === undefined)) return;
  const { note } = known;
  await putTopBack({ bucket, key: top.key, note, rows, first: top.n, file, deps, target: deps.targetOf(bucket) });
}

/** An encrypted version on top must be copied again once older content was: why that cannot be. */
async function whyNotAgain({ versionId, encryption }: ListedVersion, at: At, { client, signal }: CopyDeps): Promise<AppError | undefined> {
  const where = nameOf(at);
  if (encryption?.state === 'sse-c') return new AppError('inPlaceTopStays', { where, state: 'SSE-C' });
  try {
    const facts = await client.head({ ...at, versionId }, { signal });
    requireHere(at, facts);
    await client.readByte({ ...at, versionId }, facts.size, { signal });
    return undefined;
  } catch (error) {
    if (isAboutObject(error)) return error;
    throw error;
  }
}

async function rewriteVersion(row: Row, work: Work): Promise<Settled> {
  const { bucket, key, file, deps, target } = work;
  const { client, signal } = deps;
  const at: At = { bucket: bucket.name, key, versionId: row.versionId ?? 'null' };
  const settled = (outcome: Settled['outcome'], more: Partial<Settled> = {}): Settled => ({ n: row.n, size: row.size, outcome, ...more });
  const customerKey = row.from.state === 'sse-c' ? await deps.customerKeyOf(at) : undefined;
  let facts: ObjectFacts;
  try {
    facts = await client.head(at, { customerKey, signal });
  } catch (error) {
    if (!isAppError(error, 'objectMissing')) throw error;
    // Deleted by us just before a kill, or by somebody else.
    return row.phase === 'copied' ? settled('done', { newVersion: row.newVersion, deleted: true }) : settled('gone');
  }
  if (!sameState(facts.encryption, row.from) || facts.size !== row.size)
    return settled('changed', { landed: facts.encryption, error: new AppError('inPlaceChanged', { where: nameOf(at) }).frame });
  const lock = bucket.lock ? await lockOf(client, at) : undefined;
  // A locked version stays as it is; only what everybody reads gets an encrypted copy above it.
  if (lock && work.note.versions[0]?.versionId !== at.versionId) return settled('locked', { landed: facts.encryption });
  requireHere(at, facts);
  const pair = { source: at, target, customerKey, lock, signal };
  const known = row.newVersion ?? (row.phase === 'begun' ? await findCopy(row, work, pair) : undefined);
  if (known !== undefined) noted(known);
  try {
    const landed =
      known === undefined ? await copied() : (await compareWhole(client, { ...pair, copy: { ...at, versionId: known } })).facts;
    if (lock) return settled('locked', { landed: landed.encryption, newVersion: row.newVersion });
    await client.remove(at);
    return settled('done', { landed: landed.encryption, newVersion: row.newVersion, deleted: true });
  } catch (thrown) {
    const error = unwrapped(thrown);
    if (isAppError(error, 'objectLocked')) return settled('locked', { newVersion: row.newVersion, error: error.frame });
    if (!isAppError(error) || !isAboutCopy(error)) throw error;
    // The source was read whole just now: what everybody would read instead is taken away again.
    const copy = { ...at, versionId: row.newVersion };
    if (row.newVersion !== undefined)
      await client.remove(copy).catch((reason: unknown) => {
        if (!isAppError(reason)) throw reason;
      });
    return settled('unproven', { error: error.frame });
  }

  function noted(versionId: string): void {
    file.copied(row.n, versionId);
    row.phase = 'copied';
    row.newVersion = versionId;
  }

  /** Source and copy are read whole and compared in there. */
  async function copied(): Promise<ObjectFacts> {
    file.begin([row]);
    row.phase = 'begun';
    const made = await copyEncrypted(client, {
      ...{ at, facts, encrypt: target, customerKey, versioning: bucket.versioning, locks: bucket.lock, check: 'whole', signal },
      onWritten({ versionId }) {
        // Without an id of its own it took the place of something: nothing may be deleted then.
        if (versionId === undefined || versionId === at.versionId) throw new AppError('inPlaceNoVersion', { where: nameOf(at) });
        noted(versionId);
      },
    });
    return made.facts;
  }
}

/** A copy that was made and not noted: a version that nobody knows, which is in everything as it was meant. */
async function findCopy(
  row: Row,
  { bucket, key, note, rows, deps }: Work,
  pair: Omit<Parameters<typeof compareWhole>[1], 'copy'>,
): Promise<string | undefined> {
  for (const { versionId, deleteMarker, size } of await deps.client.versions(bucket.name, key)) {
    if (deleteMarker || size !== row.size || isKnown(versionId, note, rows)) continue;
    const copy: At = { bucket: bucket.name, key, versionId };
    const found = await compareWhole(deps.client, { ...pair, copy }).catch((error: unknown) => {
      if (isAboutObject(error)) return undefined;
      throw error;
    });
    if (found) return versionId;
  }
  return undefined;
}
