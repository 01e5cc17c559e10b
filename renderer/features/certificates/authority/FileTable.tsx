import type { KeyPlace } from '../../../../shared/certificateFiles.ts';
import { CopyValue } from '../../../components/CopyValue.tsx';
import { formatDay, formatNumber, shorten } from '../../../components/format.ts';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import type { ListedFile } from './FilesPane.tsx';
import styles from './files.module.css';
import { formatNames, purposesOf, shortSubject, worstOf } from './place.ts';

interface FileTableProps {
  files: readonly ListedFile[];
  open: string | undefined;
  onOpen(file: string): void;
}

/** One row a file; its card opens in the drawer. */
export function FileTable({ files, open, onOpen }: FileTableProps) {
  const { t } = useWords();
  return (
    <div className={styles.wide}>
      <table className={styles.table} aria-label={t('certificateFiles.filesHead')}>
        <thead>
          <tr>
            <th className={styles.file}>{t('certificateFiles.column.file')}</th>
            <th>{t('certificateFiles.column.names')}</th>
            <th className={styles.ends}>{t('certificateFiles.column.ends')}</th>
            <th className={styles.key}>{t('certificateFiles.column.key')}</th>
            <th className={styles.identity}>{t('certificateFiles.column.identity')}</th>
            <th className={styles.state}>{t('certificateFiles.column.state')}</th>
          </tr>
        </thead>
        <tbody>
          {files.map((file) => (
            <Row key={file.file} listed={file} open={file.file === open} onOpen={() => onOpen(file.file)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ listed, open, onOpen }: { listed: ListedFile; open: boolean; onOpen(): void }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const { file, role, certificates, keys, findings, format } = listed;
  const [first] = certificates;
  // What a further MinIO cluster has of its own lies below its name.
  const cluster = /^clusters\/([^/]+)\//.exec(file)?.[1];
  const mark = worstOf(listed);
  const said = findings.find((finding) => finding.mark === mark);
  return (
    <tr data-open={open || undefined}>
      <td className={styles.file}>
        <button
          type="button"
          className={styles.name}
          onClick={onOpen}
          aria-label={t('certificateFiles.show', { file })}
          aria-expanded={open}
        >
          <span className="sd-mono" title={file}>
            {shorten(file, 28)}
          </span>
        </button>
        <span className={styles.second}>
          {[...(role ? [t(`certificateFiles.role.${role}`)] : []), ...(cluster ? [cluster] : []), formatNames[format]].join(' · ')}
        </span>
      </td>
      <td>
        {first ? (
          <>
            <span className={styles.cut} title={first.subject}>
              {first.names.length > 0 ? first.names.join(', ') : shortSubject(first.subject)}
            </span>
            <span className={styles.second}>
              {[...purposesOf(first).map((one) => t(`certificateFiles.purpose.${one}`)), first.keyType].join(' · ')}
            </span>
          </>
        ) : (
          <span className={styles.quiet}>{t(format === 'pkcs12' ? 'certificateFiles.container' : 'certificateFiles.keyOnly')}</span>
        )}
      </td>
      <td className={styles.ends}>{first ? <Ends notAfter={first.notAfter} daysLeft={first.daysLeft} /> : null}</td>
      <td className={styles.key}>
        <Keys keys={keys} />
      </td>
      <td className={styles.identity}>{first ? <CopyValue value={first.identity} longest={13} /> : null}</td>
      <td className={styles.state}>
        <span className={styles.marked}>
          <StateIcon mark={mark} />
          <span>{said ? sentence(said.text) : t('certificateFiles.inOrder')}</span>
        </span>
      </td>
    </tr>
  );
}

function Ends({ notAfter, daysLeft }: { notAfter: string; daysLeft: number }) {
  const { t, language } = useWords();
  return (
    <>
      {formatDay(notAfter, language)}
      <span className={styles.second}>
        {daysLeft < 0
          ? t('certificateFiles.ended')
          : t('certificateFiles.days', { count: daysLeft, number: formatNumber(daysLeft, language) })}
      </span>
    </>
  );
}

function Keys({ keys }: { keys: readonly KeyPlace[] }) {
  const { t } = useWords();
  const [first] = keys;
  if (!first) return <span className={styles.quiet}>{t('certificateFiles.keyPlace.none')}</span>;
  return (
    <>
      {t(`certificateFiles.keyPlace.${first.place}`)}
      {keys.length > 1 ? ` +${keys.length - 1}` : ''}
      <span className={styles.second}>
        {first.place === 'store' ? '' : [first.mode, t(`certificateFiles.protection.${first.protection}`)].filter(Boolean).join(' · ')}
      </span>
    </>
  );
}
