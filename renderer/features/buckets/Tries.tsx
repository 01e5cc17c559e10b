import { useState } from 'react';
import { type DenyMode, policyTries } from '../../../shared/buckets.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { ChangeButton } from '../../components/readOnly/ChangeButton.tsx';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useJob } from '../../jobs/useJob.ts';
import { useSentence, useWords } from '../../locales/language.ts';
import { useAction } from '../../rpc/hooks.ts';
import styles from './buckets.module.css';
import require from './require.module.css';

interface TriesProps {
  stackId: string;
  bucket: string;
  /** Only below it; empty: in the whole bucket. */
  prefix?: string;
  mode: DenyMode;
}

/** What the server does with uploads when the statement stands, each beside what is wanted. */
export function Tries({ stackId, bucket, prefix = '', mode }: TriesProps) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const start = useAction('buckets.policyTry');
  const [jobId, setJobId] = useState<string>();
  const job = useJob(jobId);
  const tries = job?.state === 'succeeded' ? policyTries.parse(job.result).tries : [];

  async function run(): Promise<void> {
    const started = await start.run({ stackId, bucket, prefix, mode });
    setJobId(started?.jobId);
  }

  return (
    <section>
      <h2 className={styles.head}>{t('buckets.deny.tries')}</h2>
      <p className={styles.quiet}>{t('buckets.deny.triesWords')}</p>
      {start.error ? <ErrorNotice error={start.error} /> : null}
      {job?.state === 'failed' && job.error ? <ErrorNotice error={job.error} /> : null}
      <div className={require.run}>
        <ChangeButton loading={start.pending || job?.state === 'running'} onClick={() => void run()}>
          {t('buckets.deny.try')}
        </ChangeButton>
      </div>
      {tries.length > 0 ? (
        <table className={require.tries} aria-label={t('buckets.deny.tries')}>
          <thead>
            <tr>
              {(['what', 'wanted', 'got', 'answer'] as const).map((column) => (
                <th key={column} scope="col">
                  {t(`buckets.deny.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {tries.map(({ what, wanted, got, answer }) => (
              <tr key={`${what.code} ${JSON.stringify(what.params ?? {})}`} data-odd={got !== wanted || undefined}>
                <th scope="row">{sentence(what)}</th>
                <td>{t(`buckets.deny.outcome.${wanted}`)}</td>
                <td>
                  <span className="sd-state">
                    <StateIcon mark={got === wanted ? 'ok' : 'warn'} size={15} silent />
                    {t(`buckets.deny.outcome.${got}`)}
                  </span>
                </td>
                <td>
                  <code className="sd-mono">{answer}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </section>
  );
}
