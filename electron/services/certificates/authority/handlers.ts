import type { certificateFilesProcedures } from '../../../../shared/certificateFiles.ts';
import type { DomainDeps } from '../../../jobs/step.ts';
import type { DomainHandlers } from '../../../rpc/connection.ts';

export interface CertificateFiles {
  handlers: DomainHandlers<typeof certificateFilesProcedures>;
}

export function createCertificateFiles(_deps: DomainDeps): CertificateFiles {
  return { handlers: {} };
}
