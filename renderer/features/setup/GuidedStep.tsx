import { Button, Loader } from '@mantine/core';
import { IconTerminal2 } from '@tabler/icons-react';
import type { ComponentType } from 'react';
import { useEffect, useState } from 'react';
import { keyStoreNames, otherKeyStoreOf, serverNames, wayOf } from '../../../shared/servers.ts';
import type { SetupState, StepId, StepInputs } from '../../../shared/setup.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { knownServer } from '../../components/connect/knownServer.ts';
import { DrawerContent, useDrawer } from '../../components/drawer.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { formatSeconds, formatWhen } from '../../components/format.ts';
import { ChangeButton } from '../../components/readOnly/ChangeButton.tsx';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useLanguage, useSentence, useWords } from '../../locales/language.ts';
import { announceFile, sendFile } from '../../rpc/files.ts';
import { useAction, useCall, useClient } from '../../rpc/hooks.ts';
import type { Values } from '../../wizard/formState.ts';
import { PlanChanges, PlannedFiles, PlanWarnings } from '../../wizard/PlanView.tsx';
import { RunningLine } from '../../wizard/RunningLine.tsx';
import { neighbour } from '../../wizard/steps.ts';
import { Elsewhere, elsewhereOf } from './Elsewhere.tsx';
import fields from './fields.module.css';
import { type FormProps, productNames } from './form.ts';
import { sampleName } from './forms/ObjectForm.tsx';
import { forms } from './forms.ts';
import { useObjectFile } from './objectFile.ts';
import { ProofResult } from './ProofResult.tsx';
import { StepHead } from './StepHead.tsx';
import styles from './setup.module.css';
import { StepFailure, withPort } from './stepErrors.tsx';
import { useSetupJob } from './useSetup.ts';
import { useStepForm } from './useStepForm.ts';

interface GuidedStepProps {
  stack: Stack;
  state: SetupState;
  step: StepId;
  edits: Values | undefined;
  onEdit(step: StepId, values: Values): void;
  onOpen(step: StepId | 'done'): void;
}

const ofVault: readonly StepId[] = ['vault', 'unseal', 'prepare', 'admin'];

/** One step: its form with the live plan, what failed, and one filled button for what comes next. */
export function GuidedStep({ stack, state, step, edits, onEdit, onOpen }: GuidedStepProps) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const language = useLanguage();
  const client = useClient();
  const drawer = useDrawer();
  const { file, token: announced } = useObjectFile();
  const status = state.steps.find((each) => each.id === step) ?? { id: step, state: 'todo' as const, evidence: [] };
  const form = useStepForm(stack.id, step, status, edits, step === 'object' ? announced : undefined);
  const apply = useAction('setup.apply');
  const check = useAction('setup.check');
  const [againFor, setAgain] = useState<StepId | undefined>(undefined);
  const again = againFor === step;
  const job = useSetupJob(state);
  const other = otherKeyStoreOf(stack);
  // The steps about Vault speak of it also where they have nothing to do.
  const product = other && !ofVault.includes(step) ? keyStoreNames[other.kind] : productNames[stack.keyStores[0]?.product ?? 'vault'];
  const running = state.jobId !== undefined;
  const mine = status.state === 'running';
  const proven = status.state === 'proven';
  const skipped = status.state === 'skipped' && !form.changed;
  const away = elsewhereOf(stack, step);
  // What is typed above is saved first: this button would leave it behind.
  const unknown = away?.way === 'api' && knownServer(stack, away.kind)?.ca === undefined;
  const server = away === undefined ? '' : serverNames[away.kind];
  const shows = proven && !form.changed && !again && !(step === 'object' && file !== undefined);
  const newest = useCall('proof.list', { stackId: stack.id }, { enabled: step === 'proof' }).data?.proofs[0];
  // Until the running step has begun its own proof, the newest one is an older one that has ended.
  const fresh = mine && newest !== undefined && job !== undefined && newest.startedAt >= job.startedAt;
  const withProof = step === 'proof' && newest !== undefined && (shows || fresh);
  const refused = job?.state === 'failed' && status.state !== 'failed' && !proven && !running ? job.error : undefined;
  const failure = status.state === 'failed' ? (status.error ?? refused) : (refused ?? apply.error ?? check.error);

  const { reset: forgetApply } = apply;
  const { reset: forgetCheck } = check;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a refusal belongs to the step that it was said of
  useEffect(() => {
    forgetApply();
    forgetCheck();
  }, [step]);

  async function start(values: Values): Promise<void> {
    setAgain(undefined);
    if (step !== 'object') {
      await apply.run({ stackId: stack.id, step, input: { ...values } });
      return;
    }
    if (!file) {
      await apply.run({ stackId: stack.id, step, input: { ...values, name: sampleName } });
      return;
    }
    // Named before it is sent: the step opens the token and takes the bytes as they come.
    const { token, uploadPath } = await announceFile(client, file);
    const started = await apply.run({ stackId: stack.id, step, input: { name: file.name, ...values, file: token } });
    // A transfer that breaks is said by the job, which waits for the bytes.
    if (started) await sendFile(uploadPath, file).catch(() => undefined);
  }

  function edit(values: Values): void {
    onEdit(step, values);
  }

  const { values } = form;
  const next = neighbour(state.steps, step, 1);
  const back = neighbour(state.steps, step, -1);
  // Before a step has answers of its own, the newest that there are: those of the step before.
  const answers = [status, ...state.steps.slice(0, Math.max(0, state.steps.indexOf(status))).reverse()].find(
    (each) => each.evidence.length > 0,
  );
  const stepName = (id: StepId): string => sentence({ code: `setup.step.${id}` });
  const Form = forms[step] as ComponentType<FormProps<StepId>>;

  function buttons() {
    if (running) return <RunningLine job={job} bytes={mine && step === 'object'} />;
    if (shows || skipped) {
      return (
        <>
          {step === 'proof' ? (
            <Button onClick={() => setAgain(step)}>{t('setup.runAgain')}</Button>
          ) : (
            <EngineButton onClick={() => void check.run({ stackId: stack.id, step })} disabled={check.pending}>
              {t('setup.checkAgain')}
            </EngineButton>
          )}
          <Button variant="filled" onClick={() => onOpen(next ?? 'done')}>
            {next === undefined ? t('setup.finish') : t('setup.next', { step: stepName(next) })}
          </Button>
        </>
      );
    }
    return (
      <>
        {form.plan === undefined ? null : (
          <span className={styles.seconds}>{t('setup.takes', { time: formatSeconds(form.plan.seconds, language) })}</span>
        )}
        <ChangeButton variant="filled" disabled={!form.valid || apply.pending || unknown} onClick={() => void start(values ?? {})}>
          {status.state === 'failed'
            ? t('setup.runAgain')
            : away
              ? t(`setup.ways.action.${away.way}`, { server })
              : step === 'unseal' && wayOf(stack, 'vault') !== 'here'
                ? t('setup.ways.seal')
                : t(`setup.${step}.action`, { product })}
        </ChangeButton>
      </>
    );
  }

  return (
    <>
      <div className={styles.scroll} data-scroll data-wide={withProof || undefined}>
        {withProof ? (
          <ProofResult proof={newest} />
        ) : (
          <>
            <StepHead
              title={away ? t(`setup.ways.title.${away.way}`, { server }) : t(`setup.${step}.title`, { product })}
              sentence={
                shows && status.at !== undefined ? (
                  <ProvenBy count={status.evidence.length} at={status.at} />
                ) : away ? (
                  t(`setup.ways.sentence.${away.way}`, { server })
                ) : (
                  t(`setup.${step}.sentence`, { product })
                )
              }
            />
            {status.reason === undefined ? null : (
              <p className="sd-note" data-mark={skipped ? 'ok' : 'warn'}>
                {skipped ? `${t('setup.skipped')} ` : ''}
                {sentence(status.reason)}
              </p>
            )}
            {failure && !running ? (
              <StepFailure
                error={failure}
                step={step}
                fixes={{
                  otherPort: (taken, free) => {
                    if (step !== 'place' || values === undefined) return onOpen('place');
                    const ports = withPort((values as StepInputs['place']).ports, taken, free);
                    edit({ ports });
                    void start({ ...values, ports });
                  },
                  getServers: () => {
                    if (step !== 'servers') return onOpen('servers');
                    edit({ get: true });
                    void start({ ...values, get: true });
                  },
                }}
              />
            ) : null}
            {skipped ? null : <Elsewhere stack={stack} step={step} />}
            {skipped || (away && !away.formToo) ? null : values === undefined ? (
              form.planError ? null : (
                <p className={fields.why}>
                  <Loader size={12} /> {t('frame.loading')}
                </p>
              )
            ) : (
              <fieldset className={fields.form} disabled={running}>
                <Form
                  values={values}
                  change={edit as FormProps<StepId>['change']}
                  wrong={form.wrong}
                  stack={stack}
                  product={product}
                  proven={proven}
                />
              </fieldset>
            )}
            {form.planError && !failure && form.valid ? <StepFailure error={form.planError} step={step} fixes={{}} /> : null}
            {form.plan === undefined || shows || skipped ? null : <PlanChanges changes={form.plan.changes} />}
            {form.plan === undefined || shows || skipped ? null : (
              <div className={styles.warnings}>
                <PlanWarnings warnings={form.plan.warnings} />
              </div>
            )}
          </>
        )}
      </div>
      <footer className={`sd-foot ${styles.foot}`}>
        {back === undefined ? null : (
          <Button variant="subtle" onClick={() => onOpen(back)}>
            {t('setup.back')}
          </Button>
        )}
        {withProof ? (
          <Button
            variant="subtle"
            leftSection={<IconTerminal2 size={16} stroke={1.5} aria-hidden />}
            aria-label={t('frame.drawer')}
            aria-expanded={drawer.open}
            onClick={drawer.toggle}
          >
            {/* Beside the open drawer there is no room for the words. */}
            {drawer.open ? null : t('frame.drawer')}
          </Button>
        ) : null}
        <span className={styles.space} />
        {buttons()}
      </footer>
      <p className="sd-hidden" aria-live="polite">
        {`${stepName(step)}: ${t(`components.step.${status.state}`)}`}
      </p>
      <DrawerContent
        key={withProof ? 'proof' : 'form'}
        commands={form.plan?.commands ?? []}
        below={<PlannedFiles files={form.plan?.files ?? []} />}
        evidence={answers?.evidence ?? []}
        evidenceOf={answers === undefined ? '' : stepName(answers.id)}
        autoOpen={!withProof}
      />
    </>
  );
}

function ProvenBy({ count, at }: { count: number; at: string }) {
  const { t } = useWords();
  const language = useLanguage();
  return (
    <span className={styles.answer}>
      <StateIcon mark="ok" size={16} silent />
      <span>{t('setup.provenBy', { count, time: formatWhen(at, language) })}</span>
    </span>
  );
}
