import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { type BoardPlan, boardDone } from '../../../../shared/certificateBoard.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { CommandBlock } from '../../../components/CommandBlock.tsx';
import { DrawerHead } from '../../../components/DrawerHead.tsx';
import { DrawerContent } from '../../../components/drawer.tsx';
import pane from '../../../components/drawerPane.module.css';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EvidenceLine, EvidenceList } from '../../../components/EvidenceLine.tsx';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { useJob } from '../../../jobs/useJob.ts';
import { useSentence, useWords } from '../../../locales/language.ts';
import styles from './board.module.css';
import { Change } from './Change.tsx';

interface PlanPaneProps {
  title: string;
  doIt: string;
  plan: BoardPlan | undefined;
  error: AppError | undefined;
  /** What is chosen before the plan. */
  children?: ReactNode;
  /** Whether everything that the work needs is there. */
  ready?: boolean;
  start(): Promise<{ jobId: string } | undefined>;
  starting: boolean;
  startError: AppError | undefined;
  onClose(): void;
}

/** A plan, the one button that carries it out, and what the other side said afterwards. */
export function PlanPane({ title, doIt, plan, error, children, ready = true, start, starting, startError, onClose }: PlanPaneProps) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const [jobId, setJobId] = useState<string>();
  const job = useJob(jobId);
  const done = job?.state === 'succeeded' ? boardDone.safeParse(job.result) : undefined;
  const running = starting || job?.state === 'running';
  const blocked = plan?.blocked ? AppError.of(plan.blocked) : undefined;
  return (
    <DrawerContent
      autoOpen="always"
      wide
      onLeave={onClose}
      foot={
        done?.success ? (
          <Button onClick={onClose}>{t('certificateBoard.plan.close')}</Button>
        ) : (
          <>
            <ChangeButton
              variant="filled"
              disabled={!plan || blocked !== undefined || !ready}
              loading={running}
              onClick={() => void start().then((started) => setJobId(started?.jobId))}
            >
              {doIt}
            </ChangeButton>
            <Button variant="subtle" onClick={onClose}>
              {t('certificateBoard.plan.discard')}
            </Button>
          </>
        )
      }
    >
      <section className={pane.pane} aria-labelledby="certificate-plan">
        <DrawerHead id="certificate-plan" title={title} close={t('certificateBoard.plan.close')} onClose={onClose} />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
        <div className={`${pane.body} ${styles.details}`} tabIndex={0}>
          {error ? <ErrorNotice error={error} /> : null}
          {startError ? <ErrorNotice error={startError} /> : null}
          {blocked ? <ErrorNotice error={blocked} /> : null}
          {job?.state === 'failed' && job.error ? <ErrorNotice error={AppError.of(job.error)} /> : null}
          {running && job?.note ? <p className={styles.quiet}>{sentence(job.note)}</p> : null}
          {done?.success ? (
            <>
              <h3>{t('certificateBoard.plan.done')}</h3>
              <EvidenceList evidence={done.data.evidence} />
            </>
          ) : (
            <>
              {children}
              {plan && !blocked ? <PlanText plan={plan} /> : null}
            </>
          )}
        </div>
      </section>
    </DrawerContent>
  );
}

function PlanText({ plan }: { plan: BoardPlan }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  return (
    <>
      <h3>{t('certificateBoard.plan.changes')}</h3>
      <ol className={styles.steps}>
        {plan.changes.map((text) => (
          <li key={`${text.code} ${JSON.stringify(text.params ?? {})}`}>{sentence(text)}</li>
        ))}
      </ol>
      {plan.before && plan.after ? <Change before={plan.before} after={plan.after} /> : null}
      {plan.warnings.length > 0 ? <h3>{t('certificateBoard.plan.warnings')}</h3> : null}
      {plan.warnings.map((text) => (
        <EvidenceLine key={text.code} mark="warn">
          {sentence(text)}
        </EvidenceLine>
      ))}
      {plan.files.length > 0 ? <h3>{t('certificateBoard.plan.files')}</h3> : null}
      <ul className={styles.files}>
        {plan.files.map(({ path, mode, why }) => (
          <li key={path}>
            <span className="sd-mono">
              {path} {mode}
            </span>
            <span className={styles.where}>{sentence(why)}</span>
          </li>
        ))}
      </ul>
      {plan.commands.length > 0 ? (
        <>
          <h3>{t('certificateBoard.plan.commands')}</h3>
          <CommandBlock commands={plan.commands} />
        </>
      ) : null}
    </>
  );
}
