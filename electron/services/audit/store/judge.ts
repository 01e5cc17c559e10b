import type { DatabaseSync } from 'node:sqlite';
import type { RowVerdict, Sample, Target, Verdict } from '../work.ts';
import { type Aggregate, type Counted, type Group, isEncrypted } from './aggregate.ts';
import { type OpensTexts, type RawRow, rowColumns } from './rowReader.ts';
import type { Writer } from './writer.ts';

const unreadable = 1;
const unknown = 2;
const customer = 3;

interface Parts {
  db: DatabaseSync;
  aggregate: Aggregate;
  opens: OpensTexts;
  writer: Writer;
}

/** What reading told: single rows first, then all others with content of a key in a bucket. For `Writer.write`. */
export function judgeRows({ db, aggregate, opens, writer }: Parts, verdicts: Verdict[], rows: RowVerdict[]): void {
  const one = db.prepare(`SELECT ${rowColumns} FROM objects WHERE row = ?`);
  one.setReturnArrays(true);
  const change = db.prepare('UPDATE objects SET grp = ?, state = ?, listed = ?, reason = coalesce(?, reason), opens = ? WHERE row = ?');
  for (const verdict of rows) {
    const raw = one.get(verdict.row) as unknown as RawRow | undefined;
    if (!raw) continue;
    const before = countedOf(raw, opens);
    aggregate.add(before, -1);
    const listed = raw[10] ?? raw[7];
    const state = verdict.state ?? listed;
    const protects = isEncrypted(state) ? state : (aggregate.groups.get(before.grp)?.state ?? listed);
    const kmsKey = verdict.kmsKey ?? aggregate.groups.get(before.grp)?.kmsKey ?? '';
    const grp = writer.groupId(before.bucket, protects, kmsKey);
    const opensId = opens.id(verdict.opens);
    change.run(grp, state, state === listed ? null : listed, verdict.reason ? writer.reasonId(verdict.reason) : null, opensId, verdict.row);
    aggregate.add({ ...before, grp, state, opens: verdict.opens.answer });
  }
  judgeGroups({ db, aggregate, opens, writer }, verdicts);
}

/** Samples that differ tell nothing of the others: they are unknown. */
const stateAfter = (group: Group, verdict: Pick<Verdict, 'opens'> | undefined): number =>
  verdict?.opens.answer === 'no' ? unreadable : verdict?.opens.answer === 'differs' ? unknown : group.state;

function judgeGroups({ db, aggregate, opens, writer }: Parts, verdicts: Verdict[]): void {
  const keep = db.prepare('UPDATE groups SET opens = ?, boundary = ? WHERE id = ?');
  const changed = new Map<number, number[]>();
  for (const verdict of verdicts) {
    const group = aggregate.groups.get(writer.groupId(verdict.bucket, verdict.state, verdict.kmsKey));
    if (!group) continue;
    const state = stateAfter(group, verdict);
    if (state !== stateAfter(group, group.verdict)) changed.set(state, [...(changed.get(state) ?? []), group.id]);
    group.verdict = { opens: verdict.opens, ...(verdict.boundary ? { boundary: verdict.boundary } : {}) };
    keep.run(opens.id(verdict.opens), verdict.boundary ? JSON.stringify(verdict.boundary) : null, group.id);
  }
  const rest = 'grp IN (SELECT value FROM json_each(?)) AND size > 0 AND opens IS NULL';
  const found = db.prepare(`SELECT ${rowColumns} FROM objects NOT INDEXED WHERE ${rest}`);
  found.setReturnArrays(true);
  for (const [state, groups] of changed) {
    for (const raw of found.iterate(JSON.stringify(groups)) as unknown as Iterable<RawRow>) {
      const row = countedOf(raw, opens);
      aggregate.add(row, -1);
      aggregate.add({ ...row, state });
    }
    // Told anew, `listed` stays what the listing said.
    db.prepare(`UPDATE objects SET listed = nullif(coalesce(listed, state), ?), state = ? WHERE ${rest}`).run(
      state,
      state,
      JSON.stringify(groups),
    );
  }
}

/** A row of the file as it is counted. */
export function countedOf(
  [row, bucket, grp, key, version, size, modified, state, flags, , , own]: RawRow,
  opens: Pick<OpensTexts, 'get'>,
): Counted {
  return { row, bucket, grp, key, version, size, modified, state, flags, opens: own === null ? undefined : opens.get(own)?.answer };
}

type RawTarget = [row: number, bucket: number, key: string, version: string | null, modified: number];
const targetColumns = 'objects.row, bucket, key, version, modified';
const targetOf = ([row, bucket, key, version, modified]: RawTarget): Target => ({
  ...{ row, bucket, key, modified },
  ...(version === null ? {} : { versionId: version }),
});

/** Encrypted rows with content that nobody has read, after a row. SSE-C is left out: its key is the customer's. */
export function unreadRows(db: DatabaseSync, aggregate: Aggregate, afterRow: number, limit: number): Target[] {
  const groups = [...aggregate.groups.values()].filter(({ state }) => isEncrypted(state) && state !== customer).map(({ id }) => id);
  const rows = db.prepare(
    `SELECT ${targetColumns} FROM objects WHERE row > ? AND size > 0 AND opens IS NULL AND grp IN (SELECT value FROM json_each(?)) ORDER BY row LIMIT ?`,
  );
  rows.setReturnArrays(true);
  return (rows.all(afterRow, JSON.stringify(groups), limit) as unknown as RawTarget[]).map(targetOf);
}

/** Rows of keys in buckets by the time of writing, each listed once in a temporary table for all the reads of its bisection. */
export class ByTime {
  readonly #db: DatabaseSync;
  readonly #listed = new Set<number>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** Counted from 0. */
  at(aggregate: Aggregate, of: Pick<Sample, 'bucket' | 'state' | 'kmsKey'>, n: number): Target | undefined {
    const group = [...aggregate.groups.values()].find(
      ({ bucket, state, kmsKey }) => bucket === of.bucket && state === of.state && kmsKey === of.kmsKey,
    );
    if (!group) return undefined;
    if (!this.#listed.has(group.id)) {
      this.#db.exec(
        'CREATE TEMP TABLE IF NOT EXISTS listedByTime (grp INTEGER, n INTEGER, row INTEGER, PRIMARY KEY (grp, n)) WITHOUT ROWID',
      );
      this.#db
        .prepare(
          'INSERT INTO listedByTime SELECT grp, row_number() OVER (ORDER BY modified, row) - 1, row FROM objects WHERE grp = ? AND size > 0',
        )
        .run(group.id);
      this.#listed.add(group.id);
    }
    const found = this.#db.prepare(
      `SELECT ${targetColumns} FROM listedByTime AS listed JOIN objects ON objects.row = listed.row WHERE listed.grp = ? AND listed.n = ?`,
    );
    found.setReturnArrays(true);
    const target = found.get(group.id, n) as unknown as RawTarget | undefined;
    return target && targetOf(target);
  }

  drop(): void {
    if (this.#listed.size === 0) return;
    this.#db.exec('DROP TABLE IF EXISTS temp.listedByTime');
    this.#listed.clear();
  }
}
