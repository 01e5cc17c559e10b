import type { StackSummary } from '../../../components/currentStack.ts';
import { PageHeader } from '../../../components/PageHeader.tsx';

/** Which keys are there, and do they work? */
export function KeysPane({ stack }: { stack: StackSummary }) {
  return <PageHeader question={stack.name} />;
}
