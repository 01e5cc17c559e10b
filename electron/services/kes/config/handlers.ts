import type { kesConfigProcedures } from '../../../../shared/kesConfig.ts';
import type { DomainDeps } from '../../../jobs/step.ts';
import type { DomainHandlers } from '../../../rpc/connection.ts';

export interface KesConfig {
  handlers: DomainHandlers<typeof kesConfigProcedures>;
}

export function createKesConfig(_deps: DomainDeps): KesConfig {
  return { handlers: {} };
}
