import { useCurrentStack } from '../../components/currentStack.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { useJobs } from '../../jobs/useJob.ts';
import { useWords } from '../../locales/language.ts';
import { useCall } from '../../rpc/hooks.ts';
import styles from './inPlace.module.css';
import { ListPage } from './ListPage.tsx';
import { NewPage } from './NewPage.tsx';
import { scopeIn, targetIn, useInPlacePlace } from './place.ts';
import { RunPage } from './RunPage.tsx';

/** Encrypting what is there: plan, run, result. */
export function InPlacePage() {
  const { stack } = useCurrentStack();
  return stack ? <InPlaces key={stack.id} stackId={stack.id} name={stack.name} /> : null;
}

function InPlaces({ stackId, name }: { stackId: string; name: string }) {
  const { t } = useWords();
  const { page, id, query } = useInPlacePlace();
  const list = useCall('inPlace.list', { stackId });
  // A plan that fails leaves no run behind, only its job knows why.
  const planned = useJobs().find(({ stackId: of, title }) => of === stackId && title.code === 'inPlacePlanJob');
  if (list.error) {
    return (
      <>
        <PageHeader question={t('inPlace.question')} />
        <div className={styles.notice}>
          <ErrorNotice error={list.error} />
        </div>
      </>
    );
  }
  if (page === 'new') return <NewPage key={query.toString()} stackId={stackId} scope={scopeIn(query)} proposed={targetIn(query)} />;
  if (!list.data) return null;
  const run = list.data.runs.find((one) => one.id === id);
  if (run) return <RunPage key={run.id} run={run} stackName={name} />;
  // One that was begun a moment ago comes by its first event; another address is of a run that is gone.
  return page === 'run' && list.isFetching ? null : <ListPage runs={list.data.runs} failed={page === 'run' ? planned?.error : undefined} />;
}
