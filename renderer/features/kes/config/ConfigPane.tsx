import type { StackSummary } from '../../../components/currentStack.ts';
import { PageHeader } from '../../../components/PageHeader.tsx';

/** Is the configuration of KES as it should be? */
export function ConfigPane({ stack }: { stack: StackSummary }) {
  return <PageHeader question={stack.name} />;
}
