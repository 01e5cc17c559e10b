import { Button, Loader } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useLocation } from 'wouter';
import type { Evidence, StepInputs, StepPlan, WizardStep } from '../../shared/setup.ts';
import type { Stack } from '../../shared/stacks.ts';
import { DrawerContent } from '../components/drawer.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { EvidenceList } from '../components/EvidenceLine.tsx';
import { EngineButton } from '../components/engine/EngineButton.tsx';
import { formatSeconds, formatWhen } from '../components/format.ts';
import { ChangeButton } from '../components/readOnly/ChangeButton.tsx';
import type { Mark } from '../components/StateIcon.tsx';
import { StateIcon } from '../components/StateIcon.tsx';
import { useLanguage, useSentence, useWords } from '../locales/language.ts';
import type { Values } from './formState.ts';
import { PlanChanges, PlannedFiles, PlanWarnings } from './PlanView.tsx';
import { RunningLine } from './RunningLine.tsx';
import { useAloneJob } from './useAloneJob.ts';
import { useLivePlan } from './useLivePlan.ts';
import { WizardFrame } from './WizardFrame.tsx';
import styles from './wizard.module.css';

export interface AloneForm<S extends WizardStep> {
  readonly values: StepInputs[S];
  change(values: Partial<StepInputs[S]>): void;
  /** The sentence for a bad field that somebody typed into, else undefined. */
  wrong(path: string, sentence: string): string | undefined;
}

type Failure = { readonly code: string; readonly details?: Readonly<Record<string, string | number>> | undefined };

interface AloneWizardProps<S extends WizardStep> {
  stack: Stack;
  step: S;
  question: string;
  /** What there is now. */
  answer: { mark: Mark; text: ReactNode } | undefined;
  /** The deed, on the one filled button. */
  action: string;
  /** What the form begins with, over what the engine proposes. */
  begin?: Partial<StepInputs[S]>;
  form(form: AloneForm<S>): ReactNode;
  /** A failure with its fixes. */
  failure?(error: Failure): ReactNode;
  /** Below the evidence: what follows from what was done. */
  next?(input: StepInputs[S]): ReactNode;
}

/** One guided step by itself: its form with the live plan, the run, and what the other side answered. */
export function AloneWizard<S extends WizardStep>(props: AloneWizardProps<S>) {
  const { stack, step, question, answer, action, begin, form, next } = props;
  const { t } = useWords();
  const language = useLanguage();
  const [, navigate] = useLocation();
  const [edits, setEdits] = useState<Values | undefined>(begin);
  const live = useLivePlan({ stackId: stack.id, step, alone: true }, edits);
  const { job, evidence, start, run, again } = useAloneJob(stack.id, step);
  // After the run the engine proposes what comes next; what was done stays on the page.
  const [done, setDone] = useState<{ values: StepInputs[S]; plan: StepPlan | undefined } | undefined>(undefined);
  const running = job?.state === 'running' || start.pending;
  const values = live.values as StepInputs[S] | undefined;
  const shown = (running || evidence ? done : undefined) ?? { values, plan: live.plan };
  const { plan } = shown;
  const failed = job?.state === 'failed' ? job.error : start.error;
  const show = props.failure ?? ((error: Failure) => <ErrorNotice error={error} />);
  // Nothing planned but a warning: the stack leaves nothing to it.
  const nothing = live.plan !== undefined && live.plan.changes.length === 0;
  const proven = evidence?.some(({ outcome }) => outcome === 'fail') === false;

  function retry(): void {
    again();
    setDone(undefined);
    setEdits(begin);
  }

  const foot = running ? (
    <RunningLine job={job} />
  ) : evidence ? (
    <>
      <EngineButton onClick={retry}>{t('wizard.again')}</EngineButton>
      <Button variant="filled" onClick={() => navigate('/')}>
        {t('wizard.done')}
      </Button>
    </>
  ) : (
    <>
      {live.plan === undefined || nothing ? null : (
        <span className={styles.seconds}>{t('setup.takes', { time: formatSeconds(live.plan.seconds, language) })}</span>
      )}
      <ChangeButton
        variant="filled"
        disabled={!live.valid || nothing || live.planError !== undefined}
        onClick={() => {
          if (values === undefined) return;
          setDone({ values, plan: live.plan });
          void run(edits ?? {});
        }}
      >
        {job?.state === 'failed' ? t('setup.runAgain') : action}
      </ChangeButton>
    </>
  );

  return (
    <WizardFrame
      question={question}
      answer={evidence ? { mark: proven ? 'ok' : 'warn', text: provenBy(evidence, job?.endedAt) } : answer}
      foot={foot}
      phase={evidence ? 'evidence' : 'form'}
    >
      {evidence ? (
        <>
          <section className={styles.evidence}>
            <h2>{t('wizard.evidence')}</h2>
            <EvidenceList evidence={evidence} />
          </section>
          {next && done ? <p className={styles.next}>{next(done.values)}</p> : null}
        </>
      ) : (
        <>
          {running ? null : job?.state === 'cancelled' ? <Cancelled /> : failed ? show(failed) : null}
          {shown.values === undefined ? (
            live.planError ? null : (
              <p className={styles.seconds}>
                <Loader size={12} /> {t('frame.loading')}
              </p>
            )
          ) : (
            <fieldset className={styles.form} disabled={running}>
              {form({
                values: shown.values,
                change: (changed) => setEdits((before) => ({ ...before, ...changed })),
                wrong: (path, sentence) => (Object.hasOwn(edits ?? {}, path.split('.')[0] ?? '') ? live.wrong(path, sentence) : undefined),
              })}
            </fieldset>
          )}
          {live.planError && !failed ? show(live.planError) : null}
          {plan === undefined ? null : (
            <>
              <PlanChanges changes={plan.changes} />
              <div className={styles.warnings}>
                <PlanWarnings warnings={plan.warnings} />
              </div>
            </>
          )}
        </>
      )}
      <DrawerContent commands={plan?.commands ?? []} below={<PlannedFiles files={plan?.files ?? []} />} autoOpen />
    </WizardFrame>
  );

  function provenBy(seen: readonly Evidence[], at: string | undefined): string {
    return t('wizard.proven', { count: seen.length, time: at === undefined ? '' : formatWhen(at, language) });
  }
}

/** Stopped on request is no failure. */
function Cancelled() {
  const { explain } = useSentence();
  const { title, next } = explain({ code: 'cancelled' });
  return (
    <p className="sd-note" data-mark="warn">
      <StateIcon mark="info" silent />
      <span>
        {title}. {next}
      </span>
    </p>
  );
}
