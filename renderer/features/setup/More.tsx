import { IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from './fields.module.css';

/** Fields that most people leave as they are. `bad`: one of them needs attention, so it stands open. */
export function More({ label, children, bad = false }: { label: string; children: ReactNode; bad?: boolean }) {
  return (
    <details className={styles.more} open={bad || undefined}>
      <summary>
        <IconChevronRight size={14} stroke={1.75} aria-hidden />
        {label}
      </summary>
      <div className={styles.moreFields}>{children}</div>
    </details>
  );
}
