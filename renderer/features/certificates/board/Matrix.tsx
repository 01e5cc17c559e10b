import { UnstyledButton } from '@mantine/core';
import { cellIds, type ServedRow } from '../../../../shared/certificateBoard.ts';
import { serverNames } from '../../../../shared/servers.ts';
import { Age } from '../../../components/Age.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import styles from './board.module.css';
import { Cell } from './Cell.tsx';

interface MatrixProps {
  rows: readonly ServedRow[];
  /** The row whose details are open. */
  open: string | undefined;
  onOpen(id: string): void;
}

/** Every URL in use against the certificate that its server shows now. */
export function Matrix({ rows, open, onOpen }: MatrixProps) {
  const { t } = useWords();
  return (
    <div className={styles.scroll}>
      <table className={styles.matrix} aria-label={t('certificateBoard.matrix.label')}>
        <thead>
          <tr>
            <th scope="col" className={styles.first}>
              {t('certificateBoard.matrix.address')}
            </th>
            {cellIds.map((id) => (
              <th key={id} scope="col">
                {t(`certificateBoard.matrix.column.${id}`)}
              </th>
            ))}
            <th scope="col" className={styles.last}>
              {t('certificateBoard.matrix.looked')}
            </th>
          </tr>
        </thead>
        {(['vault', 'kes', 'minio'] as const).map((server) => {
          const own = rows.filter((row) => row.server === server);
          return own.length === 0 ? null : (
            <tbody key={server}>
              {own.map((row) => (
                <Row key={row.id} row={row} open={row.id === open} onOpen={() => onOpen(row.id)} />
              ))}
            </tbody>
          );
        })}
      </table>
    </div>
  );
}

function Row({ row, open, onOpen }: { row: ServedRow; open: boolean; onOpen(): void }) {
  const { t, language } = useWords();
  const { sentence } = useSentence();
  const users = [...new Set(row.users.map(({ who }) => sentence(who)))].join(language === 'zh-CN' ? '、' : ', ');
  return (
    <tr data-open={open || undefined}>
      <th scope="row" className={styles.first}>
        <UnstyledButton
          className={styles.address}
          onClick={onOpen}
          aria-pressed={open}
          aria-label={t('certificateBoard.matrix.open', { server: serverNames[row.server], url: row.url, users })}
        >
          <span className={styles.url}>
            <strong>{serverNames[row.server]}</strong> <span className="sd-mono">{row.url.replace('https://', '')}</span>
          </span>
          <span className={styles.users} title={users}>
            {t('certificateBoard.matrix.user')} {users}
          </span>
        </UnstyledButton>
      </th>
      {cellIds.map((id) => (
        <td key={id}>
          <Cell cell={row.cells.find((cell) => cell.id === id)} at={row.live || id === 'file' ? row.at : new Date(0).toISOString()} />
        </td>
      ))}
      <td className={styles.last}>
        {row.live ? <Age at={row.at} /> : <span className={styles.none}>{t('certificateBoard.matrix.notNow')}</span>}
      </td>
    </tr>
  );
}
