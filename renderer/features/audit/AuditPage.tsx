import { useCurrentStack } from '../../components/currentStack.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { useWords } from '../../locales/language.ts';
import { useCall } from '../../rpc/hooks.ts';
import { useAuditPlace } from './place.ts';
import { RunPage } from './RunPage.tsx';

/** What is not encrypted? Runs of a stack; one of them as map, objects, keys and findings. */
export function AuditPage() {
  const { stack } = useCurrentStack();
  return stack ? <Audits key={stack.id} stackId={stack.id} /> : null;
}

function Audits({ stackId }: { stackId: string }) {
  const { t } = useWords();
  const place = useAuditPlace();
  const list = useCall('audit.list', { stackId });
  if (list.error) return <ErrorNotice error={list.error} />;
  if (!list.data) return null;
  const { audits } = list.data;
  const shown = place.id === undefined ? audits[0] : audits.find(({ id }) => id === place.id);
  if (place.page === 'run' && shown) return <RunPage key={shown.id} audit={shown} />;
  return <PageHeader question={t('audit.question')} />;
}
