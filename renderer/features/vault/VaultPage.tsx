import { PageHeader } from '../../components/PageHeader.tsx';
import { useWords } from '../../locales/language.ts';

export function VaultPage() {
  const { t } = useWords();
  return <PageHeader question={t('vault.title')} />;
}
