import type { Audit } from '../../../shared/audit.ts';
import { formatNumber } from '../../components/format.ts';
import { StateSwatch } from '../../components/StateSwatch.tsx';
import { useWords } from '../../locales/language.ts';
import styles from './audit.module.css';
import { type Shown, shownStates } from './map/values.ts';
import { leftToRead } from './progress.ts';

/** The states in their fixed order with their counts; each one is a switch for map and table. */
export function Legend({ audit, hidden, onToggle }: { audit: Audit; hidden: ReadonlySet<Shown>; onToggle(state: Shown): void }) {
  const { t, language } = useWords();
  const left = leftToRead(audit);
  return (
    <fieldset className={styles.legend}>
      <legend className="sd-hidden">{t('audit.map.legend')}</legend>
      {shownStates.map((state, at) => {
        const count = state === 'notRead' ? left : (audit.current.objects[at] ?? 0);
        if (state === 'notRead' && count === 0) return null;
        const on = !hidden.has(state);
        return (
          <button key={state} type="button" aria-pressed={on} className={styles.entry} onClick={() => onToggle(state)}>
            <StateSwatch state={state} />
            <span className={styles.entryWord}>{t(`components.state.${state}`)}</span>
            <span className={styles.entryCount}>{formatNumber(count, language)}</span>
          </button>
        );
      })}
    </fieldset>
  );
}
