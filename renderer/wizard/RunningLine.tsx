import { Loader, Progress } from '@mantine/core';
import type { JobSnapshot } from '../../shared/jobs.ts';
import { EngineButton } from '../components/engine/EngineButton.tsx';
import { formatBytes } from '../components/format.ts';
import { percent } from '../jobs/progress.ts';
import { useLanguage, useSentence, useWords } from '../locales/language.ts';
import { useAction } from '../rpc/hooks.ts';
import styles from './wizard.module.css';

/** What the job does now, how far it is, and how to stop it. */
export function RunningLine({ job, bytes = false }: { job: JobSnapshot | undefined; bytes?: boolean }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const language = useLanguage();
  const cancel = useAction('jobs.cancel');
  const part = job === undefined ? undefined : percent(job);
  const size =
    bytes && job?.total !== undefined
      ? t('setup.bytes', { done: formatBytes(job.done, language), total: formatBytes(job.total, language) })
      : '';
  return (
    <>
      {part === undefined ? null : <Progress className={styles.bar ?? ''} value={part} aria-label={t('setup.progress')} />}
      <span className={styles.running} aria-live="polite">
        <Loader size={14} aria-hidden />
        <span>
          {job === undefined ? t('setup.starts') : sentence(job.note ?? job.title)} {size}
        </span>
      </span>
      <EngineButton disabled={job === undefined || cancel.pending} onClick={() => job && void cancel.run({ id: job.id })}>
        {t('setup.cancel')}
      </EngineButton>
    </>
  );
}
