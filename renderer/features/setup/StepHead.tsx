import type { ReactNode } from 'react';
import styles from './setup.module.css';

/** Name of the deed and one sentence. The title takes the focus when another step is shown. */
export function StepHead({ title, sentence, actions }: { title: string; sentence: ReactNode; actions?: ReactNode }) {
  return (
    <header className={styles.head}>
      <div className={styles.headWords}>
        <h1 id="setup-title" tabIndex={-1}>
          {title}
        </h1>
        <p>{sentence}</p>
      </div>
      {actions === undefined ? null : <div className={styles.headActions}>{actions}</div>}
    </header>
  );
}
