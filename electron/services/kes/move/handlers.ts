import type { kesMoveProcedures } from '../../../../shared/kesMove.ts';
import type { DomainDeps } from '../../../jobs/step.ts';
import type { DomainHandlers } from '../../../rpc/connection.ts';

export interface KesMove {
  handlers: DomainHandlers<typeof kesMoveProcedures>;
}

export function createKesMove(_deps: DomainDeps): KesMove {
  return { handlers: {} };
}
