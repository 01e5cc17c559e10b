import type { keyStoresProcedures } from '../../../../shared/keyStores.ts';
import type { DomainDeps } from '../../../jobs/step.ts';
import type { DomainHandlers } from '../../../rpc/connection.ts';

export interface KeyStores {
  handlers: DomainHandlers<typeof keyStoresProcedures>;
}

export function createKeyStores(_deps: DomainDeps): KeyStores {
  return { handlers: {} };
}
