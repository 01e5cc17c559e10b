import type { ReactNode } from 'react';
import { visibleText } from '../../../components/grid/visibleName.ts';
import facts from '../../../components/objectFacts.module.css';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import styles from './card.module.css';

/** Facts of one kind under their name. */
export function FactGroup({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.group}>
      <h3>{title}</h3>
      <dl className={facts.facts}>{children}</dl>
    </section>
  );
}

interface PartValueProps<T> {
  part: {
    readonly value?: T | undefined;
    readonly error?: { code: string; details?: Record<string, string | number> | undefined } | undefined;
  };
  /** What is said where there is none. */
  none: ReactNode;
  /** Where the reason stands when the value would not stand in a fact of its own. */
  wrap?: (failure: ReactNode) => ReactNode;
  children(value: T): ReactNode;
}

/** A part that may not have been told: what it says, that there is none, or in its own place why it is not known. */
export function PartValue<T>({ part, none, wrap, children }: PartValueProps<T>) {
  const { t } = useWords();
  const { explain } = useSentence();
  if (part.error === undefined) return part.value === undefined ? none : children(part.value);
  const { title, explanation, next } = explain(part.error);
  const failure = (
    <span className={styles.failed} title={`${explanation} ${next}`}>
      <StateIcon mark="warn" silent /> {t('objects.card.partFailed', { title })}
    </span>
  );
  return wrap ? wrap(failure) : failure;
}

/** Names with their values, as in metadata and tags. */
export function Pairs({ pairs, none }: { pairs: Readonly<Record<string, string>>; none: ReactNode }) {
  const entries = Object.entries(pairs);
  if (entries.length === 0) return none;
  return (
    <ul className={styles.pairs}>
      {entries.map(([name, value]) => (
        <li key={name} dir="ltr">
          <span>{visibleText(name)}</span> = {visibleText(value)}
        </li>
      ))}
    </ul>
  );
}
