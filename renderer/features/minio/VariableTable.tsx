import type { Variable, VariablesPlace } from '../../../shared/minioVariables.ts';
import { type Mark, StateIcon } from '../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../locales/language.ts';
import styles from './variables.module.css';

const marks: Readonly<Record<Variable['standing'], Mark>> = {
  works: 'ok',
  renamed: 'warn',
  ignored: 'fail',
  useless: 'absent',
  unknown: 'info',
};

/** Notes of what bites although the name is read. */
const bites: readonly string[] = ['minioVarLocalhost', 'minioVarPlay', 'minioVarPublicKey', 'minioVarPublicPassword', 'minioVarBadKey'];

function markOf({ standing, note }: Variable): Mark {
  return standing === 'works' && note && bites.includes(note.code) ? 'warn' : marks[standing];
}

/** Each line as it stands there, and what today's server does with it. */
export function VariableTable({ place }: { place: VariablesPlace }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  // What runs has no lines.
  const lines = place.variables.some(({ line }) => line > 0);
  return (
    <>
      <table className={styles.table} aria-label={t('minioVariables.table.label')}>
        <thead>
          <tr>
            {lines ? (
              <th scope="col" className={styles.line}>
                {t('minioVariables.table.line')}
              </th>
            ) : null}
            <th scope="col">{t('minioVariables.table.name')}</th>
            <th scope="col">{t('minioVariables.table.today')}</th>
          </tr>
        </thead>
        <tbody>
          {place.variables.map((one, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of one file never move
            <tr key={at}>
              {lines ? <td className={styles.line}>{one.line}</td> : null}
              <td>
                <span className="sd-mono">{one.name}</span>
                <span className={styles.value}>
                  {one.value ??
                    t(one.note?.code === 'minioVarElsewhere' ? 'minioVariables.table.elsewhere' : 'minioVariables.table.secret')}
                </span>
              </td>
              <td>
                <span className={styles.standing}>
                  <StateIcon mark={markOf(one)} silent />
                  {t(`minioVariables.standing.${one.standing === 'ignored' && !one.carried ? 'ignoredLost' : one.standing}`, {
                    now: one.now,
                  })}
                </span>
                {one.note && one.note.code !== 'minioVarElsewhere' ? <span className={styles.note}>{sentence(one.note)}</span> : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {place.findings.length > 0 ? (
        <section className={styles.findings}>
          <h2>{t('minioVariables.findings')}</h2>
          {place.findings.map((finding) => (
            <p key={sentence(finding)} className="sd-note" data-mark="warn">
              <StateIcon mark="warn" silent />
              <span>{sentence(finding)}</span>
            </p>
          ))}
        </section>
      ) : null}
    </>
  );
}
