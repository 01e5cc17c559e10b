import { Progress } from '@mantine/core';
import type { Audit } from '../../../shared/audit.ts';
import { AsOf } from '../../components/engine/AsOf.tsx';
import { formatNumber, formatSeconds, formatWhen, shorten } from '../../components/format.ts';
import { useWords } from '../../locales/language.ts';
import styles from './audit.module.css';
import { partDone, readSoFar } from './progress.ts';

/** The bar of a run that is not finished, and below it how far, how fast, how long; at the right who and since when. */
export function LiveLine({ audit }: { audit: Audit }) {
  const { t, language } = useWords();
  const n = (value: number): string => formatNumber(Math.round(value), language);
  const part = partDone(audit);
  const done = n(readSoFar(audit));
  const { phase, state } = audit;
  const working = state === 'running';
  return (
    <div className={styles.live}>
      <Progress
        value={part ?? 0}
        aria-label={t('audit.live.bar')}
        {...(part === undefined ? { animated: true, striped: true } : {})}
        data-state={state}
      />
      <div className={styles.measures}>
        <span>
          <strong>{done}</strong>
          {audit.expected ? t('audit.live.ofAbout', { total: n(audit.expected.objects) }) : t('audit.live.read')}
        </span>
        {phase === 'listing' || phase === 'done' ? null : (
          <span>{t(`audit.live.phase.${phase}`, { part: part === undefined ? '' : `${n(Math.floor(part))}%` })}</span>
        )}
        {working && audit.rate !== undefined && phase === 'listing' ? <span>{t('audit.live.rate', { rate: n(audit.rate) })}</span> : null}
        {working && audit.secondsLeft !== undefined ? (
          <span>{t('audit.live.left', { time: formatSeconds(audit.secondsLeft, language) })}</span>
        ) : null}
        {working && audit.inFlight !== undefined ? <span>{t('audit.live.inFlight', { count: audit.inFlight })}</span> : null}
        {working ? <AsOf /> : null}
        {state === 'running' || state === 'finished' ? null : <span>{t(`audit.live.state.${state}`)}</span>}
        {audit.method === 'head' ? <span>{t('audit.live.head')}</span> : null}
        <span className={styles.who}>
          {t(working ? 'audit.live.startedRuns' : 'audit.live.started', {
            time: formatWhen(audit.startedAt, language, true),
            credential: shorten(audit.who.credential, 24),
          })}
        </span>
      </div>
    </div>
  );
}
