import type { RolePlan } from '../../../../shared/vaultAccess.ts';
import { CommandBlock } from '../../../components/CommandBlock.tsx';
import { SmallTable } from '../../../components/SmallTable.tsx';
import { useWords } from '../../../locales/language.ts';
import styles from './access.module.css';
import { Findings } from './Findings.tsx';

/** What a plan for a role would change, what that means, and the command that does the same. */
export function RolePlanView({ plan }: { plan: RolePlan }) {
  const { t } = useWords();
  return (
    <section aria-label={t('vaultAccess.roleForm.planned')}>
      <h3>{plan.creates ? t('vaultAccess.roleForm.creates') : t('vaultAccess.roleForm.planned')}</h3>
      {plan.changes.length === 0 ? <p>{t('vaultAccess.roleForm.nothing')}</p> : null}
      <SmallTable className={styles.table}>
        <tbody>
          {plan.changes.map(({ field, from, to }) => (
            <tr key={field}>
              <th scope="row" className="sd-mono">
                {field}
              </th>
              <td className="sd-mono">
                {plan.creates ? null : <span className={styles.quiet}>{from === '' ? '–' : from} → </span>}
                {to === '' ? '–' : to}
              </td>
            </tr>
          ))}
        </tbody>
      </SmallTable>
      <Findings findings={plan.findings} />
      <CommandBlock commands={plan.commands.filter(({ line }) => line?.includes(' write ') === true)} note={false} />
    </section>
  );
}
