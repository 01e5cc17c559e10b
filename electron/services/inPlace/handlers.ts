import type { inPlaceProcedures } from '../../../shared/inPlace.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { DomainDeps } from '../../jobs/step.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';

async function notYet(): Promise<never> {
  throw new AppError('internal', { incident: 'inPlace' });
}

export function createInPlace(_deps: DomainDeps): { handlers: DomainHandlers<typeof inPlaceProcedures> } {
  return {
    handlers: {
      'inPlace.plan': notYet,
      'inPlace.start': notYet,
      'inPlace.pause': notYet,
      'inPlace.resume': notYet,
      'inPlace.cancel': notYet,
      'inPlace.remove': notYet,
      'inPlace.list': notYet,
      'inPlace.get': notYet,
      'inPlace.rows': notYet,
    },
  };
}
