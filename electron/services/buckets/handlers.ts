import type { bucketProcedures } from '../../../shared/buckets.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { DomainDeps } from '../../jobs/step.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';

async function notYet(): Promise<never> {
  throw new AppError('internal', { incident: 'buckets' });
}

export function createBuckets(_deps: DomainDeps): { handlers: DomainHandlers<typeof bucketProcedures> } {
  return {
    handlers: {
      'buckets.list': notYet,
      'buckets.plan': notYet,
      'buckets.apply': notYet,
      'buckets.undos': notYet,
      'buckets.undo': notYet,
      'buckets.policyPlan': notYet,
      'buckets.policySet': notYet,
      'buckets.policyTry': notYet,
      'buckets.whatWins': notYet,
      'buckets.whatWon': notYet,
      'buckets.create': notYet,
    },
  };
}
