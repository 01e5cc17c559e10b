import type { BoardCertificate } from '../../../../shared/certificateBoard.ts';
import { useWords } from '../../../locales/language.ts';
import styles from './comparison.module.css';
import { type FactName, useFactText } from './Facts.tsx';

/** What is decided before the certificate is made; serial and fingerprint are not. */
const planned: readonly FactName[] = ['issuer', 'names', 'validity', 'isCa', 'usages'];

/** The certificate as it is, and as it will be: only what changes. */
export function Change({ before, after }: { before: BoardCertificate; after: BoardCertificate }) {
  const { t } = useWords();
  const text = useFactText();
  const changed = planned.filter((name) => text(name, before) !== text(name, after));
  if (changed.length === 0) return null;
  return (
    <table className={styles.comparison} aria-label={t('certificateBoard.compare.table')}>
      <thead>
        <tr>
          <th scope="col" className={styles.factName}>
            <span className="sd-hidden">{t('certificateBoard.compare.what')}</span>
          </th>
          <th scope="col">{t('certificateBoard.plan.before')}</th>
          <th scope="col">{t('certificateBoard.plan.after')}</th>
        </tr>
      </thead>
      <tbody>
        {changed.map((name) => (
          <tr key={name}>
            <th scope="row" className={styles.factName}>
              {t(`certificateBoard.fact.${name}`)}
            </th>
            <td className="sd-mono">{text(name, before)}</td>
            <td className="sd-mono">{text(name, after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
