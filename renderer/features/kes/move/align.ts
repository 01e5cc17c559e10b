import type { MoveChange } from '../../../../shared/kesMove.ts';
import { commonCourse } from '../../../../shared/lineDiff.ts';

/** A line of the picture: the old file's at the left, the new one's at the right, either may be missing; numbers from 1. */
export interface Row {
  old?: { line: number; text: string };
  now?: { line: number; text: string };
  /** The two say the same. */
  same: boolean;
}

export interface Aligned {
  rows: Row[];
  /** Changes by the row below which their reason stands. */
  reasons: ReadonlyMap<number, { change: MoveChange; at: number }[]>;
  /** Those that stand at no line of either file: options of the old command. */
  apart: { change: MoveChange; at: number }[];
}

/** Puts two files side by side: lines that say the same, have the same key, or that a change connects, stand in one row. `at` counts the changes from 0. */
export function align(old: string, now: string, changes: readonly MoveChange[]): Aligned {
  const left = linesOf(old);
  const right = linesOf(now);
  const linked = new Set(changes.flatMap(({ old: a, now: b }) => (a && b ? [`${a.from}:${b.from}`] : [])));
  const fits = (a: number, b: number): boolean =>
    meaning(left[a]) === meaning(right[b]) ||
    linked.has(`${a + 1}:${b + 1}`) ||
    (keyOf(left[a]) !== '' && keyOf(left[a]) === keyOf(right[b]));
  const rows = walk(left, right, fits);
  const reasons = new Map<number, { change: MoveChange; at: number }[]>();
  const apart: Aligned['apart'] = [];
  for (const [at, change] of changes.entries()) {
    const row = rowOf(rows, change);
    if (row < 0) apart.push({ change, at });
    else reasons.set(row, [...(reasons.get(row) ?? []), { change, at }]);
  }
  return { rows, reasons, apart };
}

/** Whether a line of a row is what a change is about. */
export function isOf(row: Row, { old, now }: MoveChange): boolean {
  return within(row.old?.line, old) || within(row.now?.line, now);
}

function within(line: number | undefined, range: { from: number; to: number } | undefined): boolean {
  return line !== undefined && range !== undefined && line >= range.from && line <= range.to;
}

/** The last row that the change is about. */
function rowOf(rows: readonly Row[], change: MoveChange): number {
  return rows.findLastIndex((row) => isOf(row, change));
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  while (lines.at(-1)?.trim() === '') lines.pop();
  return lines;
}

/** What a line says, without indent, comment, quotes and the blanks of a table. */
function meaning(line: string | undefined): string {
  return (line ?? '')
    .replace(/\s+#.*$/, '')
    .replace(/["']/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** The key of a line with its depth: another value of the same key is its successor. */
function keyOf(line: string | undefined): string {
  return /^( *[\w-]+):(?:\s|$)/.exec(line ?? '')?.[1] ?? '';
}

/** Both files as one; empty lines of the old one are left out where nothing stands beside them. */
function walk(left: readonly string[], right: readonly string[], fits: (a: number, b: number) => boolean): Row[] {
  return commonCourse(left.length, right.length, fits).flatMap(([a, b]): Row[] => {
    const old = a === undefined ? undefined : { line: a + 1, text: left[a] ?? '' };
    const now = b === undefined ? undefined : { line: b + 1, text: right[b] ?? '' };
    if (old && now) return [{ old, now, same: meaning(old.text) === meaning(now.text) }];
    if (now) return [{ now, same: false }];
    return old && old.text.trim() !== '' ? [{ old, same: false }] : [];
  });
}
