import { Button } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useLocation } from 'wouter';
import type { ClusterRecord } from '../../../shared/clusters.ts';
import { useAgo } from '../../components/Age.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatWhen } from '../../components/format.ts';
import { ChangeButton } from '../../components/readOnly/ChangeButton.tsx';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useLanguage, useSentence, useWords } from '../../locales/language.ts';
import { useAction } from '../../rpc/hooks.ts';
import styles from './clusters.module.css';

// Asked for rarely: not part of the picture.
const DangerDialog = lazy(async () => ({ default: (await import('../../components/DangerDialog.tsx')).DangerDialog }));

/** An addition that a kill, a fault or a person stopped: it goes on where it stood, or is given up. */
export function Unfinished({ stackId, record }: { stackId: string; record: ClusterRecord }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const [, navigate] = useLocation();
  const ago = useAgo(record.startedAt);
  const step = sentence({ code: `clusters.step.${record.step}` });
  return (
    <div className={`sd-note ${styles.unfinished}`} data-mark="warn" role="status">
      <StateIcon mark="warn" size={16} />
      <div>
        <p className={styles.title}>{t('clusters.unfinished.title', { name: record.input.id })}</p>
        <p>{t('clusters.unfinished.text', { step, ago })}</p>
      </div>
      <GiveUp stackId={stackId} record={record} />
      <Button size="xs" variant="filled" onClick={() => navigate('/clusters/add')}>
        {t('clusters.unfinished.goOn')}
      </Button>
    </div>
  );
}

/** Gives an addition up, behind what ends by it and what stays. */
export function GiveUp({ stackId, record, onGiven }: { stackId: string; record: ClusterRecord; onGiven?(): void }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const language = useLanguage();
  const forget = useAction('clusters.forget');
  const [asking, setAsking] = useState(false);
  const { id, prefix, role } = record.input;

  async function giveUp(): Promise<void> {
    const done = await forget.run({ stackId, cluster: id });
    if (done === undefined) return;
    setAsking(false);
    onGiven?.();
  }

  return (
    <>
      <ChangeButton size="xs" onClick={() => setAsking(true)}>
        {t('clusters.unfinished.forget')}
      </ChangeButton>
      {asking ? (
        <Suspense>
          <DangerDialog
            opened
            title={t('clusters.unfinished.forgetTitle', { name: id })}
            explanation={t('clusters.unfinished.explain')}
            facts={[
              {
                label: t('clusters.unfinished.step'),
                value: `${sentence({ code: `clusters.step.${record.step}` })}, ${formatWhen(record.startedAt, language)}`,
              },
              { label: t('clusters.unfinished.place'), value: `${prefix}, ${role}` },
              { label: t('clusters.unfinished.stays'), value: t('clusters.unfinished.staysWhat') },
            ]}
            keep={t('clusters.unfinished.keep')}
            doIt={t('clusters.unfinished.doIt')}
            pending={forget.pending}
            error={forget.error ? <ErrorNotice error={forget.error} /> : null}
            onClose={() => setAsking(false)}
            onConfirm={() => void giveUp()}
          />
        </Suspense>
      ) : null}
    </>
  );
}
