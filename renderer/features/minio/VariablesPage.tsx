import { useCurrentStack } from '../../components/currentStack.ts';
import { PageHeader } from '../../components/PageHeader.tsx';

/** What do the variables of this MinIO do today? */
export function VariablesPage() {
  const { stack } = useCurrentStack();
  return stack ? <PageHeader question={stack.name} /> : null;
}
