import { Button, Progress } from '@mantine/core';
import { useLocation } from 'wouter';
import { type SetupState, type StepId, type StepInputs, type StepStatus, stepInputs } from '../../../shared/setup.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { useTimed } from '../../components/Age.tsx';
import { DrawerContent } from '../../components/drawer.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { formatClock, formatSeconds, formatWhen } from '../../components/format.ts';
import { ChangeButton } from '../../components/readOnly/ChangeButton.tsx';
import { StepIcon } from '../../components/StepIcon.tsx';
import { percent } from '../../jobs/progress.ts';
import { useLanguage, useSentence, useWords } from '../../locales/language.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import { inHand, provenCount } from '../../wizard/steps.ts';
import own from './express.module.css';
import { ProofResult } from './ProofResult.tsx';
import { StepHead } from './StepHead.tsx';
import styles from './setup.module.css';
import { freePort, StepFailure, withPort } from './stepErrors.tsx';
import { useSetupJob } from './useSetup.ts';

type Inputs = Partial<Record<StepId, Record<string, unknown>>>;

/** All steps as one job: each with its newest answer and its time, and the proof at the end. */
export function ExpressView({ stack, state }: { stack: Stack; state: SetupState }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const language = useLanguage();
  const [, navigate] = useLocation();
  const express = useAction('setup.express');
  const propose = useAction('setup.propose');
  const cancel = useAction('jobs.cancel');
  const job = useSetupJob(state);
  const running = state.jobId !== undefined;
  const complete = inHand(state.steps) === undefined;
  const proofs = useCall('proof.list', { stackId: stack.id }, { enabled: complete });
  const proof = proofs.data?.proofs[0];
  const failed = state.steps.find((step) => step.state === 'failed');
  // Cancelled between two steps, no step has failed: the job alone knows.
  const stopped = job?.state === 'failed' ? job.error : job?.state === 'cancelled' && !complete ? { code: 'cancelled' } : undefined;
  const failure = failed?.error ?? stopped ?? express.error;
  const proven = provenCount(state.steps);
  const lasted = useTimed((now) =>
    job === undefined
      ? ''
      : formatSeconds(((job.endedAt === undefined ? now : Date.parse(job.endedAt)) - Date.parse(job.startedAt)) / 1000, language),
  );
  const start = (inputs: Inputs): void => void express.run({ stackId: stack.id, inputs });
  const inputOf = <S extends StepId>(step: S): StepInputs[S] | undefined => {
    const parsed = stepInputs[step].safeParse(state.steps.find((each) => each.id === step)?.input);
    return parsed.success ? (parsed.data as StepInputs[S]) : undefined;
  };
  async function takeFreshPort(taken: number): Promise<void> {
    const place = inputOf('place');
    const proposed = await propose.run({});
    const free = place && proposed ? freePort(place.ports, proposed.place.ports, taken) : undefined;
    if (place && free !== undefined) start({ place: { ...place, ports: withPort(place.ports, taken, free) } });
  }
  const note = job?.note ? sentence(job.note) : '';
  const done = complete && !running && proof !== undefined;
  // The proof is on its way: nothing else is shown for that moment.
  const waits = complete && !running && proofs.isPending;
  const title = running
    ? t('setup.expressRuns')
    : complete
      ? t('setup.expressDone')
      : failure
        ? t('setup.expressStopped')
        : t('setup.expressReady');
  const practice = useCall('store.status', {}).data?.mode === 'practice';

  return (
    <>
      <div className={styles.scroll} data-scroll data-wide={done || undefined}>
        {done ? (
          <ProofResult proof={proof} />
        ) : waits ? null : (
          <>
            <StepHead title={title} sentence={running ? note || t('setup.starts') : t('setup.expressSentence')} />
            <div className={own.whole}>
              <Progress
                value={job && running ? (percent(job) ?? 0) : (proven / state.steps.length) * 100}
                aria-label={t('setup.progress')}
              />
              <p className={own.figures}>
                <span>{running ? t('setup.stepOf', { at: Math.min(proven + 1, state.steps.length), total: state.steps.length }) : ''}</span>
                {running ? <span>{lasted}</span> : null}
                <span className={styles.space} />
                <span>{running ? t('setup.mayClose') : ''}</span>
              </p>
            </div>
            {failure && !running ? (
              <StepFailure
                error={failure}
                fixes={{
                  otherPort: (taken, free) => {
                    const place = inputOf('place');
                    if (place) start({ place: { ...place, ports: withPort(place.ports, taken, free) } });
                  },
                  freshPort: (taken) => void takeFreshPort(taken),
                  getServers: () => start({ servers: { get: true } }),
                }}
              />
            ) : null}
            <ol className={own.answers} aria-label={t('setup.answers')}>
              {state.steps
                .filter((step) => step.state !== 'todo')
                .map((step) => (
                  <AnswerRow key={step.id} step={step} note={step.state === 'running' ? note : ''} />
                ))}
            </ol>
          </>
        )}
      </div>
      <p className="sd-hidden" aria-live="polite">
        {running ? note : title}
      </p>
      <footer className={`sd-foot ${styles.foot}`}>
        <span className={styles.space} />
        {running ? (
          <EngineButton disabled={cancel.pending || job === undefined} onClick={() => job && void cancel.run({ id: job.id })}>
            {t('setup.cancel')}
          </EngineButton>
        ) : complete ? (
          <>
            <Button onClick={() => navigate('/setup/admin')}>{t('setup.lookSteps')}</Button>
            <Button variant="filled" onClick={() => navigate('/setup/done')}>
              {t('setup.finish')}
            </Button>
          </>
        ) : (
          <ChangeButton variant="filled" disabled={express.pending} onClick={() => start({})}>
            {proven === 0 ? t('setup.everything') : t('setup.goOn')}
          </ChangeButton>
        )}
      </footer>
      <DrawerContent
        key={done ? 'proof' : 'run'}
        commands={[
          { line: `npx --no-install sealdeck up --dir ${shellWord(stack.folder)}${practice ? ' --practice' : ''}` },
          { line: `npx --no-install sealdeck status --dir ${shellWord(stack.folder)}` },
        ]}
        evidence={state.steps.flatMap((step) => step.evidence)}
        evidenceOf={formatWhen(stack.createdAt, language)}
        autoOpen={false}
      />
    </>
  );
}

function shellWord(path: string): string {
  return /^[\w./:\\-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

/** One step with what the other side said first, and how many answers there are. */
function AnswerRow({ step, note }: { step: StepStatus; note: string }) {
  const { t } = useWords();
  const { sentence, explain } = useSentence();
  const language = useLanguage();
  const name = sentence({ code: `setup.step.${step.id}` });
  const [first] = step.evidence;
  const said = first ? sentence(first.text) : '';
  const text = step.state === 'failed' && step.error ? explain(step.error).title : step.state === 'running' ? note : said;
  return (
    <li data-state={step.state}>
      <time className={own.answerTime}>
        {step.at === undefined || step.state === 'running' ? '' : formatClock(step.at, language, true)}
      </time>
      <span className={own.icon}>
        <StepIcon state={step.state} />
      </span>
      <span className={own.answerName}>{name}</span>
      <span className={own.answerText} title={text}>
        {text === name ? '' : text}
      </span>
      <span className={own.answerCount}>
        {step.evidence.length > 0 && step.state === 'proven' ? t('setup.answerCount', { count: step.evidence.length }) : ''}
      </span>
    </li>
  );
}
