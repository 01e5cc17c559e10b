import { Progress } from '@mantine/core';
import type { InPlace } from '../../../shared/inPlace.ts';
import { formatBytes, formatNumber, formatSeconds } from '../../components/format.ts';
import { useWords } from '../../locales/language.ts';
import styles from './inPlace.module.css';
import { leftIn } from './words.ts';

/** The bar of a run, and below it how far, how fast, how long, and what came of it. */
export function LiveLine({ run }: { run: InPlace }) {
  const { t, language } = useWords();
  const { total, totalBytes, done, doneBytes, rate, secondsLeft, state, counts, deleted } = run;
  const n = (value: number): string => formatNumber(value, language);
  const left = leftIn(run);
  const working = state === 'running';
  return (
    <div className={styles.live}>
      <Progress value={total === 0 ? 100 : (done / total) * 100} aria-label={t('inPlace.live.bar')} data-state={state} />
      <div className={styles.measures}>
        <span>
          <strong>{n(done)}</strong> {t('inPlace.live.of', { total: n(total) })}
        </span>
        <span>{t('inPlace.live.bytes', { done: formatBytes(doneBytes, language), total: formatBytes(totalBytes, language) })}</span>
        <span>{t('inPlace.live.encrypted', { number: n(counts.done ?? 0) })}</span>
        {left > 0 ? <span>{t('inPlace.live.left', { number: n(left) })}</span> : null}
        {deleted > 0 ? <span>{t('inPlace.live.deleted', { number: n(deleted) })}</span> : null}
        {working && rate !== undefined ? <span>{t('inPlace.live.rate', { rate: n(Math.round(rate)) })}</span> : null}
        {working && secondsLeft !== undefined ? (
          <span>{t('inPlace.live.time', { time: formatSeconds(secondsLeft, language) })}</span>
        ) : null}
      </div>
    </div>
  );
}
