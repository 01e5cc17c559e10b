// biome-ignore-all lint/a11y/useSemanticElements: rows of a virtual grid are boxes; ARIA says the rest
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names the row that is active
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { type CSSProperties, type KeyboardEvent, type MouseEvent, memo, type ReactNode, useEffect, useId } from 'react';
import styles from './grid.module.css';
import type { RowPages } from './rowPages.ts';
import { useRowScroll } from './useRowScroll.ts';

export interface GridColumn<Row> {
  readonly id: string;
  readonly head: string;
  /** px at least; with `grows` it takes its share of what is left. */
  readonly width: number;
  readonly grows?: number;
  readonly end?: boolean;
  readonly sorts?: boolean;
  cell(row: Row): ReactNode;
}

/** Ranks from one end to the other, in the order in which they were chosen; the second one has the cursor. */
export interface Selection {
  readonly anchor: number;
  readonly cursor: number;
}

/** Who presses Enter goes into what opens; who clicks or presses Space stays in the table. */
export type OpenedBy = 'click' | 'space' | 'enter';

interface VirtualGridProps<Row> {
  label: string;
  columns: readonly GridColumn<Row>[];
  pages: RowPages<Row>;
  /** What is shown from its beginning when it is another; default: `pages`. */
  list?: object;
  /** Rises when `pages` changed. */
  version: number;
  sorted?: { readonly column: string; readonly descending: boolean } | undefined;
  onSort?: (column: string) => void;
  selection: Selection | undefined;
  onSelect(selection: Selection): void;
  /** By a click, Space or Enter. */
  onOpen(rank: number, by: OpenedBy): void;
  /** Keys that the table itself does not use; true when it was one. */
  onKey?: (event: KeyboardEvent) => boolean;
  /** Instead of rows: nothing is there, or the error. */
  instead?: ReactNode;
}

const rowHeight = 32;
const edge = 24;
const gap = 16;

/** A table over any number of rows: only those in sight are drawn, whole pages of them are asked for as one scrolls. */
export function VirtualGrid<Row>(props: VirtualGridProps<Row>) {
  const { columns, pages, selection, onSelect, onOpen } = props;
  const id = useId();
  const { rows, known } = pages.count();
  const { scroller, view, space, first, last, shift, fit, show } = useRowScroll(
    props.list ?? pages,
    rows,
    rowHeight,
    rowHeight,
    pages.leading?.() ?? 0,
  );
  useEffect(() => pages.want(first, Math.max(first, last)), [pages, first, last]);

  const least = columns.reduce((sum, { width }) => sum + width, 2 * edge + (columns.length - 1) * gap);
  const tracks = columns.map(({ width, grows }) => (grows ? `minmax(${width}px, ${grows}fr)` : `${width}px`)).join(' ');
  const ranks = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
  const low = selection ? Math.min(selection.anchor, selection.cursor) : -1;
  const high = selection ? Math.max(selection.anchor, selection.cursor) : -2;
  const cursor = selection?.cursor;
  const atCursor = cursor !== undefined && cursor >= first && cursor <= last ? `${id}-${cursor}` : undefined;

  function goTo(rank: number, extend: boolean): void {
    const next = Math.min(Math.max(0, rank), rows - 1);
    onSelect({ anchor: extend ? (selection?.anchor ?? next) : next, cursor: next });
    show(next);
  }

  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    if (event.target !== event.currentTarget || rows === 0) return;
    const from = cursor ?? first - 1;
    const steps: Record<string, number> = {
      ArrowDown: from + 1,
      ArrowUp: from - 1,
      PageDown: from + fit - 1,
      PageUp: from - fit + 1,
      Home: 0,
      End: rows - 1,
    };
    const to = event.altKey || event.metaKey ? undefined : steps[event.key];
    if (to !== undefined) goTo(to, event.shiftKey);
    else if (event.key === ' ' && cursor !== undefined) onOpen(cursor, 'space');
    else if (event.key === 'Enter' && cursor !== undefined) onOpen(cursor, 'enter');
    else if (!props.onKey?.(event)) return;
    event.preventDefault();
  }

  function onClick(event: MouseEvent<HTMLElement>): void {
    const row = (event.target as Element).closest<HTMLElement>('[data-rank]');
    if (!row) return;
    const rank = Number(row.dataset.rank);
    onSelect({ anchor: event.shiftKey ? (selection?.anchor ?? rank) : rank, cursor: rank });
    if (!event.shiftKey) onOpen(rank, 'click');
  }

  return (
    <div
      ref={scroller}
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={known ? rows + 1 : -1}
      aria-multiselectable
      aria-activedescendant={atCursor}
      aria-busy={!pages.asked() || undefined}
      className={styles.grid}
      style={{ '--tracks': tracks, '--least': `${least}px` } as CSSProperties}
      onKeyDown={onKeyDown}
      onClick={onClick}
    >
      <div className={styles.space} style={{ height: space + rowHeight }}>
        <div role="rowgroup" className={styles.head}>
          <div role="row" aria-rowindex={1} className={styles.row}>
            {columns.map((column) => (
              <Head key={column.id} column={column} sorted={props.sorted} onSort={props.onSort} />
            ))}
          </div>
        </div>
        <div role="rowgroup" className={styles.body} style={{ height: view }}>
          {rows === 0 && props.instead !== undefined ? (
            <div role="row">
              <div role="gridcell" className={styles.instead}>
                {props.instead}
              </div>
            </div>
          ) : (
            <div style={{ transform: `translateY(${-shift}px)` }}>
              {ranks.map((rank) => (
                <GridRow
                  key={rank}
                  id={`${id}-${rank}`}
                  rank={rank}
                  row={pages.row(rank)}
                  columns={columns as readonly GridColumn<unknown>[]}
                  selected={rank >= low && rank <= high}
                  cursor={rank === cursor}
                />
              ))}
            </div>
          )}
        </div>
      </div>
    </div>
  );
}

interface HeadProps<Row> {
  column: GridColumn<Row>;
  sorted: VirtualGridProps<Row>['sorted'];
  onSort: VirtualGridProps<Row>['onSort'];
}

function Head<Row>({ column, sorted, onSort }: HeadProps<Row>) {
  const here = sorted?.column === column.id;
  const Arrow = sorted?.descending ? IconArrowDown : IconArrowUp;
  const arrow = here ? <Arrow size={14} stroke={1.5} aria-hidden /> : null;
  const sort = here ? (sorted?.descending ? ('descending' as const) : ('ascending' as const)) : undefined;
  return (
    <div role="columnheader" className={styles.cell} data-end={column.end || undefined} {...(sort ? { 'aria-sort': sort } : {})}>
      {column.sorts && onSort ? (
        <button type="button" className={styles.sort} onClick={() => onSort(column.id)}>
          {column.head}
          {arrow}
        </button>
      ) : (
        column.head
      )}
    </div>
  );
}

interface GridRowProps {
  id: string;
  rank: number;
  row: unknown;
  columns: readonly GridColumn<unknown>[];
  selected: boolean;
  cursor: boolean;
}

/** Drawn again only when its row, its columns or its selection changes. */
const GridRow = memo(function GridRow({ id, rank, row, columns, selected, cursor }: GridRowProps) {
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={rank + 2}
      aria-selected={selected}
      data-rank={rank}
      data-cursor={cursor || undefined}
      className={styles.row}
    >
      {columns.map((column) => (
        <div key={column.id} role="gridcell" className={styles.cell} data-column={column.id} data-end={column.end || undefined}>
          {row === undefined ? <span className={styles.coming} /> : column.cell(row)}
        </div>
      ))}
    </div>
  );
});
