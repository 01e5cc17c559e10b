import type { AuditKey } from '../../../../shared/audit.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import type { Secret } from '../../../../shared/secret.ts';
import type { KesCluster, KeyStore, Stack } from '../../../../shared/stacks.ts';
import type { Text } from '../../../../shared/text.ts';
import type { DomainDeps, StackAccess } from '../../../jobs/step.ts';
import { kesOf, keyStoreOfKes } from '../../../jobs/ways.ts';

export type Access = Pick<StackAccess, 'cluster' | 'stack' | 'folder' | 'secrets' | 'servers' | 'journal'>;

/** What the newest audit of each bucket counted for each key, and what it could not see. */
export interface AuditedKeys {
  keys: { key: AuditKey; at: string }[];
  /** The oldest of those audits. Absent: nothing was audited yet. */
  at?: string;
  buckets: number;
  notSeen: Text[];
}

export interface KesKeysDeps extends DomainDeps {
  readonly dataFolder: string;
  /** Of one MinIO cluster, the first unless named. */
  auditedKeys(stackId: string, cluster?: string): Promise<AuditedKeys>;
  /** A token for Vault that may look into the keys' folder. Throws `vaultNoToken`. */
  vaultToken(access: Access): Promise<Secret>;
  /** Absent: the published one. */
  readonly sandbox?: { url: string; ca?: readonly string[] };
  /** A certificate that this key signs itself, PEM: of a server at 127.0.0.1, or of a client. */
  selfSigned(use: 'server' | 'client', key: Secret, commonName: string): string;
}

/** The KES of this id, else the one that the stack's MinIO uses. Throws `kesUnknown`. */
export function clusterOf(stack: Stack, id?: string): KesCluster {
  const cluster = id === undefined ? kesOf(stack) : stack.kesClusters.find((one) => one.id === id);
  if (!cluster || cluster.nodes.length === 0) throw new AppError('kesUnknown', { stack: stack.name });
  return cluster;
}

/** Vault behind a cluster, where Sealdeck may know it: its client speaks to the one of the stack's own KES. */
export function vaultBehind(stack: Stack, cluster: KesCluster): KeyStore | undefined {
  const store = keyStoreOfKes(stack);
  return store !== undefined && store.id === cluster.keyStore ? store : undefined;
}
