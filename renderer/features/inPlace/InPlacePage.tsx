import { PageHeader } from '../../components/PageHeader.tsx';
import { useWords } from '../../locales/language.ts';

/** Encrypting what is there: plan, run, result. */
export function InPlacePage() {
  const { t } = useWords();
  return <PageHeader question={t('inPlace.question')} />;
}
