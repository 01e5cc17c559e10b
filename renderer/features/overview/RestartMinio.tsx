import { Button, Modal, Radio } from '@mantine/core';
import { IconRotateClockwise } from '@tabler/icons-react';
import { useState } from 'react';
import { z } from 'zod';
import { clusterName, firstCluster } from '../../../shared/projected.ts';
import { evidence } from '../../../shared/setup.ts';
import { Age } from '../../components/Age.tsx';
import { CommandBlock } from '../../components/CommandBlock.tsx';
import { useStackDocument } from '../../components/cluster.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EvidenceList } from '../../components/EvidenceLine.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { formatNumber } from '../../components/format.ts';
import { localTime } from '../../components/localTime.ts';
import { ChangeButton } from '../../components/readOnly/ChangeButton.tsx';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useJob, useJobs } from '../../jobs/useJob.ts';
import { useLanguage, useSentence, useWords } from '../../locales/language.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import { RunningLine } from '../../wizard/RunningLine.tsx';
import { restartTimer } from './overviewCommands.ts';
import styles from './restart.module.css';

const result = z.object({ downMs: z.number(), evidence: z.array(evidence) });
const anHour = 3_600_000;

interface RestartProps {
  stackId: string;
  /** The MinIO cluster. Absent: the first. */
  cluster?: string;
  onClose(): void;
}

/** Restarts MinIO through its admin API: what it says of KES first, then now or at a chosen time, then how long it was away. */
export function RestartMinio({ stackId, cluster = firstCluster, onClose }: RestartProps) {
  const { t } = useWords();
  return (
    <Modal.Root opened onClose={onClose} returnFocus>
      <Modal.Overlay />
      <Modal.Content aria-label={t('overview.restart.title')}>
        <Modal.Body>
          <Body stackId={stackId} cluster={cluster} onClose={onClose} />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function Body({ stackId, cluster, onClose }: Required<RestartProps>) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const language = useLanguage();
  const document = useStackDocument(stackId, cluster);
  const several = (useCall('stacks.get', { id: stackId }).data?.minioClusters.length ?? 0) > 1;
  const facts = useCall('minio.restartPlan', { stackId, cluster }, { every: (last) => (last?.safe ? 30_000 : 4_000) });
  const start = useAction('minio.restart');
  const [at, setAt] = useState<string | undefined>(undefined);
  const [followed, setFollowed] = useState<string | undefined>(undefined);
  const found = useJobs().find(
    (job) =>
      job.stackId === stackId &&
      job.state === 'running' &&
      job.title.params?.name === (document && clusterName(document.name, cluster)) &&
      (job.title.code === 'minioRestartJob' || job.title.code === 'minioRestartJobAt'),
  );
  const job = useJob(followed ?? found?.id);
  const ended = job?.state === 'succeeded' ? result.safeParse(job.result) : undefined;
  const running = job?.state === 'running' || start.pending;
  const error = job?.state === 'failed' ? job.error : start.error;
  const plan = facts.data;
  const timer = document && at !== undefined ? restartTimer(document, at) : [];

  if (ended?.success) {
    return (
      <div className={styles.body}>
        <h2 className={styles.title}>
          <StateIcon mark="ok" size={18} silent />
          {t('overview.restart.done', { ms: formatNumber(ended.data.downMs, language) })}
        </h2>
        <p className={styles.words}>{t('overview.restart.measured')}</p>
        <div className={styles.facts}>
          <EvidenceList evidence={ended.data.evidence} />
        </div>
        <div className={styles.foot}>
          <Button variant="filled" onClick={onClose} data-autofocus>
            {t('overview.restart.close')}
          </Button>
        </div>
      </div>
    );
  }

  async function restart(): Promise<void> {
    const started = await start.run({ stackId, cluster, ...(at === undefined ? {} : { at }) });
    if (started) setFollowed(started.jobId);
  }

  return (
    <form
      className={styles.body}
      onSubmit={(event) => {
        event.preventDefault();
        if (plan?.safe && !running) void restart();
      }}
    >
      <h2 className={styles.title}>
        <IconRotateClockwise size={18} stroke={1.5} aria-hidden />
        {t('overview.restart.title')}
        {several ? ` (${cluster})` : ''}
      </h2>
      <p className={styles.words}>
        <strong>{t('overview.restart.interrupts')}</strong> {t('overview.restart.explain', { count: plan?.nodes ?? 1 })}
      </p>
      {plan?.evidence.length === 0 ? null : (
        <section className={styles.facts} aria-label={t('overview.restart.facts')} aria-busy={facts.isPending}>
          {facts.isPending ? <p className={styles.words}>{t('overview.restart.asking')}</p> : null}
          {plan?.evidence.map(({ text, outcome, answer }) => (
            <div key={`${text.code} ${JSON.stringify(text.params ?? {})}`} className={styles.fact}>
              <StateIcon mark={outcome === 'ok' && !plan.safe ? 'info' : outcome} silent />
              <span title={answer}>{sentence(text)}</span>
              <Age at={new Date(facts.dataUpdatedAt).toISOString()} />
            </div>
          ))}
        </section>
      )}
      {facts.error ? <ErrorNotice error={facts.error} /> : null}
      {plan && !plan.safe ? (
        <ErrorNotice
          error={plan.error ?? { code: 'minioKesDown' }}
          action={
            <EngineButton size="xs" loading={facts.isFetching} onClick={() => void facts.refetch()}>
              {t('overview.restart.askAgain')}
            </EngineButton>
          }
        />
      ) : null}
      {plan?.safe && !running ? (
        <Radio.Group
          label={t('overview.restart.when')}
          value={at === undefined ? 'now' : 'at'}
          onChange={(value) => setAt(value === 'now' ? undefined : new Date(Date.now() + anHour).toISOString())}
        >
          <div className={styles.when}>
            <Radio value="now" label={t('overview.restart.now')} />
            <Radio value="at" label={t('overview.restart.at')} />
            {at === undefined ? null : (
              <input
                type="datetime-local"
                className={styles.time}
                aria-label={t('overview.restart.time')}
                value={localTime(at)}
                onChange={(event) => {
                  const time = new Date(event.currentTarget.value);
                  if (!Number.isNaN(time.getTime())) setAt(time.toISOString());
                }}
              />
            )}
          </div>
        </Radio.Group>
      ) : null}
      {plan?.safe && !running && at !== undefined && timer.length > 0 ? (
        <details className={styles.timer}>
          <summary>{t('overview.restart.timer')}</summary>
          <CommandBlock commands={timer} />
        </details>
      ) : null}
      {error && !running ? <ErrorNotice error={error} /> : null}
      <div className={styles.foot}>
        {running ? (
          <>
            <RunningLine job={job} />
            <Button onClick={onClose}>{t('overview.restart.hide')}</Button>
          </>
        ) : (
          <>
            <Button onClick={onClose} data-autofocus>
              {t('overview.restart.keep')}
            </Button>
            <ChangeButton type="submit" variant="filled" color="red" disabled={!plan?.safe}>
              {t(at === undefined ? 'overview.restart.doIt' : 'overview.restart.doItLater')}
            </ChangeButton>
          </>
        )}
      </div>
    </form>
  );
}
