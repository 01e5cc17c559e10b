import { IconFiles } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { formatNumber, shorten } from '../../components/format.ts';
import { useLanguage, useWords } from '../../locales/language.ts';
import type { LevelPages } from './levelPages.ts';
import styles from './objects.module.css';

/** Instead of rows: why there are none. `children`: what to do in an empty place. */
export function LevelEmpty({ pages, contains, children }: { pages: LevelPages; contains: string; children: ReactNode }) {
  const { t } = useWords();
  const language = useLanguage();
  const error = pages.error();
  if (error) return <ErrorNotice error={error} action={<EngineButton onClick={pages.retry}>{t('objects.level.again')}</EngineButton>} />;
  const { at, scanned, more } = pages.totals();
  if (at === undefined) return <p className={styles.loading}>{t('objects.loading')}</p>;
  const picture = <IconFiles size={36} stroke={1} aria-hidden />;
  if (contains === '')
    return <EmptyState picture={picture} question={t('objects.empty.question')} sentence={t('objects.empty.sentence')} action={children} />;
  const looked = { scanned: formatNumber(scanned, language) };
  return (
    <EmptyState
      picture={picture}
      question={more ? t('objects.level.search.rests', looked) : t('objects.level.search.none', { text: shorten(contains, 40) })}
      sentence={t('objects.level.search.noneText', looked)}
    />
  );
}
