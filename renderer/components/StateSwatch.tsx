import type { ObjectState } from '../../shared/objects.ts';
import styles from './stateSwatch.module.css';

/** The 14 px area of a state in headings and legends: fill, edge and pattern. The word stands beside it. */
export function StateSwatch({ state }: { state: ObjectState['state'] }) {
  return <span className={styles.swatch} data-state={state} aria-hidden />;
}
