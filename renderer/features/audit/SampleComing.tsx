import { Progress } from '@mantine/core';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { formatNumber } from '../../components/format.ts';
import { PageHeader } from '../../components/PageHeader.tsx';
import { percent } from '../../jobs/progress.ts';
import { useJobs } from '../../jobs/useJob.ts';
import { useWords } from '../../locales/language.ts';
import { useAction } from '../../rpc/hooks.ts';
import styles from './audit.module.css';

/** While the generated audit is made, and when that was stopped: how far it is, or the button that makes it again. */
export function SampleComing({ stackId }: { stackId: string }) {
  const { t, language } = useWords();
  const again = useAction('audit.lookAround');
  const job = useJobs().find((one) => one.stackId === stackId && one.title.code === 'auditSampleJob');
  const n = (value: number): string => formatNumber(value, language);
  const runs = job?.state === 'running';
  return (
    <>
      <PageHeader question={t('audit.question')} answer={{ mark: 'info', text: t('audit.sample.making') }} />
      <div className={styles.live}>
        {runs ? (
          <>
            <Progress value={percent(job) ?? 0} aria-label={t('audit.sample.making')} />
            <p className={styles.measures}>{t('audit.sample.count', { done: n(job.done), total: n(job.total ?? job.done) })}</p>
          </>
        ) : (
          <EngineButton loading={again.pending} onClick={() => void again.run({})}>
            {t('audit.sample.again')}
          </EngineButton>
        )}
        {job?.state === 'failed' && job.error ? <ErrorNotice error={job.error} /> : null}
        {again.error ? <ErrorNotice error={again.error} /> : null}
      </div>
    </>
  );
}
