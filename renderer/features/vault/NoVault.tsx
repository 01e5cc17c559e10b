import { Button } from '@mantine/core';
import { Link } from 'wouter';
import { PageHeader } from '../../components/PageHeader.tsx';
import { useWords } from '../../locales/language.ts';
import styles from './vault.module.css';

/** A stack whose KES keeps its keys elsewhere: nothing to unseal, and where to look instead. */
export function NoVault({ store }: { store: string }) {
  const { t } = useWords();
  return (
    <div className={styles.page}>
      <PageHeader question={t('keyStores.none.question')} answer={{ mark: 'absent', text: t('keyStores.none.answer', { store }) }} />
      <p className={styles.quiet}>{t('keyStores.none.text')}</p>
      <p>
        <Button component={Link} href="/">
          {t('frame.page.overview')}
        </Button>
      </p>
    </div>
  );
}
