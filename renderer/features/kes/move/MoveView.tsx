import { Button } from '@mantine/core';
import { useState } from 'react';
import type { MovePlan, MoveStanding } from '../../../../shared/kesMove.ts';
import type { StackSummary } from '../../../components/currentStack.ts';
import { DrawerContent } from '../../../components/drawer.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatWhen } from '../../../components/format.ts';
import { PageHeader } from '../../../components/PageHeader.tsx';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import type { Mark } from '../../../components/StateIcon.tsx';
import { useJob } from '../../../jobs/useJob.ts';
import { useLanguage, useWords } from '../../../locales/language.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import { RunningLine } from '../../../wizard/RunningLine.tsx';
import { Aside } from './Aside.tsx';
import { CrossDialog } from './CrossDialog.tsx';
import { FilesSideBySide } from './FilesSideBySide.tsx';
import styles from './move.module.css';
import { Track } from './Track.tsx';

interface MoveViewProps {
  stack: StackSummary;
  standing: MoveStanding;
  onChoose(): void;
}

/** Where the move stands: the way with its line, both files, what else changes, and the one next step. */
export function MoveView({ stack, standing, onChoose }: MoveViewProps) {
  const { t } = useWords();
  const language = useLanguage();
  const stackId = stack.id;
  const asked = useCall('kes.movePlan', { stackId });
  const trial = useAction('kes.moveTrial');
  const back = useAction('kes.moveBack');
  const [started, setStarted] = useState<string | undefined>(undefined);
  const [crossing, setCrossing] = useState(false);
  const [abandon, setAbandon] = useState<readonly string[]>([]);
  const job = useJob(standing.jobId ?? started);
  const running = job?.state === 'running';
  const plan = asked.data;
  const { phase, crossedAt } = standing;
  const open =
    plan?.notes.filter(({ level, text }) => level === 'stop' && !(text.code === 'kesMoveNoteNames' && allTyped(plan, abandon))) ?? [];

  async function run(work: Promise<{ jobId: string } | undefined>): Promise<void> {
    const answer = await work;
    if (answer) setStarted(answer.jobId);
  }

  return (
    <div className="sd-fill">
      <PageHeader
        question={t('kesMove.question')}
        answer={answerOf()}
        actions={
          phase === 'planned' || phase === 'prepared' ? (
            <Button variant="subtle" disabled={running} onClick={onChoose}>
              {t('kesMove.other')}
            </Button>
          ) : undefined
        }
      />
      <Track phase={phase} crossedAt={crossedAt} />
      {asked.error ? <ErrorNotice error={asked.error} /> : null}
      {standing.error ? <ErrorNotice error={standing.error} /> : null}
      {job?.state === 'failed' && job.error ? <ErrorNotice error={job.error} /> : null}
      {trial.error ? <ErrorNotice error={trial.error} /> : null}
      {back.error ? <ErrorNotice error={back.error} /> : null}
      {plan ? (
        <div className={styles.body}>
          <FilesSideBySide plan={plan} />
          <Aside plan={plan} standing={standing} abandon={abandon} onAbandon={setAbandon} />
        </div>
      ) : null}
      <footer className={`sd-foot ${styles.foot}`}>
        {running ? (
          <RunningLine job={job} />
        ) : phase === 'moved' ? (
          <span className={styles.quiet}>{t('kesMove.foot.moved')}</span>
        ) : (phase === 'trial' && standing.answers !== 'none') || phase === 'crossing' ? (
          <>
            <ChangeButton variant="filled" onClick={() => setCrossing(true)}>
              {t('kesMove.foot.cross')}
            </ChangeButton>
            {phase === 'trial' ? (
              <ChangeButton loading={back.pending} onClick={() => void run(back.run({ stackId }))}>
                {t('kesMove.foot.back')}
              </ChangeButton>
            ) : null}
            <span className={styles.quiet}>{t(phase === 'trial' ? 'kesMove.foot.trial' : 'kesMove.foot.crossing')}</span>
          </>
        ) : (
          <>
            <ChangeButton
              variant="filled"
              loading={trial.pending}
              disabled={plan === undefined || open.length > 0}
              onClick={() => void run(trial.run({ stackId, abandon: [...abandon] }))}
            >
              {t(phase === 'switching' || phase === 'trial' ? 'kesMove.foot.goOn' : 'kesMove.foot.try')}
            </ChangeButton>
            {phase === 'switching' || phase === 'trial' || phase === 'goingBack' ? (
              <ChangeButton loading={back.pending} onClick={() => void run(back.run({ stackId }))}>
                {t('kesMove.foot.back')}
              </ChangeButton>
            ) : null}
            <span className={styles.quiet}>{t('kesMove.foot.tryWhat')}</span>
          </>
        )}
      </footer>
      {crossing && plan ? (
        <CrossDialog
          stack={stack}
          plan={plan}
          standing={standing}
          onClose={() => setCrossing(false)}
          onCrossed={(jobId) => {
            setStarted(jobId);
            setCrossing(false);
          }}
        />
      ) : null}
      <DrawerContent commands={standing.waitsFor ?? plan?.commands ?? []} evidence={standing.evidence} />
    </div>
  );

  function answerOf(): { mark: Mark; text: string } | undefined {
    if (running) return { mark: 'info', text: t('kesMove.answer.running') };
    if (phase === 'moved') return { mark: 'ok', text: t('kesMove.answer.moved', { time: formatWhen(crossedAt ?? '', language) }) };
    if (phase === 'crossing') return { mark: 'warn', text: t('kesMove.answer.crossing') };
    if (phase === 'trial') return { mark: 'warn', text: t(standing.answers === 'none' ? 'kesMove.answer.away' : 'kesMove.answer.trial') };
    if (phase === 'switching' || phase === 'goingBack') return { mark: 'warn', text: t('kesMove.answer.switching') };
    if (plan === undefined) return undefined;
    if (open.length > 0) return { mark: 'fail', text: t('kesMove.answer.stops', { count: open.length }) };
    const words = { keys: plan.keys.length, changes: plan.changes.length };
    return { mark: 'ok', text: t(standing.backAt === undefined ? 'kesMove.answer.ready' : 'kesMove.answer.back', words) };
  }
}

function allTyped({ keys }: MovePlan, abandon: readonly string[]): boolean {
  return keys.every(({ name, legal }) => legal || abandon.includes(name));
}
