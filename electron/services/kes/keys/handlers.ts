import type { kesKeysProcedures } from '../../../../shared/kesKeys.ts';
import type { DomainDeps } from '../../../jobs/step.ts';
import type { DomainHandlers } from '../../../rpc/connection.ts';

export interface KesKeys {
  handlers: DomainHandlers<typeof kesKeysProcedures>;
}

export function createKesKeys(_deps: DomainDeps): KesKeys {
  return { handlers: {} };
}
