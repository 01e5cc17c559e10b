import type { certificateBoardProcedures } from '../../../../shared/certificateBoard.ts';
import type { DomainDeps } from '../../../jobs/step.ts';
import type { DomainHandlers } from '../../../rpc/connection.ts';

export interface CertificateBoard {
  handlers: DomainHandlers<typeof certificateBoardProcedures>;
}

export function createCertificateBoard(_deps: DomainDeps): CertificateBoard {
  return { handlers: {} };
}
