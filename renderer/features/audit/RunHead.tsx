import { Button } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import type { Audit } from '../../../shared/audit.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { formatClock, formatDay, shorten } from '../../components/format.ts';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../locales/language.ts';
import { type Action, useAction } from '../../rpc/hooks.ts';
import styles from './audit.module.css';
import { CompareLink } from './CompareLink.tsx';
import { ExportMenu } from './ExportMenu.tsx';
import { newAddress, runsAddress } from './place.ts';
import { scopeWords } from './scope.ts';

/** Above the question: the way to the other runs, and which one this is. */
export function RunPlace({ audit }: { audit: Audit }) {
  const { t, language } = useWords();
  return (
    <span className={styles.place}>
      <a href={runsAddress}>{t('audit.runs.all')}</a>
      <span aria-hidden>/</span>
      <span>
        {[
          `${formatDay(audit.startedAt, language)} ${formatClock(audit.startedAt, language)}`,
          scopeWords(audit.scope, t),
          shorten(audit.who.credential, 24),
        ].join(language === 'en' ? ', ' : '，')}
      </span>
      <CompareLink audit={audit} />
    </span>
  );
}

/** What can be done with the run in its state: at most two buttons. A sample is only looked at. */
export function RunActions({ audit }: { audit: Audit }) {
  const { t } = useWords();
  const run = { stackId: audit.stackId, id: audit.id };
  const pause = useAction('audit.pause');
  const resume = useAction('audit.resume');
  const cancel = useAction('audit.cancel');
  const first = useRef<HTMLButtonElement>(null);
  const pressed = useRef(false);
  // A button that waits is disabled and loses the focus; in the new state the first one has it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the buttons are others
  useEffect(() => {
    if (pressed.current && document.activeElement === document.body) first.current?.focus();
    pressed.current = false;
  }, [audit.state]);
  function press(action: typeof pause | typeof resume | typeof cancel): void {
    pressed.current = true;
    void action.run(run);
  }
  if (audit.sample) return <ExportMenu audit={audit} />;
  const stop = (
    <EngineButton loading={cancel.pending} onClick={() => press(cancel)}>
      {t('audit.live.cancel')}
    </EngineButton>
  );
  if (audit.state === 'running' || audit.state === 'waiting') {
    return (
      <>
        <EngineButton
          ref={first}
          leftSection={<IconPlayerPause size={14} stroke={1.75} aria-hidden />}
          loading={pause.pending}
          onClick={() => press(pause)}
        >
          {t('audit.live.pause')}
        </EngineButton>
        {stop}
        <Refusal actions={[pause, cancel]} />
      </>
    );
  }
  if (audit.state !== 'finished') {
    return (
      <>
        <EngineButton
          ref={first}
          variant="filled"
          leftSection={<IconPlayerPlay size={14} stroke={1.75} aria-hidden />}
          loading={resume.pending}
          onClick={() => press(resume)}
        >
          {t('audit.live.resume')}
        </EngineButton>
        {audit.state === 'paused' ? stop : <ExportMenu audit={audit} />}
        <Refusal actions={[resume, cancel]} />
      </>
    );
  }
  return (
    <>
      <Button component="a" href={newAddress}>
        {t('audit.runs.new')}
      </Button>
      <ExportMenu audit={audit} />
    </>
  );
}

function Refusal({ actions }: { actions: readonly Pick<Action<'audit.pause'>, 'error'>[] }) {
  const { explain } = useSentence();
  const error = actions.find((action) => action.error)?.error;
  return error ? (
    <span role="alert" className={styles.refusal}>
      {explain(error).title}
    </span>
  ) : null;
}

/** Why a run does not go on, and what to do. */
export function RunNotice({ audit }: { audit: Audit }) {
  const { t } = useWords();
  const { explain } = useSentence();
  if (audit.state === 'waiting' && audit.waitsFor) {
    const { title, explanation, next } = explain(audit.waitsFor);
    return (
      <div className={styles.notice}>
        <div className="sd-note" data-mark="warn" role="status">
          <StateIcon mark="warn" size={16} />
          <span>
            <strong>{title}</strong> {explanation} {next} {t('audit.live.waits')}
          </span>
        </div>
      </div>
    );
  }
  if (audit.state === 'failed' && audit.error) {
    return (
      <div className={styles.notice}>
        <ErrorNotice error={audit.error} />
      </div>
    );
  }
  if (audit.state === 'interrupted' || audit.state === 'cancelled') {
    return (
      <div className={styles.notice}>
        <div className="sd-note" data-mark="warn" role="status">
          <StateIcon mark="warn" size={16} />
          <span>{t(`audit.live.${audit.state}`)}</span>
        </div>
      </div>
    );
  }
  return null;
}
