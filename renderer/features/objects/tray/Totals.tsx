import { Progress } from '@mantine/core';
import type { Upload } from '../../../../shared/uploads.ts';
import { AsOf } from '../../../components/engine/AsOf.tsx';
import { formatBytes, formatNumber, formatSeconds } from '../../../components/format.ts';
import { useWords } from '../../../locales/language.ts';
import { partSent } from './totals.ts';
import styles from './tray.module.css';

/** One line of what landed, and while it moves one of bytes, rate and time left. Spoken every tenth, not every second. */
export function Totals({ upload }: { upload: Upload }) {
  const { t, language } = useWords();
  const number = (value: number): string => formatNumber(value, language);
  const { phase, files, counts, conflicts, onConflict, alarm } = upload;
  const done = counts.done ?? 0;
  const part = partSent(upload);
  const counted = { done: number(done), all: number(files) };
  const spoken = phase === 'running' ? Math.floor(part / 10) * 10 : part;
  const figures = (['landedOtherwise', 'failed', 'skipped', 'cancelled'] as const)
    .map((word) => ({ word, count: counts[word === 'landedOtherwise' ? 'alarm' : word] ?? 0 }))
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => t(`objects.tray.${word}`, { count, number: number(count) }));
  if (onConflict === 'replace' && conflicts > 0)
    figures.push(t('objects.tray.newVersions', { count: conflicts, number: number(conflicts) }));
  const shown = phase === 'staged' ? 'running' : phase;
  return (
    <div className={styles.totals}>
      <p className={styles.totalLine}>
        <span>
          <strong>{t('objects.tray.ofAll', counted)}</strong> {t(done === files ? 'objects.tray.allBack' : 'objects.tray.readBack')}
          {figures.map((figure) => (
            <span key={figure} className={styles.figure}>
              {figure}
            </span>
          ))}
        </span>
        {phase === 'ended' ? null : <span className={styles.part}>{t(`objects.tray.state.${shown}`, { part })}</span>}
      </p>
      {phase === 'running' ? (
        <>
          <Progress value={part} aria-label={t('objects.tray.progress', { part })} />
          <p className={styles.rates}>
            <span>{t('objects.tray.bytesOf', { sent: formatBytes(upload.sent, language), all: formatBytes(upload.bytes, language) })}</span>
            {upload.rate === undefined ? null : <span>{t('objects.tray.rate', { rate: formatBytes(upload.rate, language) })}</span>}
            {upload.secondsLeft === undefined ? null : (
              <span>{t('objects.tray.left', { time: formatSeconds(upload.secondsLeft, language) })}</span>
            )}
            <AsOf />
          </p>
        </>
      ) : null}
      <p className="sd-hidden" role="status" aria-live="polite">
        {t(`objects.tray.announce.${shown}`, { ...counted, part: spoken, name: alarm?.item.path ?? '' })}
      </p>
    </div>
  );
}
