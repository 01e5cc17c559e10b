import type { Upload } from '../../../../shared/uploads.ts';
import { formatNumber } from '../../../components/format.ts';
import { RowName } from '../../../components/grid/RowName.tsx';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useWords } from '../../../locales/language.ts';
import { restOf } from './totals.ts';
import styles from './tray.module.css';
import type { DropNote } from './trayStore.ts';

/** What a person should know of where the files come from: what was not taken, what is missing, who sends. */
export function DropNotes({ upload, note, own }: { upload: Upload; note: DropNote | undefined; own: boolean }) {
  const { t, language } = useWords();
  const number = (value: number): string => formatNumber(value, language);
  const names = (some: readonly string[], count: number): string =>
    `${some.filter((name) => name !== '').join(language === 'en' ? ', ' : '、')}${count > some.length ? ' …' : ''}`;
  const moving = upload.phase === 'running' || upload.phase === 'paused' || upload.phase === 'alarm';
  const from = upload.source === 'disk' ? 'disk' : own ? undefined : 'window';
  return (
    <>
      {upload.needsFiles && upload.phase !== 'ended' ? (
        <Missing upload={upload} />
      ) : moving && from ? (
        <p className={styles.quiet}>{t(`objects.tray.elsewhere.${from}`)}</p>
      ) : null}
      {note && note.strangers > 0 ? (
        <p className="sd-note" data-mark="warn" role="status">
          <StateIcon mark="warn" silent />
          {t('objects.tray.strangers', {
            count: note.strangers,
            number: number(note.strangers),
            names: names(note.strangerNames, note.strangers),
          })}
        </p>
      ) : null}
      {note && note.unread > 0 ? (
        <p className="sd-note" data-mark="warn" role="status">
          <StateIcon mark="warn" silent />
          {t('objects.tray.unread', { count: note.unread, number: number(note.unread), names: names(note.unreadNames, note.unread) })}
        </p>
      ) : null}
      {upload.phase === 'staged' && note && note.emptyFolders > 0 ? (
        <p className={styles.quiet} role="status">
          {t('objects.tray.emptyFolders', { count: note.emptyFolders, number: number(note.emptyFolders) })}
        </p>
      ) : null}
      {upload.phase === 'staged' && note && note.folders > 0 ? <p className={styles.quiet}>{t('objects.tray.linksLeftOut')}</p> : null}
    </>
  );
}

/** More are in the list, marked. */
const mostNamed = 8;

/** Files that a window has to be given again, by name; those that came already can be sent meanwhile. */
function Missing({ upload }: { upload: Upload }) {
  const { t, language } = useWords();
  const rest = restOf(upload);
  const { files: count, names } = upload.missing ?? { files: rest, names: [] };
  const words = { count, number: formatNumber(count, language) };
  const more = count - Math.min(names.length, mostNamed);
  return (
    <div className="sd-note" data-mark="warn" role="status">
      <StateIcon mark="warn" silent />
      <div className={styles.missing}>
        <p className={styles.noteTitle}>{count < rest ? t('objects.tray.needsFiles.some', words) : t('objects.tray.needsFiles.title')}</p>
        <p>{t(`objects.tray.needsFiles.${count < rest ? 'someText' : 'text'}`, words)}</p>
        <ul>
          {names.slice(0, mostNamed).map((name) => (
            <li key={name}>
              <RowName name={name} tailLetters={14} />
            </li>
          ))}
        </ul>
        {more > 0 && names.length > 0 ? (
          <p>{t('objects.tray.needsFiles.more', { count: more, number: formatNumber(more, language) })}</p>
        ) : null}
      </div>
    </div>
  );
}
