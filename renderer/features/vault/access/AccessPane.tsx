import type { StackSummary } from '../../../components/currentStack.ts';

/** Who may do what in Vault. */
export function AccessPane(_: { stack: StackSummary }) {
  return null;
}
