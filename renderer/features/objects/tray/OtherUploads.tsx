import type { Upload } from '../../../../shared/uploads.ts';
import { formatNumber, shorten } from '../../../components/format.ts';
import { useWords } from '../../../locales/language.ts';
import { partSent } from './totals.ts';
import styles from './tray.module.css';
import { choose } from './trayStore.ts';
import type { Tray } from './useTray.ts';

/** What another upload to the same bucket does, in a few words. */
function usePhaseWords(): (upload: Upload) => string {
  const { t } = useWords();
  return (upload) => t(`objects.tray.phase.${upload.phase}`, { part: partSent(upload) });
}

/** The other uploads of this bucket: a click shows theirs. */
export function OtherUploads({ tray: { shown, all, target } }: { tray: Tray }) {
  const { t, language } = useWords();
  const words = usePhaseWords();
  const others = all.filter(({ id }) => id !== shown?.id);
  if (others.length === 0) return null;
  return (
    <ul className={styles.others} aria-label={t('objects.tray.others')}>
      {others.map((upload) => (
        <li key={upload.id}>
          <button type="button" onClick={() => choose(target.bucket, upload.id)}>
            {t('objects.tray.other', {
              files: t('objects.tray.files', { count: upload.files, number: formatNumber(upload.files, language) }),
              place: shorten(upload.prefix === '' ? upload.bucket : upload.prefix, 22),
            })}
          </button>
          <span>{words(upload)}</span>
        </li>
      ))}
    </ul>
  );
}

interface AsideLineProps {
  tray: Tray;
  /** The drawer with the tray in it was shut. */
  shut: boolean;
  onOpen(): void;
}

/** In the foot of the page: the tray that was put aside, and how far its upload is. */
export function AsideLine({ tray: { shown, all, target }, shut, onOpen }: AsideLineProps) {
  const { t } = useWords();
  const words = usePhaseWords();
  const first = shown ?? all[0];
  if ((shown && !shut) || !first) return null;
  return (
    <button
      type="button"
      className={styles.aside}
      onClick={() => {
        choose(target.bucket, first.id);
        if (shut) onOpen();
      }}
    >
      {t('objects.tray.show')} <span>{words(first)}</span>
    </button>
  );
}
