import type { vaultClusterProcedures } from '../../../../shared/vaultCluster.ts';
import type { DomainDeps } from '../../../jobs/step.ts';
import type { DomainHandlers } from '../../../rpc/connection.ts';

export interface VaultCluster {
  handlers: DomainHandlers<typeof vaultClusterProcedures>;
}

export function createVaultCluster(_deps: DomainDeps): VaultCluster {
  return { handlers: {} };
}
