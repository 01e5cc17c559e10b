import { Button } from '@mantine/core';
import type { AuditRow } from '../../../shared/audit.ts';
import { formatBytes, formatNumber } from '../../components/format.ts';
import type { RowPages } from '../../components/grid/rowPages.ts';
import type { Selection } from '../../components/grid/VirtualGrid.tsx';
import { useLanguage, useWords } from '../../locales/language.ts';
import styles from './rows.module.css';
import type { Names } from './useNames.ts';

interface RowsFootProps {
  selection: Selection | undefined;
  pages: RowPages<AuditRow>;
  names: Names;
  /** What else is to be said of the table while nothing is selected. */
  note: string | undefined;
  /** Where what the filter finds is encrypted in place. */
  encrypt: string | undefined;
  onOpen(): void;
}

/** What is selected, and the keys that do something with it. */
export function RowsFoot({ selection, pages, names, note, encrypt, onOpen }: RowsFootProps) {
  const { t } = useWords();
  const language = useLanguage();
  const count = selection ? Math.abs(selection.cursor - selection.anchor) + 1 : 0;
  const number = (value: number): string => formatNumber(value, language);

  function says(): string {
    const { copied } = names;
    if (copied === 'failed') return t('audit.rows.copyFailed');
    if (copied && !copied.all) return t('audit.rows.copiedFirst', { number: number(copied.count) });
    if (copied) return t('audit.rows.copied', { count: copied.count, number: number(copied.count) });
    if (!selection) return note ?? '';
    const objects = t('audit.rows.selected', { count, number: number(count) });
    const bytes = bytesOf(selection);
    return bytes === undefined ? objects : t('audit.rows.selectedSize', { objects, size: formatBytes(bytes, language) });
  }

  /** Only of rows that are all at hand: a part of a sum would look like the whole. */
  function bytesOf({ anchor, cursor }: Selection): number | undefined {
    let bytes = 0;
    for (let rank = Math.min(anchor, cursor); rank <= Math.max(anchor, cursor); rank++) {
      const row = pages.row(rank);
      if (!row) return undefined;
      bytes += row.size;
    }
    return bytes;
  }

  return (
    <div className={`sd-foot ${styles.foot}`}>
      <span className={styles.says} role="status">
        {says()}
      </span>
      {encrypt && !selection ? (
        <Button variant="subtle" size="xs" component="a" href={encrypt}>
          {t('audit.rows.encrypt')}
        </Button>
      ) : null}
      <span className={styles.hint}>
        {t('audit.rows.move')} <kbd>↑ ↓</kbd>
      </span>
      <Button
        variant="subtle"
        size="xs"
        disabled={!selection}
        rightSection={<kbd>C</kbd>}
        onClick={() => selection && void names.copy(selection)}
      >
        {t('audit.rows.copyNames', { count: Math.max(1, count) })}
      </Button>
      <Button variant="subtle" size="xs" disabled={!selection} rightSection={<kbd>Space</kbd>} onClick={onOpen}>
        {t('audit.rows.card')}
      </Button>
    </div>
  );
}
