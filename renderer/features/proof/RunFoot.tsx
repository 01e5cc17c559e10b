import { ActionIcon, Button, Loader, Menu } from '@mantine/core';
import { IconChevronDown, IconTerminal2 } from '@tabler/icons-react';
import { useLocation } from 'wouter';
import type { ProofLevel } from '../../../shared/proof.ts';
import { useDrawer } from '../../components/drawer.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { ChangeButton, useReadOnly } from '../../components/readOnly/ChangeButton.tsx';
import { useJobs } from '../../jobs/useJob.ts';
import { useSentence, useWords } from '../../locales/language.ts';
import { type Action, useAction } from '../../rpc/hooks.ts';
import styles from './proof.module.css';

const levels: readonly ProofLevel[] = ['chain', 'dependency', 'rule'];

/** Runs the proof again at the level shown or at another one; while one runs, what it does and how to stop it. */
export function RunFoot({ stackId, level, run }: { stackId: string; level: ProofLevel; run: Action<'proof.run'> }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const [, navigate] = useLocation();
  const drawer = useDrawer();
  const readOnly = useReadOnly();
  const cancel = useAction('jobs.cancel');
  const job = useJobs().find((each) => each.stackId === stackId && each.state === 'running' && each.title.code === 'proofJob');

  async function start(chosen: ProofLevel): Promise<void> {
    // The newest proof is the one that runs now.
    if (await run.run({ stackId, level: chosen })) navigate('/proof');
  }

  return (
    <>
      {run.error ? (
        <div className={styles.notice}>
          <ErrorNotice error={run.error} />
        </div>
      ) : null}
      <div className={`sd-foot ${styles.foot}`}>
        <Button
          variant="subtle"
          leftSection={<IconTerminal2 size={16} stroke={1.5} aria-hidden />}
          onClick={drawer.toggle}
          aria-pressed={drawer.open}
        >
          {t('proof.commands')}
        </Button>
        <span className={styles.space} aria-live="polite">
          {job ? (
            <>
              <Loader size={14} /> {job.note ? t('proof.running', { note: sentence(job.note) }) : t('proof.answer.starting')}
            </>
          ) : null}
        </span>
        {job ? (
          <EngineButton onClick={() => void cancel.run({ id: job.id })} disabled={cancel.pending}>
            {t('proof.cancel')}
          </EngineButton>
        ) : (
          <span className={styles.split}>
            <ChangeButton loading={run.pending} onClick={() => void start(level)}>
              {t('proof.run')}
            </ChangeButton>
            <Menu position="top-end" width={340} disabled={readOnly}>
              <Menu.Target>
                <ActionIcon variant="default" size={32} aria-label={t('proof.chooseLevel')} disabled={readOnly}>
                  <IconChevronDown size={14} stroke={1.75} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                {levels.map((each) => (
                  <Menu.Item key={each} onClick={() => void start(each)}>
                    <span className={styles.choice}>{t(`proof.level.${each}.name`)}</span>
                    <span className={styles.why}>{t(`proof.level.${each}.text`)}</span>
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          </span>
        )}
      </div>
    </>
  );
}
