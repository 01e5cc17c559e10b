import { Button } from '@mantine/core';
import { useLocation } from 'wouter';
import { z } from 'zod';
import { type ClusterRecord, clusterProof, clusterSteps } from '../../../shared/clusters.ts';
import type { JobSnapshot } from '../../../shared/jobs.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { ChangeButton } from '../../components/readOnly/ChangeButton.tsx';
import { StepIcon } from '../../components/StepIcon.tsx';
import { useSentence, useWords } from '../../locales/language.ts';
import { useAction } from '../../rpc/hooks.ts';
import { RunningLine } from '../../wizard/RunningLine.tsx';
import { WizardFrame } from '../../wizard/WizardFrame.tsx';
import styles from './clusters.module.css';
import { Mend } from './Mend.tsx';
import { Proof } from './Proof.tsx';
import { stepLines, stepOf } from './standing.ts';
import { GiveUp } from './Unfinished.tsx';

const result = z.object({ cluster: z.string(), proof: clusterProof });

interface AddRunProps {
  stackId: string;
  /** The run at work, or the one that this window followed to its end. */
  job: JobSnapshot | undefined;
  /** What is kept of the addition until it is proven. */
  record: ClusterRecord | undefined;
  /** Undefined: none any more. */
  onFollow(jobId: string | undefined): void;
}

/** An addition at work, stopped, or proven: its steps, and what comes next. */
export function AddRun({ stackId, job, record, onFollow }: AddRunProps) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const [, navigate] = useLocation();
  const resume = useAction('clusters.resume');
  const ended = job?.state === 'succeeded' ? result.safeParse(job.result).data : undefined;
  const name = ended?.cluster ?? record?.input.id ?? String(job?.title.params?.cluster ?? '');
  const running = job?.state === 'running' || resume.pending;
  const at = running || job === undefined ? stepOf(running ? job : undefined, record) : stepOf(job, record);
  const said = running ? undefined : (resume.error ?? (job?.state === 'failed' ? job.error : record?.error));
  // Stopped on request is no failure.
  const error = said?.code === 'cancelled' ? undefined : said;
  const steps = stepLines(ended ? 'proven' : at, running ? 'running' : error ? 'failed' : 'todo');
  const step = sentence({ code: `clusters.step.${at}` });
  const answer = ended
    ? { mark: 'ok' as const, text: t('clusters.run.done', { name }) }
    : running
      ? { mark: 'info' as const, text: t('clusters.run.running', { at: clusterSteps.indexOf(at) + 1, total: clusterSteps.length }) }
      : error
        ? { mark: 'fail' as const, text: t('clusters.run.failed', { step }) }
        : { mark: 'warn' as const, text: t('clusters.run.stopped', { step }) };

  async function goOn(): Promise<void> {
    const begun = await resume.run({ stackId, cluster: name });
    if (begun) onFollow(begun.jobId);
  }

  return (
    <WizardFrame
      question={t('clusters.run.question', { name })}
      answer={answer}
      leave={{ to: '/clusters', word: t('clusters.form.leave') }}
      phase={ended ? 'done' : 'run'}
      foot={
        running ? (
          <RunningLine job={job} />
        ) : ended ? (
          <Button variant="filled" onClick={() => navigate('/clusters')}>
            {t('clusters.run.toPicture')}
          </Button>
        ) : (
          <>
            {record ? <GiveUp stackId={stackId} record={record} onGiven={() => onFollow(undefined)} /> : null}
            <ChangeButton variant="filled" onClick={() => void goOn()}>
              {t('clusters.run.resume')}
            </ChangeButton>
          </>
        )
      }
    >
      {error ? <ErrorNotice error={error} action={<Mend code={error.code} />} /> : null}
      <ol className={styles.steps} aria-label={t('clusters.run.steps')}>
        {steps.map(({ id, state }) => (
          <li key={id} className={styles.step} data-state={state}>
            <StepIcon state={state} current={id === at && !ended} />
            <span>{sentence({ code: `clusters.step.${id}` })}</span>
          </li>
        ))}
      </ol>
      {ended ? <Proof proof={ended.proof} /> : null}
      <DrawerContent commands={[]} evidence={[]} />
    </WizardFrame>
  );
}
