import { Progress } from '@mantine/core';
import type { InPlace } from '../../../shared/inPlace.ts';
import { AsOf } from '../../components/engine/AsOf.tsx';
import { formatBytes, formatNumber, formatSeconds } from '../../components/format.ts';
import { useWords } from '../../locales/language.ts';
import styles from './inPlace.module.css';

/** The bar of a run, and below it how far, how fast and how long. */
export function LiveLine({ run }: { run: InPlace }) {
  const { t, language } = useWords();
  const { total, totalBytes, done, doneBytes, rate, secondsLeft, state, deleted } = run;
  const n = (value: number): string => formatNumber(value, language);
  // Waiting for the server, it has no rate.
  const working = state === 'running' && run.waitsFor === undefined;
  return (
    <div className={styles.live}>
      <Progress value={total === 0 ? 100 : (done / total) * 100} aria-label={t('inPlace.live.bar')} data-state={state} />
      <div className={styles.measures}>
        <span>
          <strong>{n(done)}</strong> {t('inPlace.live.of', { total: n(total) })}
        </span>
        <span>{t('inPlace.live.bytes', { done: formatBytes(doneBytes, language), total: formatBytes(totalBytes, language) })}</span>
        {deleted > 0 ? <span>{t('inPlace.live.deleted', { number: n(deleted) })}</span> : null}
        {working && rate !== undefined ? <span>{t('inPlace.live.rate', { rate: n(Math.round(rate)) })}</span> : null}
        {working && secondsLeft !== undefined ? (
          <span>{t('inPlace.live.time', { time: formatSeconds(secondsLeft, language) })}</span>
        ) : null}
        {state === 'running' ? <AsOf /> : null}
      </div>
    </div>
  );
}
