import type { DatabaseSync } from 'node:sqlite';
import type { AuditRow, Opens } from '../../../../shared/audit.ts';
import { auditStates } from '../../../../shared/audit.ts';
import type { Text } from '../../../../shared/text.ts';
import { type BucketFacts, deleteMarkerState, flag } from '../work.ts';
import { type Group, opensOfGroup } from './aggregate.ts';

/** The columns of `objects` in the order that `RawRow` has. */
export const rowColumns = 'row, bucket, grp, key, version, size, modified, state, flags, reason, listed, opens';
export type RawRow = [
  row: number,
  bucket: number,
  grp: number,
  key: string,
  version: string | null,
  size: number,
  modified: number,
  state: number,
  flags: number,
  reason: number | null,
  listed: number | null,
  opens: number | null,
];

/** Answers of single readings, each text once: by number and by text. */
export class OpensTexts {
  readonly #db: DatabaseSync;
  readonly #byId = new Map<number, Opens>();
  readonly #ids = new Map<string, number>();

  constructor(db: DatabaseSync) {
    this.#db = db;
    for (const { id, body } of db.prepare('SELECT id, body FROM opens').all()) this.#keep(Number(id), String(body));
  }

  get(id: number): Opens | undefined {
    return this.#byId.get(id);
  }

  /** Its number, made if it is new. */
  id(opens: Opens): number {
    const body = JSON.stringify(withoutName(opens));
    const known = this.#ids.get(body);
    if (known !== undefined) return known;
    const id = this.#ids.size + 1;
    this.#db.prepare('INSERT INTO opens (id, answer, body) VALUES (?, ?, ?)').run(id, opens.answer, body);
    this.#keep(id, body);
    return id;
  }

  ids(answer: 'yes' | 'no' | 'notTested'): number[] {
    return [...this.#byId].filter(([, opens]) => (opens.answer === 'differs' ? 'notTested' : opens.answer) === answer).map(([id]) => id);
  }

  #keep(id: number, body: string): void {
    this.#byId.set(id, JSON.parse(body) as Opens);
    this.#ids.set(body, id);
  }
}

/** Errors name their object, which the row does anyway: one text for each of millions would fill the memory. */
function withoutName(opens: Opens): Opens {
  if (!opens.error?.details) return opens;
  const { where: _where, name: _name, ...details } = opens.error.details;
  return { ...opens, error: { ...opens.error, details } };
}

function withName(opens: Opens | undefined, where: string): Opens | undefined {
  return opens?.error ? { ...opens, error: { ...opens.error, details: { ...opens.error.details, where, name: where } } } : opens;
}

/** How rows of a file are told. `table` is where `reasons` lie, for an attached file. */
export function createRowReader(
  db: DatabaseSync,
  file: {
    buckets: readonly Pick<BucketFacts, 'name'>[];
    groups: ReadonlyMap<number, Group>;
    opens: Pick<OpensTexts, 'get'>;
    schema?: string;
  },
): (raw: RawRow) => AuditRow {
  const reasons = db.prepare(`SELECT body FROM ${file.schema ?? 'main'}.reasons WHERE id = ?`);
  return ([row, bucket, grp, key, version, size, modified, state, flags, reason, listed, opens]) => {
    const group = file.groups.get(grp);
    const why = reason === null ? undefined : (JSON.parse(String(reasons.get(reason)?.body)) as Text);
    const name = file.buckets[bucket]?.name ?? '';
    const read = opens === null ? undefined : withName(file.opens.get(opens), `${name}/${key}`);
    return {
      row,
      bucket: name,
      key,
      ...(version === null ? {} : { versionId: version }),
      latest: (flags & flag.latest) !== 0,
      deleteMarker: state === deleteMarkerState,
      ...(state === deleteMarkerState ? {} : { state: auditStates[state] ?? 'unknown' }),
      ...(listed === null || listed === state ? {} : { listed: auditStates[listed] ?? 'unknown' }),
      ...(group && group.kmsKey !== '' ? { kmsKey: group.kmsKey } : {}),
      context: (flags & flag.context) !== 0,
      multipart: (flags & flag.multipart) !== 0,
      size,
      modifiedAt: new Date(modified).toISOString(),
      ...(why ? { reason: why } : {}),
      opens: read ?? (group ? opensOfGroup(group, size) : { answer: 'notTested' }),
    };
  };
}
