import type { vaultAccessProcedures } from '../../../../shared/vaultAccess.ts';
import type { DomainDeps } from '../../../jobs/step.ts';
import type { DomainHandlers } from '../../../rpc/connection.ts';

export interface VaultAccess {
  handlers: DomainHandlers<typeof vaultAccessProcedures>;
}

export function createVaultAccess(_deps: DomainDeps): VaultAccess {
  return { handlers: {} };
}
