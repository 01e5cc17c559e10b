import { Button } from '@mantine/core';
import { Link, useLocation } from 'wouter';
import type { Stack } from '../../../shared/stacks.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EvidenceList } from '../../components/EvidenceLine.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { ChangeButton } from '../../components/readOnly/ChangeButton.tsx';
import { useWords } from '../../locales/language.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import { PlanChanges, PlanWarnings } from '../../wizard/PlanView.tsx';
import { RunningLine } from '../../wizard/RunningLine.tsx';
import { useAloneJob } from '../../wizard/useAloneJob.ts';
import { useLivePlan } from '../../wizard/useLivePlan.ts';
import { WizardFrame } from '../../wizard/WizardFrame.tsx';
import frame from '../../wizard/wizard.module.css';
import { GiveShare } from './GiveShare.tsx';
import { NodeTable } from './NodeTable.tsx';
import styles from './vault.module.css';
import { vaultCommands, vaultEvidence } from './vaultCommands.ts';
import { judge } from './verdict.ts';

/** Shares, one at a time or those that Sealdeck keeps, until every node is open. A Vault that was never initialised is only told of. */
export function UnsealWizard({ stack }: { stack: Stack }) {
  const { t } = useWords();
  const [, navigate] = useLocation();
  const input = { stackId: stack.id };
  const asked = useCall('vault.status', input, { every: 4_000 });
  const live = useLivePlan({ stackId: stack.id, step: 'unseal', alone: true }, undefined);
  const { job, evidence, start, run, again } = useAloneJob(stack.id, 'unseal');
  const reset = useAction('vault.resetUnseal');
  const status = asked.data;
  const custody = useCall('vault.custody', input).data;
  const verdict = status ? judge(status.nodes) : undefined;
  const sealed = status?.nodes.filter(({ state }) => state === 'sealed') ?? [];
  const first = sealed[0];
  const enoughKept = first !== undefined && (status?.keptShares ?? 0) >= (first.threshold ?? Number.POSITIVE_INFINITY);
  const running = job?.state === 'running' || start.pending;
  const error = (job?.state === 'failed' ? job.error : start.error) ?? reset.error ?? (status ? undefined : asked.error) ?? undefined;
  const open = verdict?.kind === 'open';

  const foot = running ? (
    <RunningLine job={job} />
  ) : open ? (
    <>
      <ChangeButton onClick={() => void run({})}>{t('wizard.unseal.prove')}</ChangeButton>
      <Button variant="filled" onClick={() => navigate('/')}>
        {t('wizard.done')}
      </Button>
    </>
  ) : enoughKept ? (
    <ChangeButton variant="filled" onClick={() => void run({})}>
      {t('vault.useKept')}
    </ChangeButton>
  ) : verdict?.kind === 'uninitialised' ? (
    <Button variant="filled" component={Link} href="/setup/unseal">
      {t('vault.initialise')}
    </Button>
  ) : null;

  return (
    <WizardFrame
      question={t(`vault.question.${verdict?.kind ?? 'open'}`)}
      answer={verdict ? { mark: verdict.mark, text: t(`vault.answer.${verdict.says}`, verdict.values) } : undefined}
      foot={foot}
      phase={open ? 'open' : 'sealed'}
    >
      {error ? <ErrorNotice error={error} /> : null}
      {status ? (
        <div className={frame.edge}>
          <NodeTable
            nodes={status.nodes}
            holders={(custody?.custodians ?? []).filter(({ file }) => file !== undefined)}
            resetting={reset.pending}
            onReset={(node) => void reset.run({ ...input, node })}
          />
        </div>
      ) : null}
      {status && first ? (
        <div className={styles.giveHere}>
          <GiveShare key={stack.id} stackId={stack.id} nodes={status.nodes} filled={!enoughKept} />
        </div>
      ) : null}
      {open && status ? (
        <section className={frame.evidence}>
          <h2>{t('wizard.evidence')}</h2>
          <EvidenceList evidence={evidence ?? vaultEvidence(status.nodes)} />
        </section>
      ) : live.plan && verdict?.kind !== 'uninitialised' ? (
        <>
          <PlanChanges changes={live.plan.changes} />
          <div className={frame.warnings}>
            <PlanWarnings warnings={live.plan.warnings} />
          </div>
        </>
      ) : null}
      {job?.state === 'cancelled' ? (
        <p className={frame.next}>
          <EngineButton size="xs" onClick={again}>
            {t('wizard.again')}
          </EngineButton>
        </p>
      ) : null}
      <DrawerContent commands={vaultCommands(stack, first)} evidence={open || !status ? undefined : vaultEvidence(status.nodes)} autoOpen />
    </WizardFrame>
  );
}
