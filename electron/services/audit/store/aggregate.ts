import type { Amounts, Audit, AuditBucket, AuditKey, AuditState, Opens } from '../../../../shared/audit.ts';
import { auditStates } from '../../../../shared/audit.ts';
import { say } from '../../../../shared/text.ts';
import { type BucketFacts, deleteMarkerState, flag, type Sample, type Target, type Verdict } from '../work.ts';
import { LiveMap, noSums, type Sums } from './liveMap.ts';

/** A row as counting needs it. */
export interface Counted {
  row: number;
  bucket: number;
  grp: number;
  key: string;
  version: string | null;
  size: number;
  modified: number;
  state: number;
  flags: number;
  /** The answer of a reading of this object itself. */
  opens?: Opens['answer'] | undefined;
}

interface Stamp {
  row: number;
  key: string;
  version: string | null;
  modified: number;
}

/** Rows of one bucket that one key protects, by what the listing said. */
export interface Group {
  id: number;
  bucket: number;
  state: number;
  kmsKey: string;
  objects: number;
  bytes: number;
  empty: number;
  /** Rows with an answer of their own, and those of them without content. */
  own: { yes: number; no: number; notTested: number };
  ownEmpty: number;
  /** Of those with content. */
  oldest?: Stamp | undefined;
  newest?: Stamp | undefined;
  verdict?: Pick<Verdict, 'opens' | 'boundary'> | undefined;
}

interface BucketSums {
  current: Sums;
  noncurrent: Sums;
  deleteMarkers: number;
  folderMarkers: number;
  plainBefore: number;
  plainAfter: number;
  /** A row of each state that has a reason, by the state: unreadable, unknown. */
  example: Partial<Record<number, number>>;
}

/** States with a key: SSE-C, SSE-S3, SSE-KMS. */
export const isEncrypted = (state: number): boolean => state >= 3 && state <= 5;
const place = { plaintext: 0, unreadable: 1, unknown: 2, 'sse-c': 3 };

/** All that is told while a run works, in memory that does not grow with its objects. */
export class Aggregate {
  readonly groups = new Map<number, Group>();
  map: LiveMap;
  readonly #facts: BucketFacts[];
  readonly #ruleSince: (number | undefined)[];
  readonly #sums: BucketSums[];

  constructor(facts: BucketFacts[]) {
    this.#facts = facts;
    this.#ruleSince = facts.map(({ ruleSince }) => ruleSince && Date.parse(ruleSince.at));
    this.#sums = facts.map(() => ({
      current: noSums(),
      noncurrent: noSums(),
      deleteMarkers: 0,
      folderMarkers: 0,
      plainBefore: 0,
      plainAfter: 0,
      example: {},
    }));
    this.map = new LiveMap(facts.length);
  }

  /** For rows of a file that was arranged: they were counted, but have no place in the live map. */
  startMap(): (row: Pick<Counted, 'bucket' | 'key' | 'state' | 'size' | 'flags'>) => void {
    this.map = new LiveMap(this.#facts.length);
    return ({ bucket, key, state, size, flags }) => {
      if (flags & flag.latest && state !== deleteMarkerState) this.map.add(bucket, key, state, size, 1);
    };
  }

  group(of: Pick<Group, 'id' | 'bucket' | 'state' | 'kmsKey'>): Group {
    const known = this.groups.get(of.id);
    if (known) return known;
    const group: Group = {
      ...{ id: of.id, bucket: of.bucket, state: of.state, kmsKey: of.kmsKey },
      ...{ objects: 0, bytes: 0, empty: 0, ownEmpty: 0, own: { yes: 0, no: 0, notTested: 0 } },
    };
    this.groups.set(of.id, group);
    return group;
  }

  /** `times` -1 takes a row back whose state or key is told anew; the oldest and newest of its key stay. */
  add(row: Counted, times: 1 | -1 = 1): void {
    const sums = this.#sums[row.bucket];
    const group = this.groups.get(row.grp);
    if (!sums || !group) throw new Error('a row of no bucket or group');
    if (row.state === deleteMarkerState) {
      sums.deleteMarkers += times;
      return;
    }
    if (row.state === place.unreadable || row.state === place.unknown) {
      if (times === 1) sums.example[row.state] ??= row.row;
      else if (sums.example[row.state] === row.row) delete sums.example[row.state];
    }
    const current = (row.flags & flag.latest) !== 0;
    const into = current ? sums.current : sums.noncurrent;
    into[row.state] = (into[row.state] ?? 0) + times;
    into[row.state + 6] = (into[row.state + 6] ?? 0) + row.size * times;
    if (current) {
      this.map.add(row.bucket, row.key, row.state, row.size, times);
      // A name without content: nothing lies open in it, so it alarms nobody.
      const marker = row.state === place.plaintext && row.size === 0 && row.key.endsWith('/');
      if (marker) sums.folderMarkers += times;
      const since = this.#ruleSince[row.bucket];
      if (row.state === place.plaintext && !marker && since !== undefined) {
        if (row.modified < since) sums.plainBefore += times;
        else sums.plainAfter += times;
      }
    }
    group.objects += times;
    group.bytes += row.size * times;
    if (row.opens) {
      group.own[row.opens === 'differs' ? 'notTested' : row.opens] += times;
      if (row.size === 0) group.ownEmpty += times;
    }
    if (row.size === 0) group.empty += times;
    else if (times === 1) stamp(group, row);
  }

  /** All but the map, for a file whose rows need not be counted again. */
  save(): string {
    const buckets = this.#sums.map((sums) => ({ ...sums, current: [...sums.current], noncurrent: [...sums.noncurrent] }));
    return JSON.stringify({ buckets, groups: [...this.groups.values()] });
  }

  restore(saved: string): void {
    const { buckets, groups } = JSON.parse(saved) as { buckets: BucketSums[]; groups: Group[] };
    for (const [id, sums] of buckets.entries()) {
      this.#sums[id] = {
        ...sums,
        example: sums.example ?? {},
        current: Float64Array.from(sums.current),
        noncurrent: Float64Array.from(sums.noncurrent),
      };
    }
    for (const group of groups) this.groups.set(group.id, { ...group });
  }

  bucket(
    id: number,
  ): Pick<AuditBucket, 'name' | 'current' | 'noncurrent' | 'deleteMarkers' | 'folderMarkers' | 'plainBefore' | 'plainAfter'> {
    const sums = this.#sums[id];
    const facts = this.#facts[id];
    if (!sums || !facts) throw new Error('no such bucket');
    return {
      name: facts.name,
      current: amountsOf(sums.current),
      noncurrent: amountsOf(sums.noncurrent),
      deleteMarkers: sums.deleteMarkers,
      folderMarkers: sums.folderMarkers,
      ...(facts.ruleSince ? { plainBefore: sums.plainBefore, plainAfter: sums.plainAfter } : {}),
    };
  }

  /** For each bucket one row that is unreadable, and one that is unknown. */
  examples(): { bucket: number; state: number; row: number }[] {
    return this.#sums.flatMap(({ example }, bucket) =>
      [place.unreadable, place.unknown].flatMap((state) => {
        const row = example[state];
        return row === undefined ? [] : [{ bucket, state, row }];
      }),
    );
  }

  totals(): Pick<Audit, 'current' | 'noncurrent' | 'deleteMarkers' | 'folderMarkers' | 'opens'> {
    const current = noSums();
    const noncurrent = noSums();
    let deleteMarkers = 0;
    let folderMarkers = 0;
    for (const sums of this.#sums) {
      for (let at = 0; at < 12; at += 1) {
        current[at] = (current[at] ?? 0) + (sums.current[at] ?? 0);
        noncurrent[at] = (noncurrent[at] ?? 0) + (sums.noncurrent[at] ?? 0);
      }
      deleteMarkers += sums.deleteMarkers;
      folderMarkers += sums.folderMarkers;
    }
    const opens = { yes: 0, no: 0, notTested: 0 };
    for (const group of this.groups.values()) {
      for (const [answer, objects] of Object.entries(opensOf(group))) opens[answer as keyof typeof opens] += objects;
    }
    return { current: amountsOf(current), noncurrent: amountsOf(noncurrent), deleteMarkers, folderMarkers, opens };
  }

  /** Objects of a bucket or of all, of some states or of all, as far as they were read. */
  objectsOf(bucket: number | undefined, versions: 'current' | 'noncurrent', states: readonly AuditState[] = auditStates): number {
    const sums = bucket === undefined ? this.#sums : this.#sums.slice(bucket, bucket + 1);
    const places = new Set(states.map((state) => auditStates.indexOf(state)));
    return sums.reduce((sum, of) => sum + [...places].reduce((objects, state) => objects + (of[versions][state] ?? 0), 0), 0);
  }

  keys(): AuditKey[] {
    return [...this.groups.values()]
      .filter(({ state, objects }) => isEncrypted(state) && objects > 0)
      .map((group) => ({
        bucket: this.#facts[group.bucket]?.name ?? '',
        state: auditStates[group.state] as AuditKey['state'],
        kmsKey: group.kmsKey,
        objects: group.objects,
        bytes: group.bytes,
        ...(group.oldest ? { oldest: this.#stamped(group, group.oldest) } : {}),
        ...(group.newest ? { newest: this.#stamped(group, group.newest) } : {}),
        opens: opensOfGroup(group),
        ...(group.verdict?.boundary ? { boundary: group.verdict.boundary } : {}),
      }));
  }

  /** SSE-C is left out: its key is the customer's. */
  samples(): Sample[] {
    return [...this.groups.values()].flatMap((group) =>
      isEncrypted(group.state) && group.state !== place['sse-c'] && group.oldest && group.newest
        ? [
            {
              ...{ bucket: group.bucket, state: group.state, kmsKey: group.kmsKey, objects: group.objects - group.empty },
              ...{ oldest: targetOf(group, group.oldest), newest: targetOf(group, group.newest) },
            },
          ]
        : [],
    );
  }

  #stamped(group: Group, stamp: Stamp): NonNullable<AuditKey['oldest']> {
    return {
      bucket: this.#facts[group.bucket]?.name ?? '',
      key: stamp.key,
      ...(stamp.version === null ? {} : { versionId: stamp.version }),
      modifiedAt: new Date(stamp.modified).toISOString(),
    };
  }
}

function stamp(group: Group, { row, key, version, modified }: Counted): void {
  if (!group.oldest || modified < group.oldest.modified) group.oldest = { row, key, version, modified };
  // Of equal times the row of the higher number is the newest, as in the order of `byTime`.
  if (!group.newest || modified > group.newest.modified || (modified === group.newest.modified && row > group.newest.row)) {
    group.newest = { row, key, version, modified };
  }
}

function targetOf(group: Group, { row, key, version, modified }: Stamp): Target {
  return { row, bucket: group.bucket, key, ...(version === null ? {} : { versionId: version }), modified };
}

function amountsOf(sums: Sums): Amounts {
  return { objects: [...sums.subarray(0, 6)], bytes: [...sums.subarray(6)] };
}

/** What is known of a row that was not read itself: by the sample of its key, or by what it is. */
export function opensOfGroup(group: Pick<Group, 'state' | 'verdict'>, size = 1): Opens {
  if (group.state === deleteMarkerState) return { answer: 'notTested', why: say('auditNothingToOpen') };
  if (group.state === place.unreadable) return { answer: 'no' };
  if (!isEncrypted(group.state)) return { answer: 'notTested', why: say('auditNotEncrypted') };
  if (size === 0) return { answer: 'yes', why: say('auditEmptyOpens') };
  if (group.state === place['sse-c'] && !group.verdict) return { answer: 'notTested', why: say('auditCustomerKey') };
  return group.verdict?.opens ?? { answer: 'notTested', why: say('auditNotTestedYet') };
}

/** How many encrypted rows of a group open, do not, were not tried. */
function opensOf(group: Group): Audit['opens'] {
  const { own, objects, empty, ownEmpty } = group;
  const opens = { ...own };
  if (!isEncrypted(group.state) && group.state !== place.unreadable) return opens;
  const bySample = opensOfGroup(group).answer;
  opens[bySample === 'differs' ? 'notTested' : bySample] += objects - empty - (own.yes + own.no + own.notTested - ownEmpty);
  opens[isEncrypted(group.state) ? 'yes' : 'no'] += empty - ownEmpty;
  return opens;
}
