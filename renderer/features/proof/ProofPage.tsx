import { PageHeader } from '../../components/PageHeader.tsx';
import { useWords } from '../../locales/language.ts';

export function ProofPage() {
  const { t } = useWords();
  return <PageHeader question={t('proof.question')} />;
}
