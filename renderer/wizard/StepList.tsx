import { StepIcon } from '../components/StepIcon.tsx';
import styles from './stepList.module.css';
import { canOpen, type StepLine } from './steps.ts';

export interface ListedStep<Id extends string> extends StepLine<Id> {
  readonly name: string;
  /** At the right: the time of proof, or a word. */
  readonly time?: string | undefined;
  /** Shown on hover: why it was skipped or has to be checked again. */
  readonly reason?: string | undefined;
}

interface StepListProps<Id extends string> {
  label: string;
  steps: readonly ListedStep<Id>[];
  shown: Id | undefined;
  onOpen(id: Id): void;
}

/** All steps with their state. Those that cannot be opened yet are text, not buttons. */
export function StepList<Id extends string>({ label, steps, shown, onOpen }: StepListProps<Id>) {
  return (
    <ol className={styles.list} aria-label={label}>
      {steps.map((step) => {
        const current = step.id === shown;
        const inside = (
          <>
            <span className={styles.icon}>
              <StepIcon state={step.state} current={current} />
            </span>
            <span className={styles.name}>{step.name}</span>
            {step.time === undefined ? null : <span className={styles.time}>{step.time}</span>}
          </>
        );
        const about = { 'data-state': step.state, title: step.reason };
        return (
          <li key={step.id}>
            {canOpen(steps, step.id) ? (
              <button
                type="button"
                className={styles.row}
                aria-current={current ? 'step' : undefined}
                onClick={() => onOpen(step.id)}
                {...about}
              >
                {inside}
              </button>
            ) : (
              <span className={styles.row} {...about}>
                {inside}
              </span>
            )}
          </li>
        );
      })}
    </ol>
  );
}
