import { Button } from '@mantine/core';
import { IconDownload, IconShieldLock, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { ObjectRow } from '../../../shared/objects.ts';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { formatBytes, formatNumber } from '../../components/format.ts';
import { ChangeButton } from '../../components/readOnly/ChangeButton.tsx';
import { useLanguage, useWords } from '../../locales/language.ts';
import type { LevelTotals } from './levelPages.ts';
import styles from './objects.module.css';

interface LevelFootProps {
  totals: LevelTotals;
  searching: boolean;
  versions: boolean;
  /** Rows that are selected, and the objects among them. */
  rows: number;
  objects: readonly ObjectRow[];
  /** What the last work on a selection came to. */
  note: string | undefined;
  /** Where the selection is encrypted in place; `all`: with everything that is here. */
  encrypt: { readonly href: string; readonly all: boolean } | undefined;
  onDownload(): void;
  onRemove(): void;
  onGoOn(): void;
  /** What stands at the right while nothing is selected. */
  children: ReactNode;
}

/** What is here, or what is selected and what can be done with it. */
export function LevelFoot({
  totals,
  searching,
  versions,
  rows,
  objects,
  note,
  encrypt,
  onDownload,
  onRemove,
  onGoOn,
  children,
}: LevelFootProps) {
  const { t } = useWords();
  const language = useLanguage();
  const number = (value: number): string => formatNumber(value, language);
  const readable = objects.filter(({ deleteMarker }) => !deleteMarker);

  return (
    <div className={`sd-foot ${styles.foot}`}>
      <span className={styles.total} role="status">
        {note ?? (rows > 0 ? selected() : here())}
      </span>
      {rows > 0 ? (
        <>
          <EngineButton
            size="xs"
            variant="subtle"
            disabled={readable.length === 0}
            leftSection={<IconDownload size={14} stroke={1.5} aria-hidden />}
            onClick={onDownload}
          >
            {t('objects.level.actions.download')}
          </EngineButton>
          {encrypt === undefined ? null : (
            <Button
              size="xs"
              variant="subtle"
              component="a"
              href={encrypt.href}
              leftSection={<IconShieldLock size={14} stroke={1.5} aria-hidden />}
            >
              {t(encrypt.all ? 'objects.level.actions.encryptAll' : 'objects.level.actions.encrypt')}
            </Button>
          )}
          <ChangeButton
            size="xs"
            variant="subtle"
            disabled={objects.length === 0}
            leftSection={<IconTrash size={14} stroke={1.5} aria-hidden />}
            onClick={onRemove}
          >
            {t('objects.level.actions.remove')}
          </ChangeButton>
        </>
      ) : (
        <>
          {totals.rests ? (
            <EngineButton size="xs" onClick={onGoOn}>
              {t('objects.level.search.goOn')}
            </EngineButton>
          ) : null}
          {children}
        </>
      )}
    </div>
  );

  function selected(): string {
    const said = rows === 1 ? t('objects.level.selected.one') : t('objects.level.selected.many', { number: number(rows) });
    const bytes = readable.reduce((sum, { size }) => sum + size, 0);
    return readable.length === 0 ? said : t('objects.level.selected.size', { selected: said, size: formatBytes(bytes, language) });
  }

  function here(): string {
    const { objects: count, folders, scanned, more, at } = totals;
    if (at === undefined) return '';
    if (searching) return t('objects.level.search.found', { found: number(count), scanned: `${number(scanned)}${more ? '+' : ''}` });
    const counted = t(versions ? 'objects.level.countVersions' : 'objects.total.objects', { count, number: number(count) });
    const inFolders = t('objects.total.folders', { count: folders, number: number(folders) });
    const both = folders === 0 ? counted : t('objects.total.both', { objects: counted, folders: inFolders });
    return more ? t('objects.total.more', { shown: both }) : both;
  }
}
