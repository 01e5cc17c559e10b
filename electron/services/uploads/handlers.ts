import { AppError } from '../../../shared/rpc/errors.ts';
import type { uploadProcedures } from '../../../shared/uploads.ts';
import type { DomainDeps } from '../../jobs/step.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';

async function notYet(): Promise<never> {
  throw new AppError('internal', { incident: 'uploads' });
}

export function createUploads(_deps: DomainDeps): { handlers: DomainHandlers<typeof uploadProcedures> } {
  return {
    handlers: {
      'uploads.choices': notYet,
      'uploads.tryKey': notYet,
      'uploads.stage': notYet,
      'uploads.add': notYet,
      'uploads.addPaths': notYet,
      'uploads.lookForConflicts': notYet,
      'uploads.items': notYet,
      'uploads.start': notYet,
      'uploads.pause': notYet,
      'uploads.resume': notYet,
      'uploads.cancel': notYet,
      'uploads.remove': notYet,
      'uploads.list': notYet,
      'uploads.rejoin': notYet,
      'uploads.take': notYet,
      'uploads.lost': notYet,
    },
  };
}
