import { PageHeader } from '../../components/PageHeader.tsx';
import { useWords } from '../../locales/language.ts';

export function ObjectsPage() {
  const { t } = useWords();
  return <PageHeader question={t('objects.title')} />;
}
