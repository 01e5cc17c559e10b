import type { StackSummary } from '../../../components/currentStack.ts';
import { PageHeader } from '../../../components/PageHeader.tsx';

/** Which certificates are there? */
export function FilesPane({ stack }: { stack: StackSummary }) {
  return <PageHeader question={stack.name} />;
}
