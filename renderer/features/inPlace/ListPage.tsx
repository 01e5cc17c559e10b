import { useState } from 'react';
import { type InPlace, isOfNothing } from '../../../shared/inPlace.ts';
import type { JobSnapshot } from '../../../shared/jobs.ts';
import { DangerDialog } from '../../components/DangerDialog.tsx';
import { DrawerContent } from '../../components/drawer.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { formatBytes, formatNumber, formatWhen } from '../../components/format.ts';
import { PageHeader } from '../../components/PageHeader.tsx';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useWords } from '../../locales/language.ts';
import { useAction } from '../../rpc/hooks.ts';
import styles from './inPlace.module.css';
import { addressOf } from './place.ts';
import { answerOf, leftIn, scopeWords, targetWords } from './words.ts';

/** Plans and runs that are kept, newest first. */
export function ListPage({ runs: kept, failed }: { runs: readonly InPlace[]; failed: JobSnapshot['error'] }) {
  const words = useWords();
  const { t, language } = words;
  const runs = kept.filter((run) => !isOfNothing(run));
  const remove = useAction('inPlace.remove');
  const error = remove.error ?? failed;
  const [asked, setAsked] = useState<InPlace | undefined>();
  const n = (value: number): string => formatNumber(value, language);

  async function forget(run: InPlace): Promise<void> {
    await remove.run({ stackId: run.stackId, id: run.id });
    setAsked(undefined);
  }

  return (
    <>
      <PageHeader
        question={t('inPlace.list.question')}
        answer={{
          mark: 'info',
          text: runs.length === 0 ? t('inPlace.list.none') : t('inPlace.list.answer', { count: runs.length, number: n(runs.length) }),
        }}
      />
      {error ? (
        <div className={styles.notice}>
          <ErrorNotice error={error} />
        </div>
      ) : null}
      {runs.length === 0 ? (
        <p className={styles.way2}>
          <a href="#/audit">{t('inPlace.list.toAudit')}</a> <a href="#/objects">{t('inPlace.list.toObjects')}</a>
        </p>
      ) : (
        <table className={styles.table} aria-label={t('inPlace.runs')} data-kind="runs">
          <thead>
            <tr>
              {(['when', 'state', 'scope', 'target', 'encrypted', 'left'] as const).map((column) => (
                <th key={column} data-column={column}>
                  {t(`inPlace.list.${column}`)}
                </th>
              ))}
              <th data-column="actions">
                <span className="sd-hidden">{t('inPlace.list.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => {
              const when = formatWhen(run.at, language);
              const busy = ['planning', 'running', 'paused'].includes(run.state);
              return (
                <tr key={run.id}>
                  <td data-column="when">
                    <a href={addressOf(run.id)} aria-label={t('inPlace.list.open', { when })}>
                      {when}
                    </a>
                  </td>
                  <td data-column="state">
                    <span className="sd-state">
                      <StateIcon mark={answerOf(run, words).mark} silent />
                      {t(`inPlace.state.${run.state === 'ended' && (run.counts.unproven ?? 0) > 0 ? 'alarm' : run.state}`)}
                    </span>
                  </td>
                  <td data-column="scope" title={scopeWords(run.scope, words)}>
                    {scopeWords(run.scope, words)}
                  </td>
                  <td data-column="target">{targetWords(run.target, words)}</td>
                  <td data-column="encrypted">
                    {n(run.counts.done ?? 0)} / {n(run.total)}
                  </td>
                  <td data-column="left">{n(leftIn(run))}</td>
                  <td data-column="actions">
                    {busy ? null : (
                      <EngineButton
                        size="compact-sm"
                        variant="subtle"
                        loading={remove.pending && asked === undefined}
                        // A plan is made again in no time; what a run came to is not.
                        onClick={() => (run.startedAt === undefined ? void forget(run) : setAsked(run))}
                        aria-label={t('inPlace.list.removeOne', { when })}
                      >
                        {t('inPlace.list.remove')}
                      </EngineButton>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      {asked ? (
        <DangerDialog
          opened
          title={t('inPlace.list.removeTitle', { when: formatWhen(asked.at, language) })}
          warning={t('inPlace.list.removeWarning')}
          explanation={t('inPlace.list.removeText')}
          facts={[
            { label: t('inPlace.list.scope'), value: scopeWords(asked.scope, words) },
            { label: t('inPlace.list.encrypted'), value: `${n(asked.counts.done ?? 0)} · ${formatBytes(asked.doneBytes, language)}` },
            { label: t('inPlace.list.left'), value: n(leftIn(asked) + asked.total - asked.done) },
          ]}
          keep={t('inPlace.list.keep')}
          doIt={t('inPlace.list.doRemove')}
          pending={remove.pending}
          onClose={() => setAsked(undefined)}
          onConfirm={() => void forget(asked)}
        />
      ) : null}
      <DrawerContent commands={[]} evidence={[]} />
    </>
  );
}
