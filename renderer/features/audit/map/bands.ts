import type { Cell, Rect } from './layout.ts';
import { bandOrder, type Shown, shownStates, sum } from './values.ts';

export interface Band extends Rect {
  readonly state: Shown;
  readonly value: number;
}

/** Tall enough for a name. */
const nameHeight = 24;
/** What must never vanish in a large cell. */
const loud: ReadonlySet<Shown> = new Set<Shown>(['plaintext', 'unreadable', 'unknown']);
const leastLoud = 3;

/**
 * Cuts a cell by its states, area in proportion, the encrypted part first: stacked if the first band is then tall enough
 * for a name, else side by side. Plaintext, unreadable and unknown are at least 3 px, as far as the cell has them. Pure.
 */
export function bandsOf(cell: Pick<Cell, 'x' | 'y' | 'width' | 'height' | 'values'>): Band[] {
  const total = sum(cell.values);
  const there = bandOrder.map((state) => ({ state, value: cell.values[shownStates.indexOf(state)] ?? 0 })).filter(({ value }) => value > 0);
  const [first] = there;
  if (!first || total <= 0 || cell.width <= 0 || cell.height <= 0) return [];
  const stacked = there.length === 1 || (first.value / total) * cell.height >= nameHeight;
  const lengths = share(
    there.map(({ state, value }) => ({ part: value / total, least: loud.has(state) ? leastLoud : 0 })),
    stacked ? cell.height : cell.width,
  );
  let at = 0;
  return there.map(({ state, value }, index) => {
    const start = at;
    at += lengths[index] ?? 0;
    const [from, to] = [Math.round(start), index === there.length - 1 ? (stacked ? cell.height : cell.width) : Math.round(at)];
    return stacked
      ? { state, value, x: cell.x, y: cell.y + from, width: cell.width, height: Math.max(0, to - from) }
      : { state, value, x: cell.x + from, y: cell.y, width: Math.max(0, to - from), height: cell.height };
  });
}

/** Lengths in proportion, some with a least one, which the others pay for. */
function share(parts: readonly { part: number; least: number }[], length: number): number[] {
  const raised = parts.map(({ part, least }) => least > 0 && part * length < least);
  const needed = sum(parts.map(({ least }, at) => (raised[at] ? least : 0)));
  if (needed === 0 || needed >= length) return parts.map(({ part }) => part * length);
  const others = sum(parts.map(({ part }, at) => (raised[at] ? 0 : part)));
  return parts.map(({ part, least }, at) => (raised[at] ? least : (part / others) * (length - needed)));
}
