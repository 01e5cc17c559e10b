import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import type { PlayRun } from '../../../../shared/kesKeys.ts';
import { CopyValue } from '../../../components/CopyValue.tsx';
import type { StackSummary } from '../../../components/currentStack.ts';
import { DrawerContent } from '../../../components/drawer.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EvidenceList } from '../../../components/EvidenceLine.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { Fact } from '../../../components/Fact.tsx';
import facts from '../../../components/objectFacts.module.css';
import { PageHeader } from '../../../components/PageHeader.tsx';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useJob } from '../../../jobs/useJob.ts';
import { useSentence, useWords } from '../../../locales/language.ts';
import type { Output } from '../../../rpc/client.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import styles from './sandbox.module.css';

/** A try with an identity that everybody has: framed in red as long as the page is shown, with a key and a bucket of its own. */
export function SandboxPage({ stack }: { stack: StackSummary }) {
  const { t } = useWords();
  const state = useCall(
    'kes.playState',
    { stackId: stack.id },
    { every: (last) => (last?.runs.some((run) => run.state === 'running') ? 1000 : 60_000) },
  );
  return (
    <div className={styles.frame}>
      <p className={styles.banner}>
        <StateIcon mark="fail" silent own />
        {t('kesKeys.sandbox.banner')}
      </p>
      <PageHeader above={<Link href="/kes">{t('kesKeys.sandbox.back')}</Link>} question={t('kesKeys.sandbox.question')} />
      <div className={styles.body}>
        {state.error ? <ErrorNotice error={state.error} /> : null}
        {state.data ? <Known stackId={stack.id} state={state.data} /> : null}
      </div>
    </div>
  );
}

function Known({ stackId, state }: { stackId: string; state: Output<'kes.playState'> }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const queries = useQueryClient();
  const start = useAction('kes.playStart');
  const clean = useAction('kes.playClean');
  const [jobId, setJobId] = useState<string | undefined>(undefined);
  const job = useJob(jobId);
  const [run] = state.runs;
  const working = job?.state === 'running';
  const unreachable = job?.error?.code === 'kesPlayUnreachable';
  const ended = useRef<string>(undefined);
  useEffect(() => {
    if (!job || job.state === 'running' || ended.current === job.id) return;
    ended.current = job.id;
    void queries.invalidateQueries({ queryKey: ['kes.playState'] });
  }, [job, queries]);

  async function begin(where: PlayRun['where']): Promise<void> {
    const started = await start.run({ stackId, where });
    if (!started) return;
    setJobId(started.jobId);
    await queries.invalidateQueries({ queryKey: ['kes.playState'] });
  }
  async function remove(id: string): Promise<void> {
    const started = await clean.run({ stackId, id });
    if (started) setJobId(started.jobId);
  }

  const cleaned = job?.state === 'succeeded' && job.title.code === 'kesJobPlayClean';
  const error = job?.error ?? start.error?.frame ?? clean.error?.frame;
  return (
    <>
      <ul className={styles.says}>
        {state.says.map(({ level, text }) => (
          <li key={text.code}>
            <StateIcon mark={level} silent own />
            <span>{sentence(text)}</span>
          </li>
        ))}
      </ul>
      <dl className={facts.facts}>
        <Fact label={t('kesKeys.sandbox.server')}>
          <span className="sd-mono">{state.url.replace('https://', '')}</span>
        </Fact>
        <Fact label={t('kesKeys.sandbox.identity')}>
          <CopyValue value={state.identity} longest={24} />
        </Fact>
      </dl>
      {error ? <ErrorNotice error={error} /> : null}
      {cleaned ? (
        <p className="sd-note" data-mark="ok" role="status">
          <StateIcon mark="ok" silent />
          {t('kesKeys.sandbox.cleaned')}
        </p>
      ) : null}
      {run ? <Run run={run} /> : null}
      <div className={styles.buttons}>
        {run ? (
          <EngineButton
            variant="filled"
            color="red"
            disabled={run.state === 'running'}
            loading={clean.pending || (working && run.state !== 'running')}
            onClick={() => void remove(run.id)}
          >
            {t('kesKeys.sandbox.clean')}
          </EngineButton>
        ) : (
          <>
            <EngineButton
              {...(unreachable || state.noLocal ? {} : { variant: 'filled' })}
              off={state.noLocal ? sentence(state.noLocal) : undefined}
              loading={start.pending || working}
              onClick={() => void begin('public')}
            >
              {t('kesKeys.sandbox.tryPublic')}
            </EngineButton>
            <EngineButton
              {...(unreachable ? { variant: 'filled' } : {})}
              off={state.noLocal ? sentence(state.noLocal) : undefined}
              loading={start.pending || working}
              onClick={() => void begin('here')}
            >
              {t('kesKeys.sandbox.tryHere')}
            </EngineButton>
          </>
        )}
      </div>
      {run ? <EvidenceList evidence={run.evidence} /> : null}
      <DrawerContent
        commands={[
          { line: `export KES_SERVER=${run?.endpoint ?? state.url}` },
          { line: 'export KES_API_KEY=$KES_PUBLIC_API_KEY' },
          { line: `kes key create ${run?.key ?? 'sealdeck-try-…'}` },
          { line: `export MINIO_KMS_KES_ENDPOINT=${run?.endpoint ?? state.url}` },
          { line: `export MINIO_KMS_KES_KEY_NAME=${run?.key ?? 'sealdeck-try-…'}` },
          { line: `kes key rm ${run?.key ?? 'sealdeck-try-…'}` },
        ]}
        evidence={run?.evidence ?? []}
      />
    </>
  );
}

function Run({ run }: { run: PlayRun }) {
  const { t } = useWords();
  return (
    <section aria-label={t('kesKeys.sandbox.run')}>
      <h2>{t(`kesKeys.sandbox.state.${run.state}`)}</h2>
      <dl className={facts.facts}>
        <Fact label={t('kesKeys.sandbox.where')}>{t(`kesKeys.sandbox.at.${run.where}`)}</Fact>
        <Fact label={t('kesKeys.sandbox.key')}>
          <CopyValue value={run.key} />
        </Fact>
        <Fact label={t('kesKeys.sandbox.bucket')}>
          <CopyValue value={`${run.bucket}/${run.object}`} longest={44} />
        </Fact>
      </dl>
    </section>
  );
}
