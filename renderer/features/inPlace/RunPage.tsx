import { useEffect } from 'react';
import { type InPlace, isOfNothing } from '../../../shared/inPlace.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatNumber, formatWhen } from '../../components/format.ts';
import { PageHeader } from '../../components/PageHeader.tsx';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useDataOption } from '../../components/useDataOption.ts';
import { useSentence, useWords } from '../../locales/language.ts';
import { useCall, useClient } from '../../rpc/hooks.ts';
import styles from './inPlace.module.css';
import { LiveLine } from './LiveLine.tsx';
import { OutcomeTable } from './OutcomeTable.tsx';
import { ownCommand } from './ownCommand.ts';
import { PlanFacts } from './PlanFacts.tsx';
import { listAddress } from './place.ts';
import { RunActions } from './RunActions.tsx';
import { useBareBuckets } from './useBareBuckets.ts';
import { answerOf, scopeWords, targetWords } from './words.ts';

/** One run: the plan with its facts first, then how far it is and what came of each object. */
export function RunPage({ run: { id, stackId, ...listed }, stackName }: { run: InPlace; stackName: string }) {
  const words = useWords();
  const { t, language } = words;
  const detail = useCall('inPlace.get', { stackId, id });
  const data = useDataOption();
  const run: InPlace = { ...listed, id, stackId, ...(detail.data?.plan ? { plan: detail.data.plan } : {}) };
  const begun = run.startedAt !== undefined;
  const bare = useBareBuckets(run);
  useForgotten(run);
  const commands = begun
    ? [{ line: `npx --no-install sealdeck encrypt list --stack ${stackId}${data}` }]
    : run.plan && run.total > 0
      ? [...ownCommand(run, data), ...run.plan.commands]
      : (run.plan?.commands ?? []);
  return (
    <div className={begun ? 'sd-fill' : undefined}>
      <PageHeader
        above={
          <span className={styles.place}>
            <a href={listAddress}>{t('inPlace.runs')}</a>
            <span aria-hidden>/</span>
            <span className={styles.what}>
              {[
                formatWhen(run.at, language),
                scopeWords(run.scope, words),
                targetWords(run.target, words),
                ...(run.mode === 'history' ? [t('inPlace.mode.history')] : []),
              ].join(language === 'en' ? ', ' : '，')}
            </span>
          </span>
        }
        question={t('inPlace.question')}
        answer={answerOf(run, words)}
        actions={<RunActions run={run} stackName={stackName} bare={bare} />}
      />
      {run.state === 'planning' ? <Planning stackId={stackId} /> : null}
      {begun ? <LiveLine run={run} /> : null}
      {detail.error ? <ErrorNotice error={detail.error} /> : null}
      <Notice run={run} />
      <NoRule buckets={bare} />
      {begun ? <OutcomeTable run={run} /> : run.plan ? <PlanFacts plan={run.plan} mode={run.mode} /> : null}
      <DrawerContent commands={commands} evidence={[]} />
    </div>
  );
}

/** One of no object is gone once its page is left: there is nothing in it to come back for. */
function useForgotten({ stackId, id, ...run }: InPlace): void {
  const client = useClient();
  const nothing = isOfNothing(run);
  useEffect(() => {
    if (!nothing) return;
    return () => {
      // Somebody else may have removed it.
      client.call('inPlace.remove', { stackId, id }).catch(() => undefined);
    };
  }, [client, nothing, stackId, id]);
}

function Planning({ stackId }: { stackId: string }) {
  const { t, language } = useWords();
  const { sentence } = useSentence();
  const jobs = useCall('jobs.list', {}).data?.jobs ?? [];
  const job = jobs.find(({ title, state, stackId: of }) => of === stackId && state === 'running' && title.code === 'inPlacePlanJob');
  return (
    <p className={styles.planning} role="status">
      <StateIcon mark="info" silent />
      {job?.note ? `${sentence(job.note)} · ${new Intl.NumberFormat(language).format(job.done)}` : t('inPlace.answer.planning')}
    </p>
  );
}

/** Why it does not go on, and what to do. */
function Notice({ run: { state, waitsFor, error } }: { run: InPlace }) {
  const { t } = useWords();
  const { explain } = useSentence();
  if (state === 'running' && waitsFor) {
    const { title, explanation, next } = explain(waitsFor);
    return (
      <div className={styles.notice}>
        <div className="sd-note" data-mark="warn" role="status">
          <StateIcon mark="warn" size={16} />
          <span>
            <strong>{title}</strong> {explanation} {next} {t('inPlace.live.waits')}
          </span>
        </div>
      </div>
    );
  }
  return error && (state === 'failed' || state === 'paused') ? (
    <div className={styles.notice}>
      <ErrorNotice error={error} />
    </div>
  ) : null;
}

/** What comes next is not encrypted by what was done. */
function NoRule({ buckets }: { buckets: readonly string[] }) {
  const { t, language } = useWords();
  const [bucket = ''] = buckets;
  if (buckets.length === 0) return null;
  return (
    <div className={styles.notice}>
      <div className="sd-note" data-mark="warn" role="status">
        <StateIcon mark="warn" size={16} />
        <span>
          {t(buckets.length === 1 ? 'inPlace.noRule.ended' : 'inPlace.noRule.endedMany', {
            number: formatNumber(buckets.length, language),
            bucket,
          })}
        </span>
      </div>
    </div>
  );
}
