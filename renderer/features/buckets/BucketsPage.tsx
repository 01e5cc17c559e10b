import { PageHeader } from '../../components/PageHeader.tsx';
import { useWords } from '../../locales/language.ts';

/** What do new objects get by default? A grid of all buckets with their rules. */
export function BucketsPage() {
  const { t } = useWords();
  return <PageHeader question={t('buckets.question')} />;
}
