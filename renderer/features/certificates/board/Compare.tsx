import { DrawerHead } from '../../../components/DrawerHead.tsx';
import { DrawerContent } from '../../../components/drawer.tsx';
import pane from '../../../components/drawerPane.module.css';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useWords } from '../../../locales/language.ts';
import styles from './comparison.module.css';
import { factNames, useFactText } from './Facts.tsx';
import type { NamedCertificate } from './known.ts';

interface CompareProps {
  left: NamedCertificate;
  right: NamedCertificate;
  onClose(): void;
}

/** Two certificates side by side; what differs is marked by a word, not by colour alone. */
export function Compare({ left, right, onClose }: CompareProps) {
  const { t } = useWords();
  const text = useFactText();
  const same = left.certificate.fingerprint === right.certificate.fingerprint;
  const differing = factNames.filter((name) => text(name, left.certificate) !== text(name, right.certificate));
  const kind = left.certificate.identity === right.certificate.identity ? 'sameKey' : 'otherKey';
  return (
    <DrawerContent autoOpen="always" wide onLeave={onClose}>
      <section className={pane.pane} aria-labelledby="certificate-comparison">
        <DrawerHead
          id="certificate-comparison"
          title={t('certificateBoard.compare.title')}
          close={t('certificateBoard.compare.close')}
          onClose={onClose}
        />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
        <div className={pane.body} tabIndex={0}>
          <p className={styles.verdict}>
            <StateIcon mark={same ? 'ok' : 'info'} />
            {same
              ? t('certificateBoard.compare.same')
              : t(`certificateBoard.compare.${kind}`, { count: differing.length, number: differing.length })}
          </p>
          <table className={styles.comparison} aria-label={t('certificateBoard.compare.table')}>
            <thead>
              <tr>
                <th scope="col" className={styles.factName}>
                  <span className="sd-hidden">{t('certificateBoard.compare.what')}</span>
                </th>
                {[left, right].map(({ id, label }) => (
                  <th key={id} scope="col">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {factNames.map((name) => (
                <Line
                  key={name}
                  label={t(`certificateBoard.fact.${name}`)}
                  differs={differing.includes(name)}
                  values={[text(name, left.certificate), text(name, right.certificate)]}
                />
              ))}
            </tbody>
          </table>
        </div>
      </section>
    </DrawerContent>
  );
}

function Line({ label, differs, values }: { label: string; differs: boolean; values: readonly [string, string] }) {
  const { t } = useWords();
  return (
    <tr data-differs={differs || undefined}>
      <th scope="row" className={styles.factName}>
        {label}
        {differs ? <em className={styles.differs}>{t('certificateBoard.compare.differs')}</em> : null}
      </th>
      <td className="sd-mono">{values[0]}</td>
      <td className="sd-mono">{values[1]}</td>
    </tr>
  );
}
