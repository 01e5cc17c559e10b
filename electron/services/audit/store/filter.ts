import type { AuditFilter } from '../../../../shared/audit.ts';
import { auditStates } from '../../../../shared/audit.ts';
import { deleteMarkerState } from '../work.ts';
import { type Group, isEncrypted, opensOfGroup } from './aggregate.ts';

export type Parameter = string | number;
export interface Where {
  sql: string;
  parameters: Parameter[];
  /** It asks for something in the key. */
  ofKey: boolean;
}

/** What a filter's words mean in one file. */
export interface Meanings {
  /** Number of a bucket by its name. */
  bucketIds: ReadonlyMap<string, number>;
  groups: ReadonlyMap<number, Group>;
  /** Numbers of the answers that single readings gave, by what they say. */
  answers(answer: 'yes' | 'no' | 'notTested'): number[];
}

/** A filter as conditions on `objects`. Every value is a parameter; nothing in a key is a pattern. */
export function whereOf(filter: AuditFilter, meanings: Meanings): Where {
  const sql: string[] = [];
  const parameters: Parameter[] = [];
  const and = (condition: string, ...values: Parameter[]) => {
    sql.push(condition);
    parameters.push(...values);
  };
  const { states, bucket, prefix, contains, kmsKey, minSize, maxSize, from, before, versions = 'current', opens } = filter;
  if (bucket !== undefined) and('bucket = ?', meanings.bucketIds.get(bucket) ?? -1);
  if (prefix) {
    and('key >= ?', prefix);
    const end = afterPrefix(prefix);
    if (end !== undefined) and('key < ?', end);
  }
  if (states) and(`state IN (${states.map((state) => auditStates.indexOf(state)).join(', ')})`);
  if (versions === 'deleteMarkers') and(`state = ${deleteMarkerState}`);
  else if (versions !== 'all' && !states) and(`state < ${deleteMarkerState}`);
  if (versions === 'current') and('flags & 1');
  if (versions === 'noncurrent') and('NOT flags & 1');
  if (kmsKey !== undefined) {
    const groups = [...meanings.groups.values()].filter((group) => group.kmsKey === kmsKey && (kmsKey !== '' || isEncrypted(group.state)));
    and(numbersIn('grp'), JSON.stringify(groups.map(({ id }) => id)));
  }
  if (minSize !== undefined) and('size >= ?', minSize);
  if (maxSize !== undefined) and('size <= ?', maxSize);
  if (from !== undefined) and('modified >= ?', Date.parse(from));
  if (before !== undefined) and('modified < ?', Date.parse(before));
  if (opens !== undefined) {
    const groups = (size: number) =>
      JSON.stringify([...meanings.groups.values()].filter((group) => hasAnswer(group, size, opens)).map(({ id }) => id));
    and(
      `(${numbersIn('opens')} OR opens IS NULL AND (size > 0 AND ${numbersIn('grp')} OR size = 0 AND ${numbersIn('grp')}))`,
      JSON.stringify(meanings.answers(opens)),
      groups(1),
      groups(0),
    );
  }
  // The dearest condition last.
  if (contains) and('instr(key, ?) > 0', contains);
  return { sql: sql.length === 0 ? '1' : sql.join(' AND '), parameters, ofKey: Boolean(prefix || contains) };
}

const numbersIn = (column: string): string => `${column} IN (SELECT value FROM json_each(?))`;

/** Only what has a key can be tested: plaintext is no answer to "not tested". */
function hasAnswer(group: Group, size: number, wanted: 'yes' | 'no' | 'notTested'): boolean {
  if (!isEncrypted(group.state) && group.state !== 1) return false;
  const { answer } = opensOfGroup(group, size);
  return (answer === 'differs' ? 'notTested' : answer) === wanted;
}

/** The first text after all that begin so, in the order of UTF-8 bytes; undefined: there is none. */
export function afterPrefix(prefix: string): string | undefined {
  const points = [...prefix];
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const point = last.codePointAt(0) ?? 0;
    if (point >= 0x10ffff) continue;
    // The halves of UTF-16 are no characters.
    return points.join('') + String.fromCodePoint(point === 0xd7ff ? 0xe000 : point + 1);
  }
  return undefined;
}
