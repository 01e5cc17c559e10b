import type { CSSProperties, ReactNode } from 'react';
import styles from './objectFacts.module.css';

/** A list of `Fact`s: what it is at the left, `label` pixels wide, what is known of it at the right. */
export function FactList({ label = 136, children }: { label?: number; children: ReactNode }) {
  return (
    <dl className={styles.facts} style={{ '--facts-label': `${label}px` } as CSSProperties}>
      {children}
    </dl>
  );
}
