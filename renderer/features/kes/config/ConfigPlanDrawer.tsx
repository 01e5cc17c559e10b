import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { type ConfigPlan, type KesConfig, type KesConfigOutcome, kesConfigOutcome, type StudioView } from '../../../../shared/kesConfig.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import { CommandBlock } from '../../../components/CommandBlock.tsx';
import type { StackSummary } from '../../../components/currentStack.ts';
import { DrawerHead } from '../../../components/DrawerHead.tsx';
import { DrawerContent } from '../../../components/drawer.tsx';
import pane from '../../../components/drawerPane.module.css';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EvidenceLine, EvidenceList } from '../../../components/EvidenceLine.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { useJob } from '../../../jobs/useJob.ts';
import { useSentence, useWords } from '../../../locales/language.ts';
import { useAction } from '../../../rpc/hooks.ts';
import styles from './config.module.css';

export type Applied = Extract<KesConfigOutcome, { applied: true }>;

interface PlanProps {
  stack: StackSummary;
  view: StudioView;
  config: KesConfig;
  plan: ConfigPlan;
  /** The plan is not of what is in the form now. */
  waiting: boolean;
  onClose(): void;
  /** The server has it. */
  onDone(done: Applied): void;
}

/** What will be done with the configuration, and what the other side said afterwards. */
export function ConfigPlanDrawer({ stack, view, config, plan, waiting, onClose, onDone }: PlanProps) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const input = { stackId: stack.id, draft: view.draft, config };
  const apply = useAction('kes.applyConfig');
  const layOut = useAction('kes.handOverConfig');
  const check = useAction('kes.checkConfig');
  const [jobId, setJobId] = useState<string | undefined>(undefined);
  const [path, setPath] = useState<string | undefined>(undefined);
  const [answers, setAnswers] = useState<readonly Evidence[]>([]);
  const job = useJob(jobId);
  const outcome = job?.state === 'succeeded' ? kesConfigOutcome.safeParse(job.result).data : undefined;
  const missing = plan.secrets.filter(({ held }) => !held);
  const stopped = plan.refused !== undefined || waiting || job?.state === 'running';

  const fresh = outcome?.applied && outcome.how !== 'nothing' ? outcome : undefined;
  const doneJob = fresh === undefined ? undefined : jobId;
  // Told once for each job, whatever is drawn anew meanwhile.
  const newest = useRef({ fresh, onDone });
  newest.current = { fresh, onDone };
  useEffect(() => {
    const { fresh: applied, onDone: tell } = newest.current;
    if (doneJob !== undefined && applied) tell(applied);
  }, [doneJob]);

  const foot =
    plan.how === 'handOver' ? (
      <>
        <EngineButton
          variant="filled"
          loading={layOut.pending}
          disabled={stopped}
          onClick={() => void layOut.run(input).then((laid) => laid && setPath(laid.path))}
        >
          {t('kesConfig.do.layOut')}
        </EngineButton>
        <EngineButton
          loading={check.pending}
          disabled={stopped}
          onClick={() => void check.run(input).then((found) => found && setAnswers(found.evidence))}
        >
          {t('kesConfig.do.check')}
        </EngineButton>
      </>
    ) : (
      <>
        <ChangeButton
          variant="filled"
          loading={apply.pending || job?.state === 'running'}
          disabled={stopped || missing.length > 0}
          onClick={() => void apply.run(input).then((started) => started && setJobId(started.jobId))}
        >
          {t(`kesConfig.do.${plan.how}`)}
        </ChangeButton>
        <Button variant="subtle" onClick={onClose}>
          {t('kesConfig.do.leave')}
        </Button>
      </>
    );

  return (
    <DrawerContent autoOpen="always" onLeave={onClose} foot={foot}>
      <section className={pane.pane} aria-labelledby="kes-config-plan">
        <DrawerHead id="kes-config-plan" title={t('kesConfig.do.title')} close={t('kesConfig.do.close')} onClose={onClose} />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
        <div className={`${pane.body} ${styles.plan}`} tabIndex={0}>
          {[apply.error, layOut.error, check.error].map((error) => (error ? <ErrorNotice key={error.code} error={error} /> : null))}
          {job?.state === 'failed' && job.error ? <ErrorNotice error={job.error} /> : null}
          {outcome?.applied === false ? (
            <>
              <ErrorNotice error={outcome.error} />
              <EvidenceLine mark="ok">{t('kesConfig.do.back')}</EvidenceLine>
            </>
          ) : null}
          {outcome?.applied && fresh === undefined ? <EvidenceLine mark="ok">{t(`kesConfig.done.${outcome.how}`)}</EvidenceLine> : null}
          {path === undefined ? null : <EvidenceLine mark="ok">{t('kesConfig.done.laidOut', { path })}</EvidenceLine>}
          {job?.state === 'running' && job.note ? <EvidenceLine mark="absent">{sentence(job.note)}</EvidenceLine> : null}
          <h3>{t('kesConfig.do.changes')}</h3>
          {plan.changes.map((change) => (
            <EvidenceLine key={change.code} mark="info">
              {sentence(change)}
            </EvidenceLine>
          ))}
          {plan.warnings.map((warning) => (
            <EvidenceLine key={`${warning.code}${JSON.stringify(warning.params ?? {})}`} mark="warn">
              {sentence(warning)}
            </EvidenceLine>
          ))}
          {missing.map(({ name }) => (
            <EvidenceLine key={name} mark={plan.how === 'handOver' ? 'info' : 'fail'}>
              {t(plan.how === 'handOver' ? 'kesConfig.do.variable' : 'kesConfig.do.missing', { name })}
            </EvidenceLine>
          ))}
          {(outcome?.evidence.length ?? 0) + answers.length > 0 ? (
            <>
              <h3>{t('kesConfig.do.answers')}</h3>
              <EvidenceList evidence={[...(outcome?.evidence ?? []), ...answers]} />
            </>
          ) : null}
          {plan.commands.length > 0 ? (
            <>
              <h3>{t('kesConfig.do.commands')}</h3>
              <CommandBlock commands={plan.commands} />
            </>
          ) : null}
        </div>
      </section>
    </DrawerContent>
  );
}
