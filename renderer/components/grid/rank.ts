/*
 * Where a table of any length stands. Browsers bound the height of an element, so the scrollbar's way is shorter than the
 * rows of a long table: near both ends a pixel of it is a pixel of rows, between them it is many. Small movements are
 * never mapped, they move the rows by exactly their pixels.
 */

/** px of scrolling that every browser can do. */
export const longestSpace = 8_000_000;
const exactEnds = 1_000_000;

export interface Span {
  readonly rows: number;
  readonly rowHeight: number;
  /** Height of the window onto the rows, px. */
  readonly view: number;
}

/** `top`: px of rows above the window, the truth. `scrollTop`: where the scrollbar was when that was so. */
export interface Position {
  readonly top: number;
  readonly scrollTop: number;
}

/** Height that the scrollbar stands for, px. */
export function spaceOf({ rows, rowHeight }: Span): number {
  return Math.min(rows * rowHeight, longestSpace);
}

/** The furthest that rows and scrollbar go, and how much at both ends is not stretched. */
function ways(span: Span): { rows: number; bar: number; exact: number } {
  const rows = Math.max(0, span.rows * span.rowHeight - span.view);
  const bar = Math.max(0, spaceOf(span) - span.view);
  return { rows, bar, exact: Math.min(exactEnds, bar / 4) };
}

/** The rows that a place of the scrollbar stands for. */
export function topAt(span: Span, scrollTop: number): number {
  const { rows, bar, exact } = ways(span);
  const at = Math.min(Math.max(0, scrollTop), bar);
  if (rows === bar || at <= exact) return at;
  if (at >= bar - exact) return rows - (bar - at);
  return exact + ((at - exact) * (rows - 2 * exact)) / (bar - 2 * exact);
}

/** The place of the scrollbar for rows; the other way round than `topAt`. */
export function scrollTopAt(span: Span, top: number): number {
  const { rows, bar, exact } = ways(span);
  const at = Math.min(Math.max(0, top), rows);
  if (rows === bar || at <= exact) return at;
  if (at >= rows - exact) return bar - (rows - at);
  return exact + ((at - exact) * (bar - 2 * exact)) / (rows - 2 * exact);
}

/** Goes to a place among the rows. */
export function moveTo(span: Span, top: number): Position {
  const at = Math.min(Math.max(0, top), ways(span).rows);
  return { top: at, scrollTop: scrollTopAt(span, at) };
}

/** After the scrollbar was moved: by a wheel or a finger a little way, by its thumb or a click on its track far. */
export function scrolled(span: Span, from: Position, scrollTop: number): Position {
  const { rows, bar } = ways(span);
  const moved = scrollTop - from.scrollTop;
  if (rows === bar || Math.abs(moved) > 2 * span.view) return { top: topAt(span, scrollTop), scrollTop };
  return { top: Math.min(Math.max(0, from.top + moved), rows), scrollTop };
}

/** The least movement that shows a row whole. */
export function reveal(span: Span, top: number, rank: number): number {
  const above = rank * span.rowHeight;
  if (above < top) return above;
  return Math.max(top, above + span.rowHeight - span.view);
}

/** First and last rank of which a pixel is seen; `last` is below `first` when there is none. */
export function seen({ rows, rowHeight, view }: Span, top: number): { first: number; last: number } {
  const first = Math.floor(top / rowHeight);
  return { first, last: Math.min(rows, Math.ceil((top + view) / rowHeight)) - 1 };
}
