import { CommandBlock } from '../components/CommandBlock.tsx';
import { useWords } from '../locales/language.ts';
import type { SessionProblem } from '../rpc/session.ts';
import { Mark } from './Mark.tsx';
import styles from './notice.module.css';

/** A used or missing token: says how to get a new address. */
export function AddressNeeded({ problem }: { problem: SessionProblem }) {
  const { t } = useWords();
  return (
    <main className={styles.notice}>
      <Mark size={28} />
      <h1>{t(`frame.address.${problem}.title`)}</h1>
      <p>{t(`frame.address.${problem}.text`)}</p>
      <p>{t('frame.address.how')}</p>
      <CommandBlock commands={[{ line: 'npx --no-install sealdeck open --no-open' }]} />
      <p>{t('frame.address.after')}</p>
    </main>
  );
}

/** The engine said goodbye: no red box, just what to do. */
export function EngineEnded() {
  const { t } = useWords();
  return (
    <main className={styles.notice}>
      <Mark size={28} />
      <h1>{t('frame.closing.title')}</h1>
      <p>{t('frame.closing.next')}</p>
    </main>
  );
}
