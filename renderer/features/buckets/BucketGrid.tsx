// biome-ignore-all lint/a11y/useSemanticElements: rows of a virtual grid are boxes; ARIA says the rest
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names the row that is active
import { Checkbox } from '@mantine/core';
import { type KeyboardEvent, type MouseEvent, memo, useId, useState } from 'react';
import type { BucketRow } from '../../../shared/buckets.ts';
import grid from '../../components/grid/grid.module.css';
import { useRowScroll } from '../../components/grid/useRowScroll.ts';
import { useWords } from '../../locales/language.ts';
import styles from './cells.module.css';
import { KeyCell, LockCell, NameCell, PlainCell, RuleCell, VersionsCell } from './RowCells.tsx';
import { extendTo, moveTo, type Selection, toggle, toggleAll } from './selection.ts';

interface GridProps {
  rows: readonly BucketRow[];
  defaultKey: string | undefined;
  selection: Selection;
  onSelect(selection: Selection): void;
  /** Enter on a row. */
  onOpen(bucket: string): void;
}

const rowHeight = 36;
const headHeight = 32;
const columns = ['bucket', 'rule', 'key', 'versions', 'lock', 'plaintext'] as const;

/** All buckets; Space chooses the row with the cursor, Shift extends, Ctrl A takes all, Enter opens its objects. Only rows in sight are drawn. */
export function BucketGrid({ rows, defaultKey, selection, onSelect, onOpen }: GridProps) {
  const { t } = useWords();
  const id = useId();
  // The same list whatever of its rows changes: else it would jump to its beginning.
  const [list] = useState({});
  const { scroller, view, space, first, last, shift, fit, show } = useRowScroll(list, rows.length, rowHeight, headHeight);
  const names = rows.map(({ name }) => name);
  const { chosen, cursor } = selection;
  const all = names.length > 0 && names.every((name) => chosen.has(name));
  const some = !all && names.some((name) => chosen.has(name));
  const ranks = Array.from({ length: Math.max(0, Math.min(last, rows.length - 1) - first + 1) }, (_, at) => first + at);

  function goTo(rank: number, extend: boolean): void {
    const next = Math.min(Math.max(0, rank), rows.length - 1);
    onSelect(extend ? extendTo(selection, names, next) : moveTo(selection, next));
    show(next);
  }

  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    if (event.target !== event.currentTarget || rows.length === 0) return;
    const from = cursor ?? -1;
    const steps: Record<string, number> = {
      ArrowDown: from + 1,
      ArrowUp: from - 1,
      PageDown: from + fit - 1,
      PageUp: from - fit + 1,
      Home: 0,
      End: rows.length - 1,
    };
    const to = event.altKey || event.metaKey || event.ctrlKey ? undefined : steps[event.key];
    const name = cursor === undefined ? undefined : names[cursor];
    if (to !== undefined) goTo(to, event.shiftKey);
    else if (event.key === ' ' && cursor !== undefined) onSelect(toggle(selection, names, cursor));
    else if (event.key.toLowerCase() === 'a' && (event.ctrlKey || event.metaKey)) onSelect(toggleAll(selection, names));
    else if (event.key === 'Enter' && name !== undefined) onOpen(name);
    else return;
    event.preventDefault();
  }

  function onClick(event: MouseEvent<HTMLElement>): void {
    const row = (event.target as Element).closest<HTMLElement>('[data-rank]');
    if (!row || (event.target as Element).closest('a')) return;
    const rank = Number(row.dataset.rank);
    onSelect(event.shiftKey ? extendTo(selection, names, rank) : toggle(selection, names, rank));
  }

  return (
    <div
      ref={scroller}
      role="grid"
      tabIndex={0}
      aria-label={t('buckets.table')}
      aria-rowcount={rows.length + 1}
      aria-multiselectable
      aria-activedescendant={cursor !== undefined && cursor >= first && cursor <= last ? `${id}-${cursor}` : undefined}
      className={`${grid.grid} ${styles.tracks}`}
      onKeyDown={onKeyDown}
      onClick={onClick}
    >
      <div style={{ height: space + headHeight }}>
        <div role="rowgroup" className={grid.head}>
          <div role="row" aria-rowindex={1} className={grid.row}>
            <div role="columnheader">
              <Checkbox
                aria-label={t('buckets.selectAll')}
                checked={all}
                indeterminate={some}
                onChange={() => onSelect(toggleAll(selection, names))}
              />
            </div>
            {columns.map((column) => (
              <div
                key={column}
                role="columnheader"
                className={grid.cell}
                data-column={column}
                data-end={column === 'plaintext' || undefined}
              >
                {t(`buckets.column.${column}`)}
              </div>
            ))}
          </div>
        </div>
        <div role="rowgroup" className={grid.body} style={{ height: view }}>
          <div style={{ transform: `translateY(${-shift}px)` }}>
            {ranks.map((rank) => {
              const row = rows[rank];
              return row === undefined ? null : (
                <Row
                  key={row.name}
                  id={`${id}-${rank}`}
                  rank={rank}
                  row={row}
                  defaultKey={defaultKey}
                  chosen={chosen.has(row.name)}
                  cursor={rank === cursor}
                />
              );
            })}
          </div>
        </div>
      </div>
    </div>
  );
}

interface RowProps {
  id: string;
  rank: number;
  row: BucketRow;
  defaultKey: string | undefined;
  chosen: boolean;
  cursor: boolean;
}

const Row = memo(function Row({ id, rank, row, defaultKey, chosen, cursor }: RowProps) {
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={rank + 2}
      aria-selected={chosen}
      data-rank={rank}
      data-drop-bucket={row.name}
      data-cursor={cursor || undefined}
      className={grid.row}
    >
      <div role="gridcell" aria-hidden>
        <Checkbox.Indicator checked={chosen} size="xs" />
      </div>
      <div role="gridcell" className={grid.cell} data-column="name">
        <NameCell row={row} />
      </div>
      <div role="gridcell" className={grid.cell}>
        <RuleCell row={row} />
      </div>
      <div role="gridcell" className={grid.cell} data-column="key">
        <KeyCell row={row} defaultKey={defaultKey} />
      </div>
      <div role="gridcell" className={grid.cell} data-column="versions">
        <VersionsCell row={row} />
      </div>
      <div role="gridcell" className={grid.cell} data-column="lock">
        <LockCell row={row} />
      </div>
      <div role="gridcell" className={grid.cell} data-end>
        <PlainCell row={row} />
      </div>
    </div>
  );
});
