import type { CertificateBoard, IdentityRow } from '../../../../shared/certificateBoard.ts';
import { CopyValue } from '../../../components/CopyValue.tsx';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useWords } from '../../../locales/language.ts';
import styles from './board.module.css';
import { Cell } from './Cell.tsx';

interface IdentitiesProps {
  board: CertificateBoard;
  onRenew(id: string): void;
  onSwap(): void;
}

const columns = ['file', 'identity', 'policy', 'purpose', 'ca', 'days', 'pair', 'act'] as const;

/** Client certificates: what KES knows each as, which policy and line names it, and the work on it. */
export function Identities({ board, onRenew, onSwap }: IdentitiesProps) {
  const { t } = useWords();
  if (board.identities.length === 0) return null;
  return (
    <section className={styles.section}>
      <h2>{t('certificateBoard.identities.head')}</h2>
      <div className={styles.scroll}>
        <table className={styles.matrix} aria-label={t('certificateBoard.identities.table')}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col" className={column === 'file' ? styles.first : column === 'act' ? styles.last : undefined}>
                  {t(`certificateBoard.identities.column.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {board.identities.map((row) => (
              <tr key={row.id}>
                <th scope="row" className={styles.first}>
                  <span className={styles.url}>
                    <strong>{row.id}</strong>
                  </span>
                  <span className={styles.users}>{row.file}</span>
                </th>
                <td>
                  {row.certificate ? <CopyValue value={row.certificate.identity} longest={19} /> : <span className={styles.none}>–</span>}
                </td>
                <td>
                  <Policies row={row} />
                </td>
                {(['purpose', 'ca', 'days', 'file'] as const).map((id) => (
                  <td key={id}>
                    <Cell cell={row.cells.find((cell) => cell.id === id)} at={row.at} />
                  </td>
                ))}
                <td className={styles.last}>
                  <span className={styles.acts}>
                    {row.id === 'minio-client' || row.id === 'operator' ? (
                      <ChangeButton size="xs" onClick={() => onRenew(row.id)}>
                        {t('certificateBoard.identities.renew')}
                      </ChangeButton>
                    ) : null}
                    {row.id === 'minio-client' ? (
                      <ChangeButton size="xs" onClick={onSwap}>
                        {t(`certificateBoard.identities.${board.swap ? 'swapOn' : 'swap'}`)}
                      </ChangeButton>
                    ) : null}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Policies({ row }: { row: IdentityRow }) {
  const { t } = useWords();
  if (row.policies.length === 0) {
    const known = !row.policyUnknown;
    return (
      <span className={styles.cell} title={t(`certificateBoard.identities.${known ? 'nobodyWhy' : 'unknownWhy'}`)}>
        <StateIcon mark={known ? 'warn' : 'unknown'} />
        {t(`certificateBoard.identities.${known ? 'nobody' : 'unknown'}`)}
      </span>
    );
  }
  return (
    <>
      {row.policies.map(({ name, file, line, live }) => (
        <span key={`${name} ${line ?? ''}`} className={styles.policy}>
          <span
            className={styles.cell}
            title={t(`certificateBoard.identities.${file === undefined ? 'liveOnly' : live ? 'live' : 'fileOnly'}`)}
          >
            <StateIcon mark={live ? 'ok' : 'info'} />
            <span className="sd-mono">{name}</span>
          </span>
          {file === undefined ? null : <span className={styles.users}>{t('certificateBoard.identities.at', { file, line })}</span>}
        </span>
      ))}
    </>
  );
}
