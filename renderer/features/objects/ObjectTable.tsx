import { IconFile, IconFolderFilled } from '@tabler/icons-react';
import { type KeyboardEvent, memo } from 'react';
import { Link } from 'wouter';
import type { ObjectRow } from '../../../shared/objects.ts';
import { Age } from '../../components/Age.tsx';
import { formatBytes } from '../../components/format.ts';
import { ObjectStateBadge } from '../../components/ObjectStateBadge.tsx';
import { useLanguage, useWords } from '../../locales/language.ts';
import { MiddleName } from './MiddleName.tsx';
import styles from './objects.module.css';
import { nameBelow } from './place.ts';
import { useRevealed } from './useRevealed.ts';

interface ObjectTableProps {
  prefixes: readonly string[];
  objects: readonly ObjectRow[];
  prefix: string;
  selected: string | undefined;
  hrefOf(prefix: string): string;
  onSelect(key: string): void;
}

/**
 * Folders, then objects. The style sheet makes rows into boxes, because only boxes outside the window are skipped by the
 * browser (content-visibility). Up and down move between names.
 */
export function ObjectTable({ prefixes, objects, prefix, selected, hrefOf, onSelect }: ObjectTableProps) {
  const { t } = useWords();
  const revealed = useRevealed(objects.length);
  return (
    <table className={styles.table} aria-label={t('objects.table')} onKeyDown={moveByArrow}>
      <thead>
        <tr className={styles.head}>
          {(['name', 'state', 'size', 'written'] as const).map((column) => (
            <th key={column} data-column={column}>
              {t(`objects.column.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {prefixes.map((folder) => (
          <tr key={folder} className={styles.row}>
            <td data-column="name">
              <Link href={hrefOf(folder)} className={styles.open} aria-label={nameBelow(folder, prefix)}>
                <IconFolderFilled size={16} color="var(--sd-t2)" aria-hidden />
                <MiddleName name={nameBelow(folder, prefix)} />
              </Link>
            </td>
            <td />
            <td />
            <td />
          </tr>
        ))}
        {objects.slice(0, revealed).map((row) => (
          <Row key={row.key} row={row} prefix={prefix} selected={row.key === selected} onSelect={onSelect} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  row: ObjectRow;
  prefix: string;
  selected: boolean;
  onSelect(key: string): void;
}

/** Drawn again only when its own object or selection changes; its age counts on by itself. */
const Row = memo(
  function Row({ row, prefix, selected, onSelect }: RowProps) {
    const { t } = useWords();
    const language = useLanguage();
    const name = nameBelow(row.key, prefix);
    return (
      <tr className={styles.row} data-selected={selected || undefined} onClick={() => onSelect(row.key)}>
        <td data-column="name">
          <button type="button" className={styles.open} aria-label={name} aria-current={selected ? 'true' : undefined}>
            <IconFile size={16} stroke={1.5} color="var(--sd-t2)" aria-hidden />
            <MiddleName name={name} />
          </button>
        </td>
        <td data-column="state">
          <ObjectStateBadge state={row.encryption.state} />
        </td>
        <td data-column="size">
          {row.encryption.state === 'sse-c' && row.size === 0 ? t('objects.sizeUnknown') : formatBytes(row.size, language)}
        </td>
        <td data-column="written">{row.modifiedAt === undefined ? '' : <Age at={row.modifiedAt} />}</td>
      </tr>
    );
  },
  (before, after) =>
    before.row.key === after.row.key &&
    before.row.size === after.row.size &&
    before.row.modifiedAt === after.row.modifiedAt &&
    before.row.encryption.state === after.row.encryption.state &&
    before.prefix === after.prefix &&
    before.selected === after.selected,
);

function moveByArrow(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const names = [...event.currentTarget.querySelectorAll<HTMLElement>(`.${styles.open}`)];
  const at = names.indexOf(document.activeElement as HTMLElement);
  const next = names[at + (event.key === 'ArrowDown' ? 1 : -1)];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
}
