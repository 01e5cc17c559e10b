import type { ReactNode } from 'react';
import styles from './emptyState.module.css';

/** An empty page: its picture in dashed outline, the question, one sentence, and the one button that fills it. */
export function EmptyState(props: { picture?: ReactNode; question: string; sentence: string; action?: ReactNode; heading?: 'h1' | 'h2' }) {
  const Heading = props.heading ?? 'h2';
  return (
    <div className={styles.empty}>
      {props.picture === undefined ? null : <div className={styles.picture}>{props.picture}</div>}
      <Heading className={styles.question}>{props.question}</Heading>
      <p className={styles.sentence}>{props.sentence}</p>
      {props.action === undefined ? null : <div className={styles.action}>{props.action}</div>}
    </div>
  );
}
