import { Button } from '@mantine/core';
import { Link } from 'wouter';
import { EmptyState } from '../../components/EmptyState.tsx';
import { useWords } from '../../locales/language.ts';

/** A stack whose KES keeps its keys elsewhere: nothing to unseal, and where to look instead. */
export function NoVault({ store }: { store: string }) {
  const { t } = useWords();
  return (
    <EmptyState
      heading="h1"
      question={t('keyStores.none.question')}
      sentence={t('keyStores.none.text', { store })}
      action={
        <Button component={Link} href="/">
          {t('keyStores.none.overview')}
        </Button>
      }
    />
  );
}
