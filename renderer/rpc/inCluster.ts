import { firstCluster } from '../../shared/projected.ts';
import { takesCluster } from '../../shared/takesCluster.ts';
import type { Input, ProcedureName } from './client.ts';

/** The MinIO cluster that the window is about, of the stack that it is about. */
export interface ClusterScope {
  readonly stackId: string | undefined;
  readonly cluster: string | undefined;
  /** The stack has more than one. */
  readonly several: boolean;
}

export const noScope: ClusterScope = { stackId: undefined, cluster: undefined, several: false };

/** What these tell of all clusters unless one is named. */
const ofAll: readonly ProcedureName[] = ['kes.status', 'minio.status'];

/**
 * The input of a call with the cluster that the window is about, where the call takes one and names none itself. The first
 * cluster is not named: what is asked of it is the same question as ever.
 */
export function inCluster<N extends ProcedureName>(name: N, input: Input<N>, scope: ClusterScope): Input<N> {
  const { stackId, several, cluster = firstCluster } = scope;
  const asked = input as { stackId?: unknown; cluster?: unknown };
  if (stackId === undefined || asked.stackId !== stackId || asked.cluster !== undefined || !takesCluster(name)) return input;
  return cluster !== firstCluster || (several && ofAll.includes(name)) ? { ...input, cluster } : input;
}
