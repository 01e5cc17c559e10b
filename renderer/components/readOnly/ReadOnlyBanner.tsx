import { IconLock } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useLocation } from 'wouter';
import { useWords } from '../../locales/language.ts';
import { useCurrentStack } from '../currentStack.ts';
import styles from './readOnly.module.css';

// Asked for rarely: not part of the first screen.
const LiftDialog = lazy(async () => ({ default: (await import('./LiftDialog.tsx')).LiftDialog }));

/** One quiet line on every page of a read-only stack, with the way out of it. */
export function ReadOnlyBanner() {
  const { t } = useWords();
  const { stack } = useCurrentStack();
  const [location] = useLocation();
  const [asking, setAsking] = useState(false);
  // Connecting says itself that nothing is changed; behind a sample there is nothing that could be.
  if (!stack?.readOnly || stack.origin === 'sample' || location.startsWith('/connect')) return null;
  return (
    <div className={styles.banner} role="status">
      <IconLock size={14} stroke={1.5} aria-hidden />
      <span>{t('components.readOnly.banner')}</span>
      <button type="button" className={styles.lift} onClick={() => setAsking(true)}>
        {t('components.readOnly.liftAsk')}
      </button>
      {asking ? (
        <Suspense>
          <LiftDialog stack={stack} onClose={() => setAsking(false)} />
        </Suspense>
      ) : null}
    </div>
  );
}
