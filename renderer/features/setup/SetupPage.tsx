import { useParams } from 'wouter';
import { useCurrentStack } from '../../components/currentStack.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { useWords } from '../../locales/language.ts';
import { useCall } from '../../rpc/hooks.ts';
import { StackSetup } from './StackSetup.tsx';
import { StartScreen } from './StartScreen.tsx';
import styles from './setup.module.css';

/** The guided chain: a start screen without a set-up, the steps with one. `/setup/new` begins another stack. */
export function SetupPage() {
  const { stack, known } = useCurrentStack();
  const asked = useParams<{ '*'?: string }>()['*'];
  if (!known) return <Loading />;
  return stack && asked !== 'new' ? <OfStack key={stack.id} stackId={stack.id} asked={asked} /> : <StartScreen />;
}

function Loading() {
  const { t } = useWords();
  return <p className={styles.loading}>{t('frame.loading')}</p>;
}

function OfStack({ stackId, asked }: { stackId: string; asked: string | undefined }) {
  const state = useCall('setup.state', { stackId });
  const stack = useCall('stacks.get', { id: stackId });
  const error = state.error ?? stack.error;
  if (state.data && stack.data) return <StackSetup stack={stack.data} state={state.data} asked={asked} />;
  if (error?.code === 'setupUnknown') return <StartScreen />;
  if (error) {
    return (
      <div className={styles.loading}>
        <ErrorNotice error={error} />
      </div>
    );
  }
  return <Loading />;
}
