import type { StackSummary } from '../../../components/currentStack.ts';

/** The nodes of the cluster side by side, and the keys that open it. */
export function ClusterPane(_: { stack: StackSummary; address: string }) {
  return null;
}
