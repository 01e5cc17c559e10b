import { Button } from '@mantine/core';
import { useState } from 'react';
import { DangerDialog } from '../../components/DangerDialog.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { useJobs } from '../../jobs/useJob.ts';
import { useSentence, useWords } from '../../locales/language.ts';
import { useAction } from '../../rpc/hooks.ts';
import styles from './settings.module.css';

/** Ends the engine; the dialog lists what would stop with it. Started servers go on. */
export function QuitEngine() {
  const { t } = useWords();
  const { sentence } = useSentence();
  const [asked, setAsked] = useState(false);
  const quit = useAction('app.quit');
  const running = useJobs().filter((job) => job.state === 'running');
  return (
    <div className={styles.row}>
      <Button onClick={() => setAsked(true)}>{t('settings.engine.quit')}</Button>
      <span className={styles.quiet}>{t('settings.engine.quitText')}</span>
      <DangerDialog
        opened={asked}
        title={t('settings.engine.quitTitle')}
        explanation={t('settings.engine.quitExplain')}
        facts={[
          {
            label: t('settings.engine.jobs'),
            value: running.length === 0 ? t('settings.engine.noJobs') : running.map((job) => sentence(job.title)).join(', '),
            loud: running.length > 0,
          },
          { label: t('settings.engine.servers'), value: t('settings.engine.serversStay') },
          { label: t('settings.engine.windows'), value: t('settings.engine.windowsClose') },
        ]}
        keep={t('settings.engine.keep')}
        doIt={t('settings.engine.quit')}
        pending={quit.pending}
        error={quit.error ? <ErrorNotice error={quit.error} /> : null}
        onClose={() => setAsked(false)}
        onConfirm={() => void quit.run({ force: running.length > 0 })}
      />
    </div>
  );
}
