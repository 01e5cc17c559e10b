import type { auditProcedures } from '../../../shared/audit.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { DomainDeps } from '../../jobs/step.ts';
import type { FileStore } from '../../platform/files.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';

interface Deps extends DomainDeps {
  dataFolder: string;
  files: Pick<FileStore, 'offer'>;
  isProtected(): boolean;
}

const notYet = (): Promise<never> => Promise.reject(new Error('not built yet'));

/** Audits of a stack: reading every object's encryption, keeping and showing what was read. */
export function createAudit(_deps: Deps): { handlers: DomainHandlers<typeof auditProcedures> } {
  return {
    handlers: {
      'audit.estimate': notYet,
      'audit.start': notYet,
      'audit.pause': notYet,
      'audit.resume': notYet,
      'audit.cancel': notYet,
      'audit.remove': notYet,
      'audit.list': async () => ({ audits: [] }),
      'audit.get': ({ id }) => Promise.reject(new AppError('auditUnknown', { id })),
      'audit.map': notYet,
      'audit.rows': notYet,
      'audit.row': notYet,
      'audit.look': notYet,
      'audit.compare': notYet,
      'audit.report': notYet,
      'audit.export': notYet,
      'audit.verify': notYet,
      'audit.lookAround': notYet,
    },
  };
}
