import { useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useCurrentStack } from '../../components/currentStack.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { useWords } from '../../locales/language.ts';
import { useAction } from '../../rpc/hooks.ts';
import styles from './firstScreen.module.css';

/** The third choice, quieter than the two that lead to real servers: a generated sample. Its audit page shows how far it is. */
export function LookAround() {
  const { t } = useWords();
  const { stack, choose } = useCurrentStack();
  const look = useAction('audit.lookAround');

  const [wanted, setWanted] = useState<string | undefined>();
  const [, navigate] = useLocation();

  async function open(): Promise<void> {
    const sample = await look.run({});
    if (!sample) return;
    choose(sample.stackId);
    setWanted(sample.stackId);
  }
  // The audit page is there only once the window knows the new stack.
  useEffect(() => {
    if (wanted !== undefined && stack?.id === wanted) navigate('/audit');
  }, [wanted, stack?.id, navigate]);

  if (stack?.origin === 'sample') {
    return (
      <p className={styles.look}>
        {t('overview.first.sampleText')} <Link href="/audit">{t('overview.first.sampleAudit')}</Link>
      </p>
    );
  }
  return (
    <div className={styles.look}>
      <p>
        {t('overview.first.lookText')}{' '}
        <EngineButton variant="transparent" loading={look.pending} onClick={() => void open()}>
          {t('overview.first.look')}
        </EngineButton>
      </p>
      {look.error ? <ErrorNotice error={look.error} /> : null}
    </div>
  );
}
