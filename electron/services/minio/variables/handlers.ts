import type { minioVariablesProcedures } from '../../../../shared/minioVariables.ts';
import type { DomainDeps } from '../../../jobs/step.ts';
import type { DomainHandlers } from '../../../rpc/connection.ts';

export interface MinioVariables {
  handlers: DomainHandlers<typeof minioVariablesProcedures>;
}

export function createMinioVariables(_deps: DomainDeps): MinioVariables {
  return { handlers: {} };
}
