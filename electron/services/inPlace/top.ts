import { AppError } from '../../../shared/rpc/errors.ts';
import { lockOf } from '../../clients/s3/objectLock.ts';
import type { At, ListedVersion, ObjectFacts } from '../../clients/s3/objectTypes.ts';
import { copyEncrypted, removeUnlocked } from '../../clients/s3/safeCopy.ts';
import { compareWhole, nameOf, type Target, unwrapped } from './copy.ts';
import type { CopyDeps } from './current.ts';
import type { KeyNote, PlannedBucket, Row, RunFile } from './store.ts';

/** So often somebody may write in the moment in which something is put on top; then it is told. */
const roundsAtMost = 8;

/** One name whose versions are rewritten. */
export interface Work {
  bucket: PlannedBucket;
  key: string;
  note: KeyNote;
  rows: Row[];
  first: number;
  file: RunFile;
  deps: CopyDeps;
  target: Target;
}

export function isKnown(versionId: string, { versions, extra }: KeyNote, rows: readonly Row[]): boolean {
  return (
    versions.some((one) => one.versionId === versionId) || extra.includes(versionId) || rows.some((row) => row.newVersion === versionId)
  );
}

/**
 * What was newest before, or was written by somebody meanwhile, is newest again. MinIO has no condition for what a copy or a
 * delete marker is put upon (`If-Match` is ignored there), so that somebody may write in that very moment: the versions are
 * looked at again until nothing of ours lies on what somebody wrote. What of ours was a second copy is taken away for that.
 */
export async function putTopBack(work: Work): Promise<void> {
  const { bucket, key, note, rows, deps } = work;
  const { client } = deps;
  const at: At = { bucket: bucket.name, key };
  for (let round = 0; round < roundsAtMost; round++) {
    const now = await client.versions(bucket.name, key);
    const [newest] = now;
    if (!newest) return;
    const foreign = now.find(({ versionId }) => !isKnown(versionId, note, rows));
    const wanted = foreign ?? newestOf(note, rows, now);
    if (!wanted || newest.versionId === wanted.versionId || (newest.deleteMarker && wanted.deleteMarker)) return removeDoubles(work, now);
    const of = note.copyOf?.[newest.versionId];
    if (of === wanted.versionId) return removeDoubles(work, now);
    // What a former version of Sealdeck put on top says not what it is a copy of.
    if (of === undefined && !foreign && note.extra.includes(newest.versionId)) return;
    // A second copy of ours lies on what somebody wrote.
    const isDouble = of !== undefined && now.some(({ versionId }) => versionId === of);
    if (isDouble && (await removeUnlocked(client, { ...at, versionId: newest.versionId }))) continue;
    await putOnTop(wanted, work);
  }
  throw new AppError('inPlaceWritten', { where: nameOf(at) });
}

/** A copy of the wanted version, or another delete marker. */
async function putOnTop(wanted: ListedVersion, work: Work): Promise<void> {
  const { bucket, key, deps, target } = work;
  const { client, signal } = deps;
  const at: At = { bucket: bucket.name, key };
  const source: At = { ...at, versionId: wanted.versionId };
  if (wanted.deleteMarker) {
    const { versionId } = await client.remove(at);
    return noteExtra(work, versionId, wanted.versionId);
  }
  const facts = await client.head(source, { signal });
  const encrypt = onceMore(facts, target);
  let copy: string | undefined;
  if (!encrypt) throw new AppError('inPlaceTopStays', { where: nameOf(at), state: facts.encryption.state });
  try {
    await copyEncrypted(client, {
      ...{ at: source, facts, encrypt, versioning: bucket.versioning, locks: bucket.lock, check: 'whole', signal },
      onWritten({ versionId }) {
        copy = versionId;
        noteExtra(work, versionId, wanted.versionId);
      },
    });
  } catch (error) {
    throw unwrapped(error);
  }
  if (copy === undefined) return;
  work.note.proven = [...(work.note.proven ?? []), copy];
  work.file.noteKey(work.first, work.note);
}

function noteExtra({ note, file, first }: Work, versionId: string | undefined, of: string): void {
  if (versionId === undefined) return;
  note.extra.push(versionId);
  note.copyOf = { ...note.copyOf, [versionId]: of };
  file.noteKey(first, note);
}

/**
 * When the right one is on top: what is there twice goes. That is ours where it is not on top, or where its source is
 * somebody's; else the source, once its copy was read whole, unless it is locked.
 */
async function removeDoubles(work: Work, now: readonly ListedVersion[]): Promise<void> {
  const { bucket, key, note, rows, deps } = work;
  const at: At = { bucket: bucket.name, key };
  for (const [copy, of] of Object.entries(note.copyOf ?? {})) {
    const [ours, source] = [copy, of].map((id) => now.find(({ versionId }) => versionId === id));
    if (!ours || !source) continue;
    if (ours !== now[0]) await removeUnlocked(deps.client, { ...at, versionId: copy });
    else if (isKnown(of, note, rows) && (source.deleteMarker || (await isProven(work, copy, of))))
      await removeUnlocked(deps.client, { ...at, versionId: of });
  }
}

/** Whether a copy may stand for its source. One that a kill left was perhaps never read. */
async function isProven({ bucket, key, note, deps, target }: Work, copy: string, of: string): Promise<boolean> {
  const { client, signal } = deps;
  const source: At = { bucket: bucket.name, key, versionId: of };
  const lock = bucket.lock ? await lockOf(client, source) : undefined;
  if (lock) return false;
  if (note.proven?.includes(copy)) return true;
  const encrypt = onceMore(await client.head(source, { signal }), target);
  if (!encrypt) return false;
  await compareWhole(client, { source, copy: { ...source, versionId: copy }, target: encrypt, customerKey: undefined, lock, signal });
  return true;
}

/** Of what was there before, the newest that still is: itself, or its copy. */
function newestOf({ versions, copyOf = {} }: KeyNote, rows: readonly Row[], now: readonly ListedVersion[]): ListedVersion | undefined {
  const find = (id: string | undefined): ListedVersion | undefined => now.find((one) => one.versionId === id);
  const rootOf = (id: string): string => (copyOf[id] === undefined ? id : rootOf(copyOf[id]));
  for (const { versionId } of versions) {
    const copy = rows.find((row) => (row.versionId ?? 'null') === versionId)?.newVersion;
    const again = now.find((one) => [copy, versionId].includes(rootOf(one.versionId)));
    const found = find(copy) ?? find(versionId) ?? again;
    if (found) return found;
  }
  return undefined;
}

/** The same encryption once more; plaintext as all others. Where it is SSE-C nobody here says which key is meant. */
function onceMore({ encryption: { state, key }, context }: ObjectFacts, target: Target): Target | undefined {
  if (state === 'plaintext') return target;
  if (state === 'sse-s3') return { kind: 'sse-s3' };
  return state === 'sse-kms' && key !== undefined ? { kind: 'sse-kms', key, context } : undefined;
}
