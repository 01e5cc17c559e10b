import type { StackSummary } from '../../../components/currentStack.ts';
import { PageHeader } from '../../../components/PageHeader.tsx';

/** Who may do what with which key? */
export function RightsPane({ stack }: { stack: StackSummary }) {
  return <PageHeader question={stack.name} />;
}
