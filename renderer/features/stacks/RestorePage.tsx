import { Button, Progress, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { AppError } from '../../../shared/rpc/errors.ts';
import { serverNames } from '../../../shared/servers.ts';
import { useCurrentStack } from '../../components/currentStack.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { FilePick, type PickedFile } from '../../components/FilePick.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { SecretField, type SecretFieldHandle } from '../../components/SecretField.tsx';
import { StateIcon } from '../../components/StateIcon.tsx';
import { StoreCreate, StoreUnlock } from '../../components/StoreForms.tsx';
import { useJob } from '../../jobs/useJob.ts';
import { useSentence, useWords } from '../../locales/language.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import { Section } from './StackPage.tsx';
import styles from './stacks.module.css';

interface Restored {
  stackId: string;
  ports: { server: 'vault' | 'kes' | 'minio'; from: number; to: number }[];
  waiting?: { code: string; details: AppError['details'] };
}

/** What is brought from elsewhere: a whole stack out of a backup, or a colleague's stack file. */
export function RestorePage() {
  const { t } = useWords();
  const store = useCall('store.status', {}).data;
  const ready = store?.state === 'open' && store.mode !== 'memory';
  return (
    <>
      <PageHeader question={t('stacks.bring.question')} answer={{ mark: 'absent', text: t('stacks.bring.answer') }} />
      <Section title={t('stacks.bring.backup')}>
        {store && !ready ? (
          <div className={styles.form}>
            <p className={styles.quiet}>{t('stacks.bring.store')}</p>
            {store.state === 'locked' ? <StoreUnlock status={store} /> : <StoreCreate keychain={store.keychain} filled={false} />}
          </div>
        ) : null}
        {ready ? <FromBackup /> : null}
      </Section>
      <Section title={t('stacks.bring.stackFile')}>
        <FromStackFile />
      </Section>
      <DrawerContent commands={[{ line: 'npx --no-install sealdeck restore FILE --dir FOLDER --passphrase-file FILE' }]} />
    </>
  );
}

function FromBackup() {
  const { t } = useWords();
  const { sentence } = useSentence();
  const { choose } = useCurrentStack();
  const [, navigate] = useLocation();
  const [file, setFile] = useState('');
  const [folder, setFolder] = useState('');
  const [filled, setFilled] = useState(false);
  const [jobId, setJobId] = useState<string | undefined>(undefined);
  const restore = useAction('stacks.restore');
  const cancel = useAction('jobs.cancel');
  const job = useJob(jobId);
  const field = useRef<SecretFieldHandle>(null);
  const runs = restore.pending || (jobId !== undefined && (job === undefined || job.state === 'running'));
  const made = job?.state === 'succeeded' ? (job.result as Restored) : undefined;

  async function submit(): Promise<void> {
    const passphrase = field.current?.take() ?? '';
    if (passphrase === '' || runs) return;
    const started = await restore.run({ file: file.trim(), folder: folder.trim(), passphrase });
    if (started) setJobId(started.jobId);
  }

  if (made)
    return (
      <div className={styles.form} role="status">
        <p className="sd-note" data-mark={made.waiting ? 'warn' : 'ok'}>
          <StateIcon mark={made.waiting ? 'warn' : 'ok'} silent />
          {t(made.waiting ? 'stacks.bring.doneWaiting' : 'stacks.bring.done')}
        </p>
        {made.waiting ? <ErrorNotice error={AppError.of(made.waiting)} /> : null}
        <ul className={styles.warnings}>
          {made.ports.map(({ server, from, to }) => (
            <li key={from}>
              <StateIcon mark="absent" silent />
              {t('stacks.bring.ports', { server: serverNames[server], from, to })}
            </li>
          ))}
        </ul>
        <div>
          <Button
            variant="filled"
            onClick={() => {
              choose(made.stackId);
              navigate(made.waiting ? '/setup' : '/');
            }}
          >
            {t(made.waiting ? 'stacks.bring.goOn' : 'stacks.bring.show')}
          </Button>
        </div>
      </div>
    );

  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <TextInput
        label={t('stacks.bring.file')}
        description={t('stacks.bring.fileWhy')}
        classNames={{ input: 'sd-mono' }}
        value={file}
        disabled={runs}
        spellCheck={false}
        onChange={(event) => setFile(event.currentTarget.value)}
      />
      <TextInput
        label={t('stacks.bring.folder')}
        description={t('stacks.bring.folderWhy')}
        classNames={{ input: 'sd-mono' }}
        value={folder}
        disabled={runs}
        spellCheck={false}
        onChange={(event) => setFolder(event.currentTarget.value)}
      />
      <SecretField ref={field} label={t('stacks.bring.passphrase')} onFilled={setFilled} />
      {runs ? (
        <div role="status">
          <Progress value={job?.total ? (job.done / job.total) * 100 : 0} aria-label={t('stacks.bring.working')} />
          <p className={styles.quiet}>{job?.note ? sentence(job.note) : t('stacks.bring.working')}</p>
        </div>
      ) : null}
      {restore.error ? <ErrorNotice error={restore.error} /> : job?.error && !runs ? <ErrorNotice error={AppError.of(job.error)} /> : null}
      <div className={styles.foot}>
        {runs && jobId !== undefined ? (
          <EngineButton onClick={() => void cancel.run({ id: jobId })}>{t('stacks.cancel')}</EngineButton>
        ) : null}
        <EngineButton type="submit" variant="filled" loading={runs} disabled={file.trim() === '' || folder.trim() === '' || !filled}>
          {t('stacks.bring.restore')}
        </EngineButton>
      </div>
    </form>
  );
}

function FromStackFile() {
  const { t } = useWords();
  const { choose } = useCurrentStack();
  const [, navigate] = useLocation();
  const [picked, setPicked] = useState<PickedFile | undefined>(undefined);
  const take = useAction('stacks.import');

  async function submit(): Promise<void> {
    if (picked === undefined) return;
    const made = await take.run({ content: picked.content });
    if (!made) return;
    choose(made.stackId);
    navigate('/stack');
  }

  return (
    <div className={styles.form}>
      <FilePick label={t('stacks.bring.pick')} why={t('stacks.bring.pickWhy')} file={picked} mostBytes={4_000_000} onPick={setPicked} />
      {take.error ? <ErrorNotice error={take.error} /> : null}
      <div className={styles.foot}>
        <EngineButton disabled={picked === undefined} loading={take.pending} onClick={() => void submit()}>
          {t('stacks.bring.importDo')}
        </EngineButton>
      </div>
    </div>
  );
}
