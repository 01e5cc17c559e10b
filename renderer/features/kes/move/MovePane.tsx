import type { StackSummary } from '../../../components/currentStack.ts';
import { PageHeader } from '../../../components/PageHeader.tsx';

/** The way from an old KES to today’s. */
export function MovePane({ stack }: { stack: StackSummary }) {
  return <PageHeader question={stack.name} />;
}
