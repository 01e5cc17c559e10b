import { Button, Loader } from '@mantine/core';
import { formatBytes, formatNumber } from '../../../components/format.ts';
import { useWords } from '../../../locales/language.ts';
import styles from './tray.module.css';
import type { Reading } from './trayStore.ts';

/** Folders are read entry by entry; a large one takes its time, and can be left. */
export function ReadingLine({ reading: { soFar, waiting, cancel } }: { reading: Reading }) {
  const { t, language } = useWords();
  return (
    <p className={styles.reading} role="status">
      <Loader size={14} />
      <span>
        {t('objects.tray.readingSoFar', {
          count: soFar.files,
          number: formatNumber(soFar.files, language),
          size: formatBytes(soFar.bytes, language),
        })}
        {waiting === 0 ? null : ` ${t('objects.tray.readingNext', { count: waiting, number: formatNumber(waiting, language) })}`}
      </span>
      <Button size="xs" onClick={cancel}>
        {t('objects.tray.readingStop')}
      </Button>
    </p>
  );
}
