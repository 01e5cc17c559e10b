import type { ObjectState } from '../../shared/objects.ts';
import styles from './stateSwatch.module.css';

/** The area of a state in headings and legends, 14 px: fill, edge and pattern. The word stands beside it. */
export function StateSwatch({ state, size = 14 }: { state: ObjectState['state']; size?: number }) {
  return <span className={styles.swatch} data-state={state} style={size === 14 ? undefined : { width: size, height: size }} aria-hidden />;
}
