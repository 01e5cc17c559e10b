import { Button, SegmentedControl, Textarea } from '@mantine/core';
import { useRef, useState } from 'react';
import type { KesConfig, StudioView } from '../../../../shared/kesConfig.ts';
import type { AppError } from '../../../../shared/rpc/errors.ts';
import type { StackSummary } from '../../../components/currentStack.ts';
import { DrawerContent } from '../../../components/drawer.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EvidenceLine } from '../../../components/EvidenceLine.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { PageHeader } from '../../../components/PageHeader.tsx';
import { useWords } from '../../../locales/language.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import { useDebounced } from '../../../wizard/useDebounced.ts';
import { worstOf } from './answer.ts';
import type { From } from './ConfigPane.tsx';
import { type Applied, ConfigPlanDrawer } from './ConfigPlanDrawer.tsx';
import styles from './config.module.css';
import { PolicyForm } from './PolicyForm.tsx';
import { MoreForm, ServerForm } from './ServerForm.tsx';
import { StoreForm } from './StoreForm.tsx';
import { DiffView, TextView } from './TextView.tsx';

const parts = ['policies', 'store', 'server', 'more'] as const;
const views = ['read', 'today', 'diff', 'edit'] as const;

interface StudioProps {
  stack: StackSummary;
  view: StudioView;
  readError: AppError | undefined;
  reading: boolean;
  onOther(): void;
  onRead(from: From): Promise<boolean>;
  /** What the last change came to. */
  done: Applied | undefined;
  onDone(done: Applied): void;
}

/** A configuration as a form and as a text, side by side; every change is planned before it is made. */
export function Studio({ stack, view, readError, reading, onOther, onRead, done, onDone }: StudioProps) {
  const { t } = useWords();
  const stackId = stack.id;
  const [config, setConfig] = useState<KesConfig>(view.config);
  const [part, setPart] = useState<(typeof parts)[number]>('policies');
  const [shown, setShown] = useState<(typeof views)[number]>('read');
  const [planning, setPlanning] = useState(false);
  const settled = useDebounced(config, 300);
  const asked = useCall('kes.planConfig', { stackId, draft: view.draft, config: settled }, { keepPrevious: true });
  const keep = useAction('kes.keepConfigSecret');
  const plan = asked.data;
  const held = (plan?.secrets ?? view.secrets).filter((one) => one.held).map(({ name }) => name);
  const worst = worstOf(view.findings);
  const lines = view.shown.replace(/\n$/, '').split('\n').length;

  function change(next: KesConfig): void {
    setConfig(next);
    if (shown === 'read') setShown('diff');
  }

  return (
    <div className={styles.page}>
      <PageHeader
        question={t('kesConfig.question')}
        answer={{
          mark: worst?.mark ?? 'ok',
          text: worst
            ? t(`kesConfig.answer.${worst.says}`, { count: worst.count, dialect: view.dialect })
            : t('kesConfig.answer.good', { count: lines }),
        }}
        below={view.path === undefined ? undefined : <p className={`${styles.path} sd-mono`}>{view.path}</p>}
        actions={
          <>
            <Button onClick={onOther}>{t('kesConfig.other')}</Button>
            <Button
              {...(planning || plan === undefined || plan.how === 'nothing' ? {} : { variant: 'filled' })}
              disabled={plan === undefined}
              onClick={() => {
                setPlanning(true);
                setShown('diff');
              }}
            >
              {t('kesConfig.plan')}
            </Button>
          </>
        }
      />
      <div className={styles.notices}>
        {readError ? <ErrorNotice error={readError} /> : null}
        {asked.error ? <ErrorNotice error={asked.error} /> : null}
        {keep.error ? <ErrorNotice error={keep.error} /> : null}
        {done ? <EvidenceLine mark="ok">{t(`kesConfig.done.${done.how}`)}</EvidenceLine> : null}
        {view.unfinished ? <EvidenceLine mark="warn">{t('kesConfig.unfinished')}</EvidenceLine> : null}
        {plan?.refused ? <ErrorNotice error={plan.refused} /> : null}
      </div>
      <div className={styles.sides}>
        <section className={styles.side} aria-label={t('kesConfig.form')}>
          <SegmentedControl
            aria-label={t('kesConfig.form')}
            value={part}
            onChange={(next) => setPart(next as typeof part)}
            data={parts.map((value) => ({ value, label: t(`kesConfig.part.${value}`) }))}
          />
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
          <section className={styles.form} tabIndex={0} aria-label={t(`kesConfig.part.${part}`)}>
            {part === 'policies' ? (
              <PolicyForm policies={config.policies} known={view.identities} onChange={(policies) => change({ ...config, policies })} />
            ) : null}
            {part === 'store' ? (
              <StoreForm
                store={config.keyStore}
                held={held}
                onChange={(keyStore) => change({ ...config, keyStore })}
                onSecret={async (name, value) => {
                  await keep.run({ stackId, draft: view.draft, name, value });
                  await asked.refetch();
                }}
              />
            ) : null}
            {part === 'server' ? <ServerForm config={config} onChange={change} /> : null}
            {part === 'more' ? <MoreForm config={config} onChange={change} /> : null}
          </section>
        </section>
        <section className={styles.side} aria-label={t('kesConfig.text')}>
          <SegmentedControl
            aria-label={t('kesConfig.text')}
            value={shown}
            onChange={(next) => setShown(next as typeof shown)}
            data={views.map((value) => ({ value, label: t(`kesConfig.view.${value}`) }))}
          />
          {shown === 'read' ? <TextView text={view.shown} findings={view.findings} label={t('kesConfig.view.read')} /> : null}
          {shown === 'today' ? (
            <TextView text={plan?.text ?? ''} findings={plan?.findings ?? []} label={t('kesConfig.view.today')} />
          ) : null}
          {shown === 'diff' ? <DiffView diff={plan?.diff ?? []} label={t('kesConfig.view.diff')} /> : null}
          {shown === 'edit' ? (
            <TextEdit
              text={plan?.text ?? view.shown}
              pending={reading}
              onTake={(text) => onRead({ kind: 'draft', draft: view.draft, text })}
            />
          ) : null}
        </section>
      </div>
      {planning && plan ? (
        <ConfigPlanDrawer
          stack={stack}
          view={view}
          config={settled}
          plan={plan}
          waiting={asked.isPlaceholderData || settled !== config}
          onClose={() => setPlanning(false)}
          onDone={onDone}
        />
      ) : (
        <DrawerContent commands={plan?.commands ?? []} evidence={done?.evidence ?? []} autoOpen={done !== undefined} />
      )}
    </div>
  );
}

/** The text itself. What is typed stays in its field alone until it is read: a secret may be among it. */
function TextEdit({ text, pending, onTake }: { text: string; pending: boolean; onTake(text: string): Promise<boolean> }) {
  const { t } = useWords();
  const field = useRef<HTMLTextAreaElement>(null);
  return (
    <div className={styles.edit}>
      <Textarea
        ref={field}
        aria-label={t('kesConfig.view.edit')}
        classNames={{ root: styles.editRoot, wrapper: styles.editRoot, input: `sd-mono ${styles.editInput}` }}
        defaultValue={text}
        spellCheck={false}
      />
      <EngineButton loading={pending} onClick={() => void onTake(field.current?.value ?? '')}>
        {t('kesConfig.take')}
      </EngineButton>
    </div>
  );
}
