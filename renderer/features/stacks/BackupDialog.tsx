import { Button, Checkbox, Progress, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { CopyValue } from '../../components/CopyValue.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { FormDialog, FormFoot } from '../../components/FormDialog.tsx';
import { formatBytes } from '../../components/format.ts';
import { NewPassphrase, type NewPassphraseHandle } from '../../components/NewPassphrase.tsx';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useJob } from '../../jobs/useJob.ts';
import { useLanguage, useSentence, useWords } from '../../locales/language.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import styles from './stacks.module.css';

interface Made {
  file: string;
  bytes: number;
  sha256: string;
}

/** What goes into the backup, how large it is and what stands still, before it is made; then its file and SHA-256. */
export function BackupDialog({ stack, onClose }: { stack: Stack; onClose(): void }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const language = useLanguage();
  const [objects, setObjects] = useState(false);
  const plan = useCall('stacks.backupPlan', { id: stack.id, objects }, { keepPrevious: true });
  const [folder, setFolder] = useState<string | undefined>(undefined);
  const backup = useAction('stacks.backup');
  const cancel = useAction('jobs.cancel');
  const [jobId, setJobId] = useState<string | undefined>(undefined);
  const job = useJob(jobId);
  const typed = useRef<NewPassphraseHandle>(null);
  const target = folder ?? plan.data?.folder ?? '';
  const runs = backup.pending || (jobId !== undefined && (job === undefined || job.state === 'running'));
  const made = job?.state === 'succeeded' ? (job.result as Made) : undefined;
  const here = stack.minioClusters.some(({ nodes }) => nodes.some(({ way }) => way === 'here'));

  async function submit(): Promise<void> {
    const passphrase = typed.current?.take();
    if (passphrase === undefined || runs) return;
    const started = await backup.run({ id: stack.id, objects, folder: target, passphrase });
    if (started) setJobId(started.jobId);
  }

  if (made)
    return (
      <FormDialog title={t('stacks.backupTitle', { name: stack.name })} onClose={onClose} onSubmit={onClose}>
        <p className="sd-note" data-mark="ok">
          <StateIcon mark="ok" silent />
          {t('stacks.backupDone', { bytes: formatBytes(made.bytes, language) })}
        </p>
        <dl className={styles.facts}>
          <dt>{t('stacks.backupFile')}</dt>
          <dd>
            <CopyValue value={made.file} longest={48} />
          </dd>
          <dt>{t('stacks.sha')}</dt>
          <dd>
            <CopyValue value={made.sha256} longest={32} />
          </dd>
        </dl>
        <FormFoot>
          <Button type="submit" variant="filled" data-autofocus>
            {t('stacks.close')}
          </Button>
        </FormFoot>
      </FormDialog>
    );

  return (
    <FormDialog title={t('stacks.backupTitle', { name: stack.name })} onClose={onClose} onSubmit={() => void submit()}>
      {plan.error ? <ErrorNotice error={plan.error} /> : null}
      {plan.data ? (
        <>
          <ul className={styles.parts}>
            {plan.data.parts.map((part) => (
              <li key={part.what.code}>
                <span>{sentence(part.what)}</span>
                <span className={styles.size}>{part.bytes > 0 ? formatBytes(part.bytes, language) : ''}</span>
                <span className={styles.how}>{sentence(part.how)}</span>
              </li>
            ))}
          </ul>
          {here ? (
            <Checkbox
              label={t('stacks.objects')}
              checked={objects}
              disabled={runs}
              onChange={(event) => setObjects(event.currentTarget.checked)}
            />
          ) : null}
          <ul className={styles.warnings}>
            {plan.data.warnings.map((warning) => (
              <li key={warning.code}>
                <StateIcon mark="warn" silent />
                {sentence(warning)}
              </li>
            ))}
          </ul>
        </>
      ) : (
        <p>{t('stacks.looking')}</p>
      )}
      <TextInput
        label={t('stacks.backupFolder')}
        classNames={{ input: 'sd-mono' }}
        value={target}
        disabled={runs}
        onChange={(event) => setFolder(event.currentTarget.value)}
      />
      <NewPassphrase ref={typed} className={styles.fields} why={t('stacks.backupPassphrase')} />
      {runs ? (
        <div role="status">
          <Progress value={job?.total ? (job.done / job.total) * 100 : 0} aria-label={t('stacks.backupTitle', { name: stack.name })} />
          <p>{job?.note ? sentence(job.note) : ''}</p>
        </div>
      ) : null}
      {backup.error ? <ErrorNotice error={backup.error} /> : job?.error && !runs ? <ErrorNotice error={AppError.of(job.error)} /> : null}
      <FormFoot>
        {runs && jobId !== undefined ? (
          <EngineButton onClick={() => void cancel.run({ id: jobId })}>{t('stacks.cancel')}</EngineButton>
        ) : (
          <Button onClick={onClose}>{t('stacks.cancel')}</Button>
        )}
        <EngineButton type="submit" variant="filled" loading={runs} disabled={target === '' || !plan.data}>
          {t('stacks.backupDo')}
        </EngineButton>
      </FormFoot>
    </FormDialog>
  );
}
