import type { ReactNode } from 'react';
import type { Evidence } from '../../shared/setup.ts';
import { useSentence } from '../locales/language.ts';
import { Age } from './Age.tsx';
import styles from './evidence.module.css';
import { type Mark, StateIcon } from './StateIcon.tsx';

/** One thing that the other side said, and when. Without a time there is no tick: pass `absent` then. */
export function EvidenceLine({ mark, at, children }: { mark: Mark; at?: string | undefined; children: ReactNode }) {
  return (
    <div className={styles.line}>
      <StateIcon mark={mark} />
      <span className={styles.text}>{children}</span>
      {at === undefined ? null : <Age at={at} />}
    </div>
  );
}

/** The evidence of a step, newest answer last, with raw answers below. */
export function EvidenceList({ evidence }: { evidence: readonly Evidence[] }) {
  const { sentence } = useSentence();
  return (
    <div>
      {evidence.map((item) => (
        <div key={`${item.at} ${item.from} ${item.text.code} ${JSON.stringify(item.text.params ?? {})}`}>
          <EvidenceLine mark={item.outcome} at={item.at}>
            {sentence(item.text)}
          </EvidenceLine>
          {item.answer === undefined ? null : <pre className={styles.answer}>{item.answer}</pre>}
        </div>
      ))}
    </div>
  );
}
