import { PageHeader } from '../../components/PageHeader.tsx';
import { useWords } from '../../locales/language.ts';

export function SettingsPage() {
  const { t } = useWords();
  return <PageHeader question={t('frame.page.settings')} />;
}
