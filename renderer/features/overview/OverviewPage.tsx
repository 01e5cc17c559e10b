import { useCurrentStack } from '../../components/currentStack.ts';
import { FirstScreen } from './FirstScreen.tsx';
import { StackOverview } from './StackOverview.tsx';

/** The first page: without a stack of one's own what could be, with one whether encryption works. */
export function OverviewPage() {
  const { stack, known } = useCurrentStack();
  if (!known) return null;
  return stack && stack.origin !== 'sample' ? <StackOverview key={stack.id} stack={stack} /> : <FirstScreen />;
}
