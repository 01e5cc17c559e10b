import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { clusterInput } from '../../../shared/clusters.ts';
import type { StackSummary } from '../../components/currentStack.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatSeconds } from '../../components/format.ts';
import { ChangeButton } from '../../components/readOnly/ChangeButton.tsx';
import { useJob, useJobs } from '../../jobs/useJob.ts';
import { useLanguage, useSentence, useWords } from '../../locales/language.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import { badFields } from '../../wizard/issues.ts';
import { PlanChanges, PlannedFiles, PlanWarnings } from '../../wizard/PlanView.tsx';
import { useDebounced } from '../../wizard/useDebounced.ts';
import { WizardFrame } from '../../wizard/WizardFrame.tsx';
import { AddForm } from './AddForm.tsx';
import { AddRun } from './AddRun.tsx';
import styles from './clusters.module.css';
import { type Edits, followed, refusedField } from './fields.ts';
import { Mend } from './Mend.tsx';
import { unfinishedOf } from './standing.ts';
import { useStore } from './useStore.ts';

/** The wizard "Add a MinIO cluster": its form until it is begun, then its run to the proof, in whichever window. */
export function AddPage({ stack }: { stack: StackSummary }) {
  const [followedJob, setFollowedJob] = useState<string | undefined>(undefined);
  const running = useJobs().find(
    ({ stackId, state, title }) => stackId === stack.id && state === 'running' && title.code === 'clusters.job',
  )?.id;
  // Asks every server, and nothing else is shown of it meanwhile: the job says where the addition is.
  const picture = useCall('clusters.picture', { stackId: stack.id }, { enabled: running === undefined }).data;
  // One that another window began is followed to its end, too.
  useEffect(() => {
    if (running !== undefined) setFollowedJob(running);
  }, [running]);
  const job = useJob(followedJob ?? running);
  const record = picture && unfinishedOf(picture)[0];
  if (job || record) return <AddRun stackId={stack.id} job={job} record={record} onFollow={setFollowedJob} />;
  if (picture === undefined) return null;
  return <Begin stackId={stack.id} refused={picture.refused} onBegun={setFollowedJob} />;
}

interface BeginProps {
  stackId: string;
  refused: { readonly code: string; readonly details?: Readonly<Record<string, string | number>> | undefined } | undefined;
  onBegun(jobId: string): void;
}

const restMs = 350;

function Begin({ stackId, refused, onBegun }: BeginProps) {
  const { t } = useWords();
  const { explain } = useSentence();
  const language = useLanguage();
  const [, navigate] = useLocation();
  const [edits, setEdits] = useState<Edits>({});
  const proposed = useCall('clusters.propose', { stackId }, { enabled: refused === undefined });
  const { store } = useStore(stackId);
  const add = useAction('clusters.add');
  const values = proposed.data && followed(proposed.data.input, edits);
  const bad = values === undefined ? new Set<string>() : badFields(clusterInput, values);
  const valid = values !== undefined && bad.size === 0;
  const rested = useDebounced({ values, valid }, restMs);
  const asked = rested.valid ? rested.values : proposed.data?.input;
  const live = useCall(
    'clusters.plan',
    { stackId, input: asked ?? ({} as NonNullable<typeof asked>) },
    { enabled: asked !== undefined, keepPrevious: true },
  );
  const planError = live.error ?? undefined;
  const refusal = add.error ?? planError;
  const field = refusal && asked ? refusedField(refusal, asked) : undefined;
  const plan = live.data?.plan;
  // The plan speaks of what stands in the form, and the engine has not refused it.
  const ready = valid && plan !== undefined && planError === undefined && JSON.stringify(asked) === JSON.stringify(values);

  function wrong(path: string, sentence: string): string | undefined {
    if (bad.has(path)) return sentence;
    if (path !== field || refusal === undefined) return undefined;
    const { title, explanation } = explain(refusal);
    return `${title}. ${explanation}`;
  }

  return (
    <WizardFrame
      question={t('clusters.form.question')}
      answer={refused ? undefined : { mark: 'info', text: t('clusters.form.answer', { store }) }}
      leave={{ to: '/clusters', word: t('clusters.form.leave') }}
      phase="form"
      foot={
        refused ? (
          <Button variant="filled" onClick={() => navigate('/clusters')}>
            {t('clusters.run.toPicture')}
          </Button>
        ) : (
          <>
            {plan === undefined ? null : (
              <span className={styles.seconds}>{t('setup.takes', { time: formatSeconds(plan.seconds, language) })}</span>
            )}
            <ChangeButton
              variant="filled"
              disabled={!ready}
              loading={add.pending}
              onClick={() => values && void add.run({ stackId, input: values }).then((begun) => begun && onBegun(begun.jobId))}
            >
              {t('clusters.form.action')}
            </ChangeButton>
          </>
        )
      }
    >
      {refused ? <ErrorNotice error={refused} /> : null}
      {proposed.error ? <ErrorNotice error={proposed.error} /> : null}
      {/* Above the form: what no field can mend must not wait below the fold. */}
      {refusal && field === undefined ? <ErrorNotice error={refusal} action={<Mend code={refusal.code} />} /> : null}
      {values === undefined ? null : (
        <AddForm
          values={values}
          store={store}
          wrong={wrong}
          change={(changed) => {
            add.reset();
            setEdits((before) => ({ ...before, ...changed }));
          }}
        />
      )}
      {plan === undefined ? null : (
        <>
          <PlanChanges changes={plan.changes} />
          <div className={styles.warnings}>
            <PlanWarnings warnings={plan.warnings} />
          </div>
        </>
      )}
      <DrawerContent commands={plan?.commands ?? []} below={<PlannedFiles files={plan?.files ?? []} />} autoOpen />
    </WizardFrame>
  );
}
