import type { MovePhase } from '../../../../shared/kesMove.ts';
import { formatWhen } from '../../../components/format.ts';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useLanguage, useWords } from '../../../locales/language.ts';
import styles from './track.module.css';

const stations = ['read', 'keys', 'switch', 'proof', 'write'] as const;
/** How many stations are behind in each phase. */
const behind: Readonly<Record<MovePhase, number>> = {
  none: 0,
  planned: 1,
  prepared: 2,
  switching: 2,
  trial: 4,
  goingBack: 2,
  crossing: 4,
  moved: 5,
};

/** The way on one line, with the point of no return across it: left of it everything can be taken back. */
export function Track({ phase, crossedAt }: { phase: MovePhase; crossedAt: string | undefined }) {
  const { t } = useWords();
  const language = useLanguage();
  const done = behind[phase];
  return (
    <ol className={styles.track} aria-label={t('kesMove.track.label')}>
      {stations.map((station, at) => (
        <li key={station} className={styles.station} data-done={at < done || undefined} data-last={station === 'write' || undefined}>
          <span className={styles.mark}>
            <StateIcon mark={at < done ? 'ok' : 'absent'} size={16} />
          </span>
          <span className={styles.name}>{t(`kesMove.track.${station}`)}</span>
          <span className={styles.what}>{t(`kesMove.track.${station}What`)}</span>
          {station === 'write' ? (
            <span className={styles.noReturn}>
              <span>
                {crossedAt === undefined ? t('kesMove.track.line') : t('kesMove.track.crossed', { time: formatWhen(crossedAt, language) })}
              </span>
            </span>
          ) : null}
        </li>
      ))}
    </ol>
  );
}
