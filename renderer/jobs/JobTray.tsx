import { Loader, Popover, Progress, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import type { JobSnapshot } from '../../shared/jobs.ts';
import { Age, useTimed } from '../components/Age.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { AsOf } from '../components/engine/AsOf.tsx';
import { EngineButton } from '../components/engine/EngineButton.tsx';
import { formatBytes, formatNumber, formatSeconds } from '../components/format.ts';
import { StateIcon } from '../components/StateIcon.tsx';
import { useLanguage, useSentence, useWords } from '../locales/language.ts';
import { useAction, useLostAt } from '../rpc/hooks.ts';
import styles from './jobs.module.css';
import { percent, percentOfAll, rate } from './progress.ts';
import { useJobs } from './useJob.ts';

const shownEnded = 5;

/** Running jobs in the top bar; opened, the list with progress, rate and cancel, and what ended lately. */
export function JobTray() {
  const { t } = useWords();
  const { sentence } = useSentence();
  const jobs = useJobs();
  const [opened, setOpened] = useState(false);
  const running = jobs.filter((job) => job.state === 'running');
  const ended = jobs.filter((job) => job.state !== 'running');
  const last = ended[0];
  const part = percentOfAll(running);
  const failedLast = last?.state === 'failed';
  return (
    <>
      {jobs.length === 0 ? null : (
        <Popover opened={opened} onChange={setOpened} position="bottom-end" width={380} trapFocus returnFocus>
          <Popover.Target>
            <UnstyledButton className={styles.button} onClick={() => setOpened(!opened)} aria-expanded={opened} aria-haspopup="dialog">
              {running.length > 0 ? <Running /> : <StateIcon mark={failedLast ? 'fail' : 'ok'} silent />}
              <span>
                {running.length === 0
                  ? t('frame.jobs.none')
                  : part === undefined
                    ? t('frame.jobs.running', { count: running.length })
                    : t('frame.jobs.runningPart', { count: running.length, part })}
              </span>{' '}
              {running.length > 0 ? <AsOf /> : null}
            </UnstyledButton>
          </Popover.Target>
          <Popover.Dropdown className={styles.tray} aria-label={t('frame.jobs.title')}>
            {[...running, ...ended.slice(0, shownEnded)].map((job) => (
              <JobRow key={job.id} job={job} />
            ))}
          </Popover.Dropdown>
        </Popover>
      )}
      <div aria-live="polite" className="sd-hidden">
        {last === undefined ? '' : `${sentence(last.title)}: ${t(`frame.jobs.state.${last.state}`)}`}
      </div>
    </>
  );
}

/** What turns, while somebody knows that it does. */
function Running() {
  return useLostAt() === undefined ? <Loader size={14} /> : <StateIcon mark="unknown" silent />;
}

function JobRow({ job }: { job: JobSnapshot }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const cancel = useAction('jobs.cancel');
  const part = percent(job);
  return (
    <div className={styles.row}>
      <div className={styles.head}>
        {job.state === 'running' ? (
          <Running />
        ) : (
          <StateIcon mark={job.state === 'succeeded' ? 'ok' : job.state === 'failed' ? 'fail' : 'absent'} silent />
        )}
        <span className={styles.title}>{sentence(job.title)}</span>
        {job.state === 'running' ? (
          <EngineButton size="xs" onClick={() => void cancel.run({ id: job.id })} disabled={cancel.pending}>
            {t('frame.jobs.cancel')}
          </EngineButton>
        ) : (
          <span className={styles.state}>
            {t(`frame.jobs.state.${job.state}`)} <Age at={job.endedAt ?? job.startedAt} />
          </span>
        )}
      </div>
      {job.state === 'running' ? (
        <>
          {part === undefined ? null : <Progress value={part} aria-label={sentence(job.title)} />}
          <JobFigures job={job} />
        </>
      ) : null}
      {job.error ? <ErrorNotice error={job.error} /> : null}
    </div>
  );
}

/** Count of total, rate, time left; then the note of the work in hand. */
function JobFigures({ job }: { job: JobSnapshot }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const language = useLanguage();
  const amount = (value: number): string => (job.unit === 'bytes' ? formatBytes(value, language) : formatNumber(value, language));
  const lostAt = useLostAt();
  const figures = useTimed((now) => {
    const speed = rate(job, lostAt ?? now);
    const parts: string[] = [
      job.total === undefined
        ? t(`frame.jobs.done.${job.unit}`, { done: amount(job.done) })
        : t(`frame.jobs.doneOf.${job.unit}`, { done: amount(job.done), total: amount(job.total) }),
    ];
    if (speed && job.unit !== 'steps') parts.push(t(`frame.jobs.rate.${job.unit}`, { rate: amount(speed.perSecond) }));
    if (speed?.secondsLeft !== undefined && job.unit !== 'steps') {
      parts.push(t('frame.jobs.left', { time: formatSeconds(speed.secondsLeft, language) }));
    }
    return parts.join(' · ');
  });
  return (
    <p className={styles.figures}>
      {figures} <AsOf />
      {job.note ? <span className={styles.note}>{sentence(job.note)}</span> : null}
    </p>
  );
}
