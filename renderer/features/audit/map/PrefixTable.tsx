import { IconChevronDown, IconChevronRight, IconSortAscending, IconSortDescending } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { MapNode } from '../../../../shared/audit.ts';
import { formatBytes, formatNumber } from '../../../components/format.ts';
import { useWords } from '../../../locales/language.ts';
import { StateBar } from './StateBar.tsx';
import styles from './table.module.css';
import { type Sorting, type TreeRow, treeRows } from './treeRows.ts';
import { useBranches } from './useBranches.ts';
import { type By, placeKey, type Shown, sum } from './values.ts';

interface PrefixTableProps {
  run: { stackId: string; id: string };
  node: MapNode;
  by: By;
  hidden: ReadonlySet<Shown>;
  every: number | false;
  selected: string | undefined;
  onSelect(node: MapNode | undefined): void;
  onDive(node: MapNode): void;
  onClimb(): void;
}

const rowHeight = 32;
/** Names that differ at their ends keep so much of it, however narrow the column. */
const tailLetters = 10;
const columns = ['name', 'read', 'state', 'plaintext'] as const;

/** The map's accessible twin: the same places as a tree of rows, with the same selection. */
export function PrefixTable({ run, node, by, hidden, every, selected, onSelect, onDive, onClimb }: PrefixTableProps) {
  const { t, language } = useWords();
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [sort, setSort] = useState<Sorting>({ by: 'plaintext', descending: true });
  const scroller = useRef<HTMLDivElement>(null);
  const none = useMemo(() => new Map<string, MapNode>(), []);
  // Open rows whose children the map's answer does not hold; a branch may itself hold open rows.
  const [asked, setAsked] = useState<readonly MapNode[]>([]);
  const wanted = useMemo(() => asked.filter((one) => open.has(placeKey(one))), [asked, open]);
  const branches = useBranches(run, wanted, by, every);
  const rows = useMemo(
    () => treeRows(node, open, asked.length === 0 ? none : branches, { by, hidden, sort }),
    [node, open, asked, branches, none, by, hidden, sort],
  );
  const at = rows.findIndex(({ key }) => key === selected);
  // What was selected on the map below a folded row unfolds it, so that both show the same selection.
  const folded =
    selected === undefined || at >= 0
      ? undefined
      : node.children?.find((child) => child.children?.some((below) => placeKey(below) === selected));
  const foldedKey = folded && placeKey(folded);
  useEffect(() => {
    if (foldedKey !== undefined) setOpen((old) => (old.has(foldedKey) ? old : new Set([...old, foldedKey])));
  }, [foldedKey]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const there = at >= 0;
  // Only what is newly selected is brought into sight: rows that change places while it fills do not move the table.
  // biome-ignore lint/correctness/useExhaustiveDependencies: where it stands is not the reason to go there
  useEffect(() => {
    // Asking how far it can scroll costs a layout, which a row in sight does not need.
    const inSight = virtual.range && at >= virtual.range.startIndex && at < virtual.range.endIndex;
    if (there && !inSight) virtual.scrollToIndex(at);
  }, [selected, there, virtual]);
  const items = virtual.getVirtualItems();
  const amount = (value: number): string => (by === 'bytes' ? formatBytes(value, language) : formatNumber(Math.round(value), language));

  function toggle(row: TreeRow): void {
    if (row.open === undefined) return;
    const next = new Set(open);
    if (row.open) {
      next.delete(row.key);
      // The selection does not stay inside what is folded.
      if (selected !== row.key && selected?.startsWith(row.key)) onSelect(row.node);
    } else {
      next.add(row.key);
      const known = (branches.get(row.key) ?? row.node).children?.length ?? 0;
      if (known === 0 && !asked.some((one) => placeKey(one) === row.key)) setAsked([...asked, row.node]);
    }
    setOpen(next);
  }

  function onKeyDown(event: KeyboardEvent): void {
    // The heads' buttons have Enter for themselves, and the browser its keys with modifiers.
    if (event.target !== event.currentTarget || event.altKey || event.ctrlKey || event.metaKey) return;
    const row = rows[at];
    const move = (to: number): void => onSelect(rows[Math.max(0, Math.min(rows.length - 1, to))]?.node);
    const keys = new Map<string, () => unknown>([
      ['ArrowDown', () => move(at + 1)],
      ['ArrowUp', () => move(at - 1)],
      ['Home', () => move(0)],
      ['End', () => move(rows.length - 1)],
      ['PageDown', () => move(at + 15)],
      ['PageUp', () => move(at - 15)],
      ['ArrowRight', () => row && (row.open === false ? toggle(row) : row.open ? move(at + 1) : undefined)],
      ['ArrowLeft', () => row && (row.open ? toggle(row) : row.parent && move(rows.findIndex(({ key }) => key === row.parent)))],
      ['Enter', () => row && row.open !== undefined && onDive(row.node)],
      ['Backspace', onClimb],
      ['Escape', () => onSelect(undefined)],
    ]);
    const act = keys.get(event.key);
    if (!act) return;
    event.preventDefault();
    act();
  }

  const nameOf = (row: TreeRow): string => {
    if (row.node.name === '') return t('audit.map.direct');
    if (row.node.name === '…') return t('audit.map.others');
    return row.node.name;
  };
  const sortBy = (column: Sorting['by']): void =>
    setSort((old) => ({ by: column, descending: old.by === column ? !old.descending : column !== 'name' }));

  return (
    <div ref={scroller} className={styles.scroller}>
      <table
        className={styles.table}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: rows that unfold, with arrow keys; ARIA in HTML allows it
        role="treegrid"
        aria-label={t('audit.map.table')}
        aria-rowcount={rows.length + 1}
        tabIndex={0}
        aria-activedescendant={items.some(({ index }) => index === at) ? `place-${at}` : undefined}
        onKeyDown={onKeyDown}
      >
        <thead>
          <tr aria-rowindex={1} className={styles.head}>
            {columns.map((column) => (
              <th
                key={column}
                scope="col"
                data-column={column}
                {...(sort.by === column ? { 'aria-sort': sort.descending ? ('descending' as const) : ('ascending' as const) } : {})}
              >
                {column === 'state' ? (
                  t('audit.map.column.state')
                ) : (
                  <button type="button" className={styles.sort} onClick={() => sortBy(column)}>
                    {t(`audit.map.column.${column}`)}
                    {sort.by !== column ? null : sort.descending ? (
                      <IconSortDescending size={13} stroke={1.5} aria-hidden />
                    ) : (
                      <IconSortAscending size={13} stroke={1.5} aria-hidden />
                    )}
                  </button>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className={styles.rows} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            const name = nameOf(row);
            const read = sum(row.values.slice(0, -1));
            const plain = row.values[0] ?? 0;
            return (
              <tr
                key={row.key}
                id={`place-${item.index}`}
                aria-rowindex={item.index + 2}
                aria-level={row.level}
                aria-posinset={row.position}
                aria-setsize={row.siblings}
                aria-selected={row.key === selected}
                {...(row.open === undefined ? {} : { 'aria-expanded': row.open })}
                className={styles.row}
                data-waiting={read === 0 || undefined}
                style={{ transform: `translateY(${item.start}px)` }}
                onClick={() => onSelect(row.node)}
                onDoubleClick={() => row.open !== undefined && onDive(row.node)}
              >
                <td data-column="name" style={{ paddingLeft: (row.level - 1) * 20 }}>
                  <button
                    type="button"
                    tabIndex={-1}
                    className={styles.chevron}
                    data-leaf={row.open === undefined || undefined}
                    aria-label={t(row.open ? 'audit.map.close' : 'audit.map.open', { name })}
                    disabled={row.open === undefined}
                    onClick={(event) => {
                      event.stopPropagation();
                      // The arrows go on in the table, also when this row is scrolled away.
                      event.currentTarget.closest('table')?.focus({ preventScroll: true });
                      toggle(row);
                    }}
                  >
                    {row.open === undefined ? null : row.open ? (
                      <IconChevronDown size={14} stroke={1.5} />
                    ) : (
                      <IconChevronRight size={14} stroke={1.5} />
                    )}
                  </button>
                  <span
                    title={row.node.bucket === undefined || row.node.prefix === '' ? name : `${row.node.bucket}/${row.node.prefix}`}
                    className={styles.name}
                  >
                    <span>{name.length > tailLetters * 2 ? name.slice(0, -tailLetters) : name}</span>
                    {name.length > tailLetters * 2 ? name.slice(-tailLetters) : ''}
                  </span>
                </td>
                <td data-column="read">{read === 0 && sum(row.values) > 0 ? t('audit.map.waiting') : amount(read)}</td>
                <td data-column="state">
                  <StateBar values={row.values} />
                </td>
                <td data-column="plaintext" data-loud={plain > 0 || undefined}>
                  {read === 0 && sum(row.values) > 0 ? '' : amount(plain)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
