import type { ReactNode } from 'react';
import { AsOf } from './engine/AsOf.tsx';
import styles from './pageHeader.module.css';
import { type Mark, StateIcon } from './StateIcon.tsx';

interface PageHeaderProps {
  /** The question of the page, in plain words. */
  question: string;
  /** Above the question: where we are, small. */
  above?: ReactNode;
  /** The answer in one sentence, number first. */
  answer?: { mark: Mark; text: ReactNode } | undefined;
  /** An answer of the page's own, where a mark and a sentence do not do. */
  below?: ReactNode;
  /** At most two; filled only when it is the page's one next step. */
  actions?: ReactNode;
}

/** The title asks, line two answers. */
export function PageHeader({ question, above, answer, below, actions }: PageHeaderProps) {
  return (
    <header className={styles.header}>
      <div className={styles.words}>
        {above === undefined ? null : <div className={styles.above}>{above}</div>}
        <h1 className={styles.question} tabIndex={-1}>
          {question}
        </h1>
        {answer ? (
          <p className={styles.answer}>
            <StateIcon mark={answer.mark} size={16} />
            <span>{answer.text}</span>
            <AsOf />
          </p>
        ) : null}
        {below}
      </div>
      {actions === undefined ? null : <div className={styles.actions}>{actions}</div>}
    </header>
  );
}
