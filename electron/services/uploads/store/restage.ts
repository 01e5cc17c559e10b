import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { say } from '../../../../shared/text.ts';
import { columns, foldedName, type ItemState, type NewItem, type Row, restOf, rowOf, states } from './rows.ts';

/** The items of an upload that was not sent yet, inside one transaction. */
export interface Sql {
  run(sql: string, ...values: SQLInputValue[]): unknown;
  all(sql: string, ...values: SQLInputValue[]): Record<string, SQLOutputValue>[];
}
type Judged = Pick<NewItem, 'error' | 'warning'> & Pick<Row, 'exists'>;
export type Refusal = (key: string, size: number) => NewItem['error'];

export const numberOf = (state: ItemState): number => states.indexOf(state);
/** Refusals that depend on the name at the target; others are of the source and stay. */
const nameCodes: ReadonlySet<string> = new Set(['objectNameRefused', 'uploadTooLarge', 'uploadNameTwice']);
const portion = 5_000;

/** What stands against a name, or is to be said of it, for what else is in this upload. */
export function judgeName(sql: Sql, key: string): Judged {
  const same = sql.all(`SELECT key FROM items WHERE folded = ? AND state <> ${numberOf('refused')}`, foldedName(key));
  if (same.some((other) => other.key === key)) return { error: { code: 'uploadNameTwice', details: { name: key } } };
  return same[0] ? { warning: say('uploadNamesAlike', { name: String(same[0].key) }) } : {};
}

function keep(sql: Sql, n: number, key: string, judged: Judged): void {
  const state = numberOf(judged.error ? 'refused' : 'waits');
  sql.run('UPDATE items SET key = ?, folded = ?, state = ?, rest = ? WHERE n = ?', key, foldedName(key), state, restOf(judged), n);
}

/** All names below another prefix, judged anew, and nothing known any more of what is there already. */
export function retarget(sql: Sql, prefix: string, refusal: Refusal): void {
  // None counts as taken until its turn comes.
  sql.run("UPDATE items SET folded = '', conflict = 0");
  for (const { n, path, size, error } of eachRow(sql)) {
    const key = `${prefix}${path}`;
    const kept = error !== undefined && !nameCodes.has(error.code) ? error : refusal(key, size);
    keep(sql, n, key, kept ? { error: kept } : judgeName(sql, key));
  }
}

/** Takes one out; a name that it had taken is free for the next that wanted it. True: then another one counts that was refused. */
export function leaveOut(sql: Sql, n: number): boolean {
  const [gone] = sql.all('SELECT folded FROM items WHERE n = ?', n);
  if (!gone) return false;
  const folded = String(gone.folded);
  sql.run('DELETE FROM items WHERE n = ?', n);
  const alike = sql.all(`SELECT ${columns} FROM items WHERE folded = ? ORDER BY n`, folded).map(rowOf);
  if (!alike.some(({ error, warning }) => error?.code === 'uploadNameTwice' || warning)) return false;
  sql.run("UPDATE items SET folded = '' WHERE folded = ?", folded);
  for (const { n: other, key, error, exists } of alike)
    keep(sql, other, key, error && error.code !== 'uploadNameTwice' ? { error } : { exists, ...judgeName(sql, key) });
  return alike.some(({ error }) => error?.code === 'uploadNameTwice');
}

function* eachRow(sql: Sql): Generator<Row> {
  for (let after = -1; ; ) {
    const rows = sql.all(`SELECT ${columns} FROM items WHERE n > ? ORDER BY n LIMIT ?`, after, portion).map(rowOf);
    yield* rows;
    if (rows.length < portion) return;
    after = rows.at(-1)?.n ?? after;
  }
}
