import { Button, Modal, Progress } from '@mantine/core';
import { useState } from 'react';
import { z } from 'zod';
import type { Audit } from '../../../shared/audit.ts';
import { CommandBlock } from '../../components/CommandBlock.tsx';
import { CopyAction, CopyValue } from '../../components/CopyValue.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { Fact } from '../../components/Fact.tsx';
import { StateIcon } from '../../components/StateIcon.tsx';
import { quoted } from '../../components/serverLines.ts';
import { useDataOption } from '../../components/useDataOption.ts';
import { percent } from '../../jobs/progress.ts';
import { useJob } from '../../jobs/useJob.ts';
import { useLanguage, useSentence, useWords } from '../../locales/language.ts';
import { useAction } from '../../rpc/hooks.ts';
import styles from './export.module.css';

const written = z.object({ folder: z.string(), fingerprint: z.string(), files: z.array(z.string()) });

/** Writes the report folder of a run, as a job that goes on when this is closed; then where it lies and how it is checked. */
export function ReportDialog({ audit, onClose }: { audit: Audit; onClose(): void }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const language = useLanguage();
  const data = useDataOption();
  const [jobId, setJobId] = useState<string | undefined>(undefined);
  const start = useAction('audit.report');
  const cancel = useAction('jobs.cancel');
  const job = useJob(jobId);
  const result = job?.state === 'succeeded' ? written.safeParse(job.result) : undefined;
  const running = jobId !== undefined && (job === undefined || job.state === 'running');
  const ended = job !== undefined && job.state !== 'running';
  const done = job ? percent(job) : undefined;
  const title = t(result?.success ? 'audit.report.done' : running ? 'audit.report.writing' : 'audit.report.title');

  async function write(): Promise<void> {
    const started = await start.run({ stackId: audit.stackId, id: audit.id, language });
    if (started) setJobId(started.jobId);
  }

  return (
    <Modal.Root opened onClose={onClose} returnFocus size={560}>
      <Modal.Overlay />
      <Modal.Content aria-label={title}>
        <Modal.Body>
          <div className={styles.dialog}>
            <h2>
              {result?.success ? <StateIcon mark="ok" size={16} silent /> : null}
              {title}
            </h2>
            {result?.success ? (
              <>
                <dl className={styles.facts}>
                  <Fact label={t('audit.report.folder')}>
                    <CopyValue value={result.data.folder} longest={48} />
                  </Fact>
                  <Fact label={t('audit.report.fingerprint')}>
                    <span className={styles.print}>
                      <span className="sd-mono">{result.data.fingerprint.match(/.{1,8}/g)?.join(' ')}</span>
                      <CopyAction value={result.data.fingerprint} />
                    </span>
                    <span className={styles.why}>{t('audit.report.fingerprintWhy')}</span>
                  </Fact>
                </dl>
                <p>{t('audit.report.verify')}</p>
                <CommandBlock
                  commands={[
                    {
                      line: `npx --no-install sealdeck audit verify ${quoted(result.data.folder)}${data}`,
                    },
                  ]}
                />
              </>
            ) : running ? (
              <div role="status">
                <Progress value={done ?? 0} aria-label={title} />
                <p>
                  {job?.note === undefined
                    ? ''
                    : done === undefined
                      ? sentence(job.note)
                      : t('audit.report.running', { note: sentence(job.note), part: done })}
                </p>
              </div>
            ) : (
              <>
                <p>{t('audit.report.what')}</p>
                <p>{t('audit.report.limit')}</p>
                {audit.protected ? null : (
                  <p className="sd-note" data-mark="warn">
                    <StateIcon mark="warn" silent /> {t('audit.report.notProtected')}
                  </p>
                )}
                {job?.state === 'cancelled' ? <p>{t('audit.report.cancelled')}</p> : null}
                {start.error ? <ErrorNotice error={start.error} /> : null}
                {job?.state === 'failed' && job.error ? <ErrorNotice error={job.error} /> : null}
              </>
            )}
            <div className={styles.buttons}>
              {running ? (
                <EngineButton onClick={() => jobId !== undefined && void cancel.run({ id: jobId })} loading={cancel.pending}>
                  {t('audit.report.cancel')}
                </EngineButton>
              ) : result?.success ? null : (
                <EngineButton variant="filled" data-autofocus loading={start.pending} onClick={() => void write()}>
                  {t(ended ? 'audit.rows.again' : 'audit.report.write')}
                </EngineButton>
              )}
              <Button onClick={onClose}>{t('audit.report.close')}</Button>
            </div>
          </div>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
