import { useCurrentStack } from '../../components/currentStack.ts';
import { PageHeader } from '../../components/PageHeader.tsx';
import { useWords } from '../../locales/language.ts';

/** What is not encrypted? Runs of a stack; one of them as map, objects, keys and findings. */
export function AuditPage() {
  const { t } = useWords();
  const { stack } = useCurrentStack();
  return stack ? <PageHeader key={stack.id} question={t('audit.question')} /> : null;
}
