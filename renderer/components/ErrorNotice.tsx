import type { ReactNode } from 'react';
import { StateIcon } from '../components/StateIcon.tsx';
import { useSentence } from '../locales/language.ts';
import styles from './errorNotice.module.css';

interface ErrorNoticeProps {
  error: { readonly code: string; readonly details?: Readonly<Record<string, string | number>> | undefined };
  /** Last log lines or the raw answer, small and mono below the sentences. */
  lines?: readonly string[];
  /** The fix as a button, where one exists. */
  action?: ReactNode;
}

/** What happened, why it can happen, what to do first; the code small at the end. Cancelling is an outcome, not an error. */
export function ErrorNotice({ error, lines, action }: ErrorNoticeProps) {
  const { explain } = useSentence();
  if (error.code === 'cancelled') return null;
  const { title, explanation, next } = explain(error);
  return (
    <div role="alert" className={styles.notice}>
      <StateIcon mark="fail" size={16} own />
      <div className={styles.words}>
        <p className={styles.title}>{title}</p>
        <p>{explanation}</p>
        <p className={styles.next}>{next}</p>
        {lines === undefined || lines.length === 0 ? null : <pre className={styles.lines}>{lines.join('\n')}</pre>}
        {action === undefined ? null : <div className={styles.action}>{action}</div>}
        <code className={styles.code}>{error.code}</code>
      </div>
    </div>
  );
}
