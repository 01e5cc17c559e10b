import styles from './table.module.css';
import { shownStates, sum } from './values.ts';

/** The states of a place as a bar in their fixed order; what is not read yet stays empty. The numbers stand beside it. */
export function StateBar({ values }: { values: readonly number[] }) {
  const all = sum(values);
  return (
    <span className={styles.bar} aria-hidden>
      {all <= 0
        ? null
        : shownStates.map((state, at) =>
            state === 'notRead' || (values[at] ?? 0) <= 0 ? null : (
              <span key={state} data-state={state} style={{ width: `${((values[at] ?? 0) / all) * 100}%` }} />
            ),
          )}
    </span>
  );
}
