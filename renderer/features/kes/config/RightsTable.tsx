import { IconCheck, IconMinus } from '@tabler/icons-react';
import type { RightTried } from '../../../../shared/kesConfig.ts';
import { type KesAct, operations, pathOf, type RightsModel, verdictOf } from '../../../../shared/kesRules.ts';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useWords } from '../../../locales/language.ts';
import styles from './rights.module.css';

export interface Who {
  readonly hash: string;
  readonly name: string | undefined;
  /** It is printed in public. */
  readonly public?: boolean;
}

interface TableProps {
  model: RightsModel;
  people: readonly Who[];
  keyName: string;
  tried: readonly RightTried[];
  chosen: { hash: string; act: KesAct } | undefined;
  onChoose(cell: { hash: string; act: KesAct }): void;
}

/** Identities down, operations across. A cell that KES itself confirmed is underlined; one that it contradicts is red. */
export function RightsTable({ model, people, keyName, tried, chosen, onChoose }: TableProps) {
  const { t } = useWords();
  const nameOf = ({ name = '', public: everybodys }: Who): string => (everybodys ? t('kesConfig.rights.public', { where: name }) : name);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={t('kesConfig.rights.table')}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('kesConfig.rights.identity')}</th>
            <th scope="col">{t('kesConfig.rights.policy')}</th>
            {operations.map((act) => (
              <th key={act} scope="col" className={styles.act}>
                {act}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {people.map((who) => (
            <tr key={who.hash}>
              <th scope="row" title={who.hash}>
                {who.public ? <StateIcon mark="warn" size={14} own /> : null} {nameOf(who)}{' '}
                <span className={styles.hash}>{`${who.hash.slice(0, 8)}…`}</span>
              </th>
              <td className={styles.policy}>
                {model.admin === who.hash
                  ? t('kesConfig.rights.admin')
                  : (model.members.find(({ identity }) => identity === who.hash)?.policy ?? '–')}
              </td>
              {operations.map((act) => {
                const path = pathOf(act, keyName);
                const { allowed } = verdictOf(model, who.hash, path);
                const answer = tried.find((one) => one.identity === who.hash && (one.path === path || one.path === `${path}.`));
                const told = answer?.allowed === undefined ? 'no' : answer.allowed === allowed ? 'same' : 'other';
                const Icon = allowed ? IconCheck : IconMinus;
                return (
                  <td key={act} className={styles.cell}>
                    <button
                      type="button"
                      aria-pressed={chosen?.hash === who.hash && chosen.act === act}
                      data-told={told}
                      data-allowed={allowed}
                      aria-label={`${who.name ?? who.hash.slice(0, 8)}, ${act}: ${t(allowed ? 'kesConfig.rights.may' : 'kesConfig.rights.mayNot')}${told === 'no' ? '' : `, ${t(`kesConfig.rights.told.${told}`)}`}`}
                      onClick={() => onChoose({ hash: who.hash, act })}
                    >
                      <Icon size={16} stroke={allowed ? 2 : 1.5} aria-hidden />
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
