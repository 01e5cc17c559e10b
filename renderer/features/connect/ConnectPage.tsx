import { useCallback, useEffect, useRef, useState } from 'react';
import { useLocation, useParams } from 'wouter';
import { useCurrentStack } from '../../components/currentStack.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { useWords } from '../../locales/language.ts';
import { useCall } from '../../rpc/hooks.ts';
import styles from './connect.module.css';
import { RightsStep } from './RightsStep.tsx';
import { SavedStep } from './SavedStep.tsx';
import { ServersStep } from './ServersStep.tsx';
import { TestStep } from './TestStep.tsx';

/** Connecting servers that run already: `/connect`, then `/connect/<stack>/servers`, `/test`, `/rights` and `/saved`. */
export function ConnectPage() {
  const { t } = useWords();
  const [, navigate] = useLocation();
  const [id, step] = (useParams<{ '*'?: string }>()['*'] ?? '').split('/');
  const [made, setMade] = useState<string | undefined>(undefined);
  const stackId = id === undefined || id === '' ? undefined : id;
  const stack = useCall('stacks.get', { id: stackId ?? '' }, { enabled: stackId !== undefined });
  const onMade = useCallback(
    (fresh: string) => {
      setMade(fresh);
      navigate(`/connect/${fresh}/servers`, { replace: true });
    },
    [navigate],
  );
  // Opened for a stack, the frame speaks of it, too; who chooses another one then is let go.
  const { stack: current, choose } = useCurrentStack();
  const settled = useRef(false);
  const opened = useRef<string | undefined>(undefined);
  const found = stack.data?.id;
  useEffect(() => {
    if (found === undefined || current === undefined) return;
    if (opened.current !== found) {
      opened.current = found;
      if (current.id !== found) choose(found);
    } else if (settled.current && current.id !== found) navigate('/');
    settled.current = current.id === found;
  }, [found, current, choose, navigate]);
  const open = (next: string): void => navigate(`/connect/${stackId}/${next}`);

  // The form in which the draft was made goes on: what is typed there stays.
  if (stackId === undefined || stackId === made) {
    if (stackId === undefined || step === 'servers') {
      return (
        <ServersStep
          key="new"
          stack={stackId === undefined ? undefined : stack.data}
          stackId={stackId}
          onMade={onMade}
          onTest={(of) => navigate(`/connect/${of}/test`)}
        />
      );
    }
  }
  if (stack.error) {
    return (
      <div className={styles.notice}>
        <ErrorNotice error={stack.error} />
      </div>
    );
  }
  if (stackId === undefined || !stack.data) return <p className={styles.loading}>{t('frame.loading')}</p>;
  if (step === 'test') return <TestStep key={stackId} stack={stack.data} onBack={() => open('servers')} onNext={() => open('rights')} />;
  if (step === 'rights') return <RightsStep key={stackId} stack={stack.data} onBack={() => open('test')} onSaved={() => open('saved')} />;
  if (step === 'saved') return <SavedStep key={stackId} stack={stack.data} />;
  return <ServersStep key={stackId} stack={stack.data} stackId={stackId} onMade={onMade} onTest={() => open('test')} />;
}
