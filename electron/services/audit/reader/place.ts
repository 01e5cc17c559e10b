import { compareKeys } from '../../../clients/s3/keyOrder.ts';
import type { Listed, Page, PageRequest, PageToken } from '../../../clients/s3/listing.ts';
import type { KeyRange } from '../work.ts';

/** How far a range has come. Only with versions it can stand inside a key. */
export type Position = Pick<KeyRange, 'after' | 'versionAfter' | 'versionTime'>;

/** What a page brought to a range: the entries that belong to it and are new, and where to go on. */
export interface Landing {
  entries: Listed[];
  position: Position;
  done: boolean;
  /** Absent: go on by position. */
  token?: PageToken;
  /** The same key again from its newest version: known ones are dropped until older ones come. */
  again: boolean;
  /** The page brought nothing new and another says the same: the server turns in a circle. */
  stuck: boolean;
}

/** How to ask from a position without the server's token. */
export function askFrom({ after, versionAfter }: Position, prefix: string): Pick<PageRequest, 'after' | 'versionAfter'> {
  if (after === '') return {};
  const note = after.indexOf('[minio_cache:');
  // MinIO would take it for its own note; what comes before the position is dropped as it comes.
  if (note !== -1) return note > prefix.length ? { after: after.slice(0, note) } : {};
  return versionAfter === undefined ? { after } : { after, versionAfter };
}

/**
 * Fits a page to its range: drops what lies outside, what was already stored, and in a key whose marker is gone (or is
 * `null`: minio.md 4.1) the versions that were stored before.
 */
export function land(page: Page, at: Position, to: string | undefined, versions: boolean, again: boolean): Landing {
  const listed = page.entries;
  const first = listed[0];
  let dropping = again || (versions && at.versionAfter !== undefined && first?.key === at.after && first.latest);
  const entries: Listed[] = [];
  let past = false;
  for (const entry of listed) {
    const order = compareKeys(entry.key, at.after);
    if (order < 0) continue;
    if (order === 0 && at.after !== '') {
      if (!versions || at.versionAfter === undefined) continue;
      if (dropping && isStored(entry, at)) continue;
      if (dropping && isOlder(entry, at)) dropping = false;
    } else dropping = false;
    if (to !== undefined && compareKeys(entry.key, to) > 0) {
      past = true;
      break;
    }
    entries.push(entry);
  }
  const done = past || page.next === undefined;
  const last = entries.at(-1);
  const position = last ? after(last, entries, at, versions) : at;
  return { entries, position, done, ...(page.next ? { token: page.next } : {}), again: dropping, stuck: !last && !done };
}

function isStored(entry: Listed, { versionTime, versionAfter }: Position): boolean {
  if (!versionTime) return entry.versionId === versionAfter;
  // Newer ones were stored, or were written since.
  if (entry.modifiedAt !== versionTime.modifiedAt) return entry.modifiedAt > versionTime.modifiedAt;
  return versionTime.versions.includes(entry.versionId ?? 'null');
}

function isOlder(entry: Listed, { versionTime }: Position): boolean {
  return versionTime === undefined || entry.modifiedAt < versionTime.modifiedAt;
}

function after(last: Listed, entries: readonly Listed[], before: Position, versions: boolean): Position {
  if (!versions) return { after: last.key };
  const { key, modifiedAt } = last;
  const sameTime: string[] = [];
  for (let index = entries.length - 1; index >= 0; index--) {
    const entry = entries[index];
    if (entry?.key !== key || entry.modifiedAt !== modifiedAt) break;
    sameTime.push(entry.versionId ?? 'null');
  }
  const goesOn = before.after === key && before.versionTime?.modifiedAt === modifiedAt;
  if (goesOn) sameTime.push(...(before.versionTime?.versions ?? []));
  return { after: key, versionAfter: last.versionId ?? 'null', versionTime: { modifiedAt, versions: sameTime } };
}
