import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import type { PreflightTick } from '../../../shared/connect.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { CopyAction } from '../../components/CopyValue.tsx';
import { DrawerContent } from '../../components/drawer.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { type Mark, StateIcon } from '../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../locales/language.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import styles from './connect.module.css';

const marks: Record<PreflightTick['outcome'], Mark> = { ok: 'ok', missing: 'fail', unknown: 'warn' };

/** Step 3: what encryption needs of these servers, asked of them; what is missing ready to copy. Then the stack is saved, read-only. */
export function RightsStep({ stack, onBack, onSaved }: { stack: Stack; onBack(): void; onSaved(): void }) {
  const { t } = useWords();
  const preflight = useCall('connect.preflight', { stackId: stack.id });
  const finish = useAction('connect.finish');
  const ticks = preflight.data?.ticks ?? [];
  const missing = ticks.filter(({ outcome }) => outcome === 'missing').length;
  const unknown = ticks.filter(({ outcome }) => outcome === 'unknown').length;

  function answer() {
    if (!preflight.data) return preflight.error ? undefined : { mark: 'absent' as const, text: t('connect.rights.asking') };
    if (missing > 0) return { mark: 'fail' as const, text: t('connect.rights.missing', { count: missing, total: ticks.length }) };
    if (unknown > 0) return { mark: 'warn' as const, text: t('connect.rights.unknown', { count: unknown, total: ticks.length }) };
    return { mark: 'ok' as const, text: t('connect.rights.all', { count: ticks.length }) };
  }

  async function save(): Promise<void> {
    if (await finish.run({ stackId: stack.id })) onSaved();
  }

  return (
    <div className="sd-fill">
      <div className={styles.scroll} data-scroll>
        <PageHeader
          above={t('connect.step', { at: 3 })}
          question={t('connect.rights.question')}
          answer={answer()}
          actions={
            <EngineButton
              leftSection={<IconRefresh size={16} stroke={1.5} aria-hidden />}
              loading={preflight.isFetching}
              onClick={() => void preflight.refetch()}
            >
              {t('connect.rights.again')}
            </EngineButton>
          }
        />
        {preflight.error ? (
          <div className={styles.notice}>
            <ErrorNotice error={preflight.error} />
          </div>
        ) : null}
        <ul className={styles.ticks}>
          {ticks.map((tick) => (
            <Tick key={tick.id} tick={tick} />
          ))}
        </ul>
        {finish.error ? (
          <div className={styles.notice}>
            <ErrorNotice error={finish.error} />
          </div>
        ) : null}
      </div>
      <footer className="sd-foot">
        <Button variant="subtle" onClick={onBack}>
          {t('connect.back')}
        </Button>
        <span className={styles.space} />
        <span className={styles.draftNote}>{t(missing > 0 ? 'connect.rights.noteMissing' : 'connect.rights.note')}</span>
        <EngineButton variant="filled" loading={finish.pending} onClick={() => void save()}>
          {t('connect.rights.save')}
        </EngineButton>
      </footer>
      <DrawerContent commands={[]} evidence={[]} />
    </div>
  );
}

function Tick({ tick }: { tick: PreflightTick }) {
  const { t } = useWords();
  const { sentence, explain } = useSentence();
  const own = tick.why ? sentence(tick.why) : tick.error ? explain(tick.error).title : '';
  return (
    <li className={styles.tick} data-outcome={tick.outcome}>
      <StateIcon mark={marks[tick.outcome]} size={16} />
      <div className={styles.tickWords}>
        <span>{sentence(tick.what)}</span>
        {tick.line ? (
          <div className={styles.line}>
            <span className={styles.lineHead}>
              {sentence(tick.line.file)}
              <CopyAction value={tick.line.content} label={t('connect.rights.copyLine')} />
            </span>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
            <pre lang="en" tabIndex={0}>
              {tick.line.content}
            </pre>
          </div>
        ) : null}
      </div>
      <span className={`${tick.answer === undefined ? '' : 'sd-mono'} ${styles.tickAnswer}`}>{tick.answer ?? own}</span>
    </li>
  );
}
