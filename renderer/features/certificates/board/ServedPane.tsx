import type { StackSummary } from '../../../components/currentStack.ts';
import { PageHeader } from '../../../components/PageHeader.tsx';

/** Does every address serve a certificate that fits? */
export function ServedPane({ stack }: { stack: StackSummary }) {
  return <PageHeader question={stack.name} />;
}
