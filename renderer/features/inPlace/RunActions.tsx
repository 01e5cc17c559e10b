import { Button, NumberInput } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import type { InPlace } from '../../../shared/inPlace.ts';
import { DangerDialog } from '../../components/DangerDialog.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { formatBytes, formatNumber } from '../../components/format.ts';
import { ChangeButton } from '../../components/readOnly/ChangeButton.tsx';
import { useSentence, useWords } from '../../locales/language.ts';
import { useAction } from '../../rpc/hooks.ts';
import styles from './inPlace.module.css';
import { addressFor, auditAddress, ruleAddress } from './place.ts';
import { leftIn } from './words.ts';

/** What can be done with the run in its state. */
export function RunActions({ run, stackName, bare }: { run: InPlace; stackName: string; bare: readonly string[] }) {
  const { t } = useWords();
  const of = { stackId: run.stackId, id: run.id };
  const pause = useAction('inPlace.pause');
  const resume = useAction('inPlace.resume');
  const cancel = useAction('inPlace.cancel');
  const refusal = <Refusal error={pause.error ?? resume.error ?? cancel.error} />;
  // Without its facts nothing is agreed to.
  if (run.state === 'planned') return run.total === 0 || run.plan === undefined ? null : <Start run={run} stackName={stackName} />;
  const stop = (
    <EngineButton loading={cancel.pending} onClick={() => void cancel.run(of)}>
      {t('inPlace.live.cancel')}
    </EngineButton>
  );
  if (run.state === 'planning') {
    return (
      <>
        {stop}
        {refusal}
      </>
    );
  }
  if (run.state === 'running') {
    return (
      <>
        <EngineButton
          leftSection={<IconPlayerPause size={14} stroke={1.75} aria-hidden />}
          loading={pause.pending}
          onClick={() => void pause.run(of)}
        >
          {t('inPlace.live.pause')}
        </EngineButton>
        {stop}
        {refusal}
      </>
    );
  }
  if (run.state === 'ended') {
    const again = leftIn(run) > 0 ? addressFor(run.scope) : undefined;
    return (
      <>
        {again === undefined ? null : (
          <Button component="a" href={again}>
            {t('inPlace.live.again')}
          </Button>
        )}
        <Button component="a" href={auditAddress(run)}>
          {t('inPlace.live.audit')}
        </Button>
        {bare.length === 0 ? null : (
          <Button component="a" variant="filled" href={ruleAddress(bare)}>
            {t('inPlace.noRule.set', { count: bare.length })}
          </Button>
        )}
      </>
    );
  }
  return (
    <>
      <ChangeButton
        variant="filled"
        leftSection={<IconPlayerPlay size={14} stroke={1.75} aria-hidden />}
        loading={resume.pending}
        onClick={() => void resume.run(of)}
      >
        {t('inPlace.live.resume')}
      </ChangeButton>
      {run.state === 'paused' ? stop : null}
      {refusal}
    </>
  );
}

function Refusal({ error }: { error: ReturnType<typeof useAction>['error'] }) {
  const { explain } = useSentence();
  return error ? (
    <span role="alert" className={styles.refusal}>
      {explain(error).title}
    </span>
  ) : null;
}

/** The pace and the button; rewriting history asks first, because versions are deleted. */
function Start({ run, stackName }: { run: InPlace; stackName: string }) {
  const { t, language } = useWords();
  const start = useAction('inPlace.start');
  const [asking, setAsking] = useState(false);
  const [perSecond, setPerSecond] = useState<number | string>('');
  const rate = Number(perSecond);
  const buckets = run.plan?.buckets ?? [];
  const name = (buckets.length === 1 ? buckets[0]?.bucket : undefined) ?? stackName;
  const locked = buckets.reduce((sum, one) => sum + one.locked.versions, 0);

  async function begin(typed?: string): Promise<void> {
    const begun = await start.run({
      ...{ stackId: run.stackId, id: run.id },
      ...(rate > 0 ? { atMostPerSecond: rate } : {}),
      ...(typed === undefined ? {} : { typed }),
    });
    if (begun) setAsking(false);
  }

  return (
    <>
      <NumberInput
        aria-label={t('inPlace.start.pace')}
        placeholder={t('inPlace.start.noLimit')}
        title={t('inPlace.start.paceWhy')}
        className={styles.pace ?? ''}
        value={perSecond}
        onChange={setPerSecond}
        min={1}
        max={100_000}
        suffix="/s"
        hideControls
      />
      <ChangeButton variant="filled" loading={start.pending} onClick={() => (run.mode === 'history' ? setAsking(true) : void begin())}>
        {t(run.mode === 'history' ? 'inPlace.start.history' : 'inPlace.start.go', {
          count: run.total,
          number: formatNumber(run.total, language),
        })}
      </ChangeButton>
      {asking ? null : <Refusal error={start.error} />}
      {asking ? (
        <DangerDialog
          opened
          title={t('inPlace.danger.title', { name })}
          warning={t('inPlace.danger.warning')}
          explanation={t('inPlace.danger.explanation')}
          facts={[
            {
              label: t('inPlace.fact.versions'),
              value: `${formatNumber(run.total, language)} · ${formatBytes(run.totalBytes, language)}`,
              loud: true,
            },
            { label: t('inPlace.buckets.locked'), value: formatNumber(locked, language) },
            { label: t('inPlace.danger.changes'), value: t('inPlace.danger.changesValue') },
          ]}
          name={name}
          keep={t('inPlace.danger.keep')}
          doIt={t('inPlace.danger.doIt')}
          pending={start.pending}
          error={start.error ? <ErrorNotice error={start.error} /> : null}
          onClose={() => setAsking(false)}
          onConfirm={() => void begin(name)}
        />
      ) : null}
    </>
  );
}
