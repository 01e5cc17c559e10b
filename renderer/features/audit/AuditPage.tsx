import { useCurrentStack } from '../../components/currentStack.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { useWords } from '../../locales/language.ts';
import { useCall } from '../../rpc/hooks.ts';
import styles from './audit.module.css';
import { useAuditPlace } from './place.ts';
import { RunPage } from './RunPage.tsx';
import { RunsPage } from './RunsPage.tsx';
import { SampleComing } from './SampleComing.tsx';
import { StartPage } from './StartPage.tsx';

/** What is not encrypted? Runs of a stack; one of them as map, objects, keys and findings. */
export function AuditPage() {
  const { stack } = useCurrentStack();
  return stack ? <Audits key={stack.id} stackId={stack.id} sample={stack.origin === 'sample'} /> : null;
}

function Audits({ stackId, sample }: { stackId: string; sample: boolean }) {
  const { t } = useWords();
  const place = useAuditPlace();
  const list = useCall('audit.list', { stackId });
  if (list.error) {
    return (
      <>
        <PageHeader question={t('audit.question')} />
        <div className={styles.notice}>
          <ErrorNotice error={list.error} />
        </div>
      </>
    );
  }
  if (!list.data) return null;
  const { audits, damaged } = list.data;
  const none = audits.length === 0 && damaged.length === 0;
  const shown = place.id === undefined ? audits[0] : audits.find(({ id }) => id === place.id);
  if (sample && none) return <SampleComing stackId={stackId} />;
  if (!sample && place.page === 'new') return <StartPage stackId={stackId} asked={place.query} first={none} />;
  if (!sample && none && place.id === undefined) return <StartPage stackId={stackId} asked={place.query} first />;
  if (place.page === 'run' && shown) return <RunPage key={shown.id} audit={shown} />;
  // One that was begun a moment ago comes by its first event; another address is of a run that is gone.
  if (place.page === 'run' && list.isFetching) return null;
  return <RunsPage stackId={stackId} list={list.data} sample={sample} />;
}
