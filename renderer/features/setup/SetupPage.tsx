import { PageHeader } from '../../components/PageHeader.tsx';
import { useWords } from '../../locales/language.ts';

export function SetupPage() {
  const { t } = useWords();
  return <PageHeader question={t('setup.title')} />;
}
