import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { evidence } from '../../../shared/setup.ts';
import { useAgo } from '../../components/Age.tsx';
import type { StackSummary } from '../../components/currentStack.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EvidenceList } from '../../components/EvidenceLine.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { ChangeButton } from '../../components/readOnly/ChangeButton.tsx';
import { useJobs } from '../../jobs/useJob.ts';
import { useWords } from '../../locales/language.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import type { VariablesRead } from './ReadForm.tsx';
import styles from './variables.module.css';

interface StaticKeyProps {
  stack: StackSummary | undefined;
  /** The place that was read, when a static key stands in it. */
  held: { source: string; place: number } | undefined;
  onMade(read: VariablesRead): void;
}

/** The static key mode: made, and on its way into KES with what it opened read before and after. */
export function StaticKey({ stack, held, onMade }: StaticKeyProps) {
  const { t } = useWords();
  const [name, setName] = useState('minio-test');
  const make = useAction('minio.makeStaticKey');
  return (
    <section className={styles.key} aria-label={t('minioVariables.key.title')}>
      <h2>{t('minioVariables.key.title')}</h2>
      <p>{t('minioVariables.key.words')}</p>
      {stack ? <Move stack={stack} held={held} /> : null}
      {held ? null : (
        <form
          className={styles.choices}
          onSubmit={(event) => {
            event.preventDefault();
            void make.run({ name }).then((read) => read && onMade(read));
          }}
        >
          <TextInput label={t('minioVariables.key.name')} value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <EngineButton type="submit" loading={make.pending} disabled={name === ''}>
            {t('minioVariables.key.make')}
          </EngineButton>
        </form>
      )}
      {make.error ? <ErrorNotice error={make.error} /> : null}
    </section>
  );
}

function Move({ stack, held }: { stack: StackSummary; held: StaticKeyProps['held'] }) {
  const { t } = useWords();
  const move = useCall('minio.staticKeyMove', { stackId: stack.id }).data?.move;
  const start = useAction('minio.importStaticKey');
  const prove = useAction('minio.proveStaticKey');
  const jobs = useJobs().filter(
    ({ stackId, title }) => stackId === stack.id && (title.code === 'staticKeyImportJob' || title.code === 'staticKeyProveJob'),
  );
  const [job] = jobs;
  const running = job?.state === 'running';
  const failed = start.error ?? prove.error ?? (job?.state === 'failed' ? job.error : undefined);
  const told = evidence.array().safeParse((job?.result as { evidence?: unknown } | undefined)?.evidence);
  const at = useAgo(move?.at);
  const provenAt = useAgo(move?.provenAt);
  return (
    <div className={styles.words}>
      {move ? <p>{t('minioVariables.key.moved', { key: move.key, time: at, count: move.samples })}</p> : null}
      {move && !move.provenAt ? (
        <p>
          {t('minioVariables.key.next', { key: move.key })} <Link href="/setup/minio">{t('minioVariables.key.setup')}</Link>
        </p>
      ) : null}
      {move?.provenAt ? <p>{t('minioVariables.key.proven', { time: provenAt })}</p> : null}
      {told.success ? <EvidenceList evidence={told.data} /> : null}
      {failed ? <ErrorNotice error={failed} /> : null}
      <div className={styles.actions}>
        {held ? (
          <ChangeButton loading={start.pending || running} onClick={() => void start.run({ stackId: stack.id, ...held })}>
            {t('minioVariables.key.move')}
          </ChangeButton>
        ) : null}
        {move ? (
          <EngineButton loading={prove.pending || running} onClick={() => void prove.run({ stackId: stack.id })}>
            {t('minioVariables.key.prove')}
          </EngineButton>
        ) : null}
      </div>
      {held && !move ? <p className={styles.note}>{t('minioVariables.key.moveWhy')}</p> : null}
    </div>
  );
}
