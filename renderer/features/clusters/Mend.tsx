import { Link } from 'wouter';
import { useWords } from '../../locales/language.ts';

/** Where the first thing to try is another page. */
export function Mend({ code }: { code: string }) {
  const { t } = useWords();
  return code === 'clusterNeedsRoot' ? <Link href="/vault/nodes/root">{t('clusters.form.toRoot')}</Link> : null;
}
