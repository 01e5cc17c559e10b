import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import type { At, ListedVersion } from '../../clients/s3/objectTypes.ts';
import { isBetween, removeUnlocked } from '../../clients/s3/safeCopy.ts';
import { eachOf } from '../../platform/eachOf.ts';
import { keyOf, nameOf } from './copy.ts';
import type { CopyDeps } from './current.ts';
import type { PlannedBucket, Row, RunFile, Settled } from './store.ts';

const atOnce = 8;
const chunk = 256;
/** Ours, what lies below it, and what may be between. */
const newestFew = 4;

/**
 * Copies that lie on what somebody wrote in the very moment of the copy: the source's ETag is compared when its reading
 * begins, and only after that the server locks the name. Our copy is then taken away again.
 */
export function createCoveredLook(file: RunFile, deps: CopyDeps) {
  let looked = 0;
  let settled = 0;

  /** Looks at what had settled the last time, or at all that is left. Returns what it changed. */
  return async function look(everything: boolean): Promise<Settled[]> {
    const to = everything ? Number.MAX_SAFE_INTEGER : settled;
    const found: Settled[] = [];
    for (;;) {
      const rows = file.copies(looked, to, chunk);
      const results = await eachOf(rows, atOnce, async (row) => {
        const bucket = file.bucket(row.bucket);
        return bucket.versioning === 'on' ? uncover(row, bucket, deps) : undefined;
      });
      const changed = results.filter((one) => one !== undefined);
      file.settle(changed);
      found.push(...changed);
      looked = rows.at(-1)?.n ?? to;
      if (rows.length < chunk) break;
    }
    if (!everything) settled = file.settledTo(settled);
    return found;
  };
}

async function uncover(row: Row, bucket: PlannedBucket, deps: CopyDeps): Promise<Settled | undefined> {
  const { client } = deps;
  const at: At = { bucket: bucket.name, key: row.key };
  const [ours, ...below] = await client.versions(bucket.name, row.key, newestFew);
  // Something newer is on top: nothing of ours hides anything.
  if (ours?.versionId !== row.newVersion) return undefined;
  const covered = await firstForeign(below, row, keyOf(deps.targetOf(bucket)), deps, at);
  if (!covered) return undefined;
  const result = { n: row.n, size: row.size };
  // Only what is there twice is ever deleted.
  const source = await client.versions(bucket.name, row.key);
  const isDouble = source.some(({ versionId }) => versionId === (row.versionId ?? 'null'));
  if (isDouble && (await removeUnlocked(client, { ...at, versionId: row.newVersion })))
    return { ...result, outcome: 'changed', error: new AppError('inPlaceChanged', { where: nameOf(at) }).frame };
  const error = new AppError('inPlaceCovered', { where: nameOf(at), versionId: covered.versionId }).frame;
  return { ...result, outcome: 'unproven', newVersion: row.newVersion, error };
}

/** What lies between our copy and its source, without the first of two copies (SSE-C to SSE-C) that a lock keeps. */
async function firstForeign(
  below: readonly ListedVersion[],
  row: Row,
  customerKey: Secret | undefined,
  { client, signal }: CopyDeps,
  at: At,
): Promise<ListedVersion | undefined> {
  for (const one of below) {
    if (one.versionId === (row.versionId ?? 'null')) return undefined;
    if (customerKey === undefined || one.deleteMarker) return one;
    const facts = await client.head({ ...at, versionId: one.versionId }, { customerKey, signal }).catch((error: unknown) => {
      if (isAppError(error)) return undefined;
      throw error;
    });
    if (!facts || !isBetween(facts)) return one;
  }
  return undefined;
}
